import { GeartrainError } from "@geartrain/spec"
import { type Page, readCursor, writeCursor } from "./page.ts"

/**
 * One page of a list of which one entry more was read than the page has.
 *
 * @param orderOf  The values that the list is ordered by.
 * @example
 *   pageAfter(["a", "b"], 2, (item) => [item]).next // => undefined
 */
export function pageAfter<Item>(
  items: readonly Item[],
  limit: number,
  orderOf: (item: Item) => readonly (string | number)[],
): { items: Item[]; next?: string } & Page<Item> {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return { items: page, ...(items.length > limit && last !== undefined ? { next: writeCursor(orderOf(last)) } : {}) }
}

/** The text that a cursor of a list holds that is ordered by one. @throws {GeartrainError} CURSOR_UNFIT */
export function readTextCursor(cursor: string | undefined): string | undefined {
  const value = onlyValue(cursor)
  if (value === undefined || (typeof value === "string" && !value.includes("\0"))) return value
  throw unfit()
}

/** The same of a list that is ordered by one whole number. @throws {GeartrainError} CURSOR_UNFIT */
export function readNumberCursor(cursor: string | undefined): number | undefined {
  const value = onlyValue(cursor)
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value))) return value
  throw unfit()
}

function onlyValue(cursor: string | undefined): string | number | undefined {
  if (cursor === undefined) return undefined
  const [value, ...more] = readCursor(cursor) ?? []
  if (value === undefined || more.length > 0) throw unfit()
  return value
}

function unfit(): GeartrainError {
  return new GeartrainError("CURSOR_UNFIT", "Cannot go on with this list: the cursor did not come from it", {
    hint: "Begin with the first page",
  })
}
