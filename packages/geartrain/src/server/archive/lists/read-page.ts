import { GeartrainError } from "@geartrain/spec"
import { type Page, readCursor, writeCursor } from "../../http/page.ts"

/** How a list is asked for. */
export interface PageRequest {
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * Reads one page of a list: one entry more than is asked for tells whether there is another page.
 *
 * @param options.kinds  Of the values that the list is ordered by, as the cursor has them.
 * @throws {GeartrainError} CURSOR_UNFIT
 */
export async function readPage<Row>(
  request: PageRequest,
  options: {
    readonly kinds: readonly ("string" | "number")[]
    readonly read: (limit: number, after: readonly (string | number)[] | undefined) => Promise<readonly Row[]>
    /** What the list is ordered by, of a row. */
    readonly orderOf: (row: Row) => readonly (string | number)[]
  },
): Promise<Page<Row>> {
  const after = request.cursor === undefined ? undefined : checkCursor(request.cursor, options.kinds)
  const rows = await options.read(request.limit + 1, after)
  const items = rows.slice(0, request.limit)
  const last = items.at(-1)
  return {
    items,
    ...(rows.length > items.length && last !== undefined ? { next: writeCursor(options.orderOf(last)) } : {}),
  }
}

function checkCursor(cursor: string, kinds: readonly string[]): readonly (string | number)[] {
  const values = readCursor(cursor)
  const fits =
    values?.length === kinds.length &&
    // PostgreSQL has no text with a zero in it.
    values.every((value, index) => typeof value === kinds[index] && !String(value).includes("\0"))
  if (fits) return values
  throw new GeartrainError("CURSOR_UNFIT", "Cannot go on with this list: the cursor did not come from it", {
    hint: "Begin with the first page",
  })
}
