import { z } from "zod"

/** How a list is asked for: the page after a cursor, which came with the page before. */
export const PAGE_QUERY = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe("Entries on the page"),
  cursor: z.string().max(2000).optional().describe("The `next` of the page before"),
})

export type PageQuery = z.infer<typeof PAGE_QUERY>

/** One page of a list; `next` is absent on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

/** The schema of a page of such items. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; next: z.ZodOptional<z.ZodString> }> {
  return z.object({ items: z.array(item), next: z.string().optional() })
}

/**
 * Writes the place in a list: the values of what it is ordered by, of the last entry of a page.
 *
 * @example
 *   readCursor(writeCursor(["b.nii", 7])) // => ["b.nii", 7]
 */
export function writeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url")
}

/** @returns undefined for a text that is no cursor of ours. */
export function readCursor(cursor: string): readonly (string | number)[] | undefined {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString())
    const isCursor =
      Array.isArray(values) && values.every((value) => typeof value === "string" || typeof value === "number")
    return isCursor ? (values as (string | number)[]) : undefined
  } catch {
    // Anybody may write anything.
    return undefined
  }
}
