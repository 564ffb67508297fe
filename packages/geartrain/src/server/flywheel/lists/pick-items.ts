import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"
import type { FastifyRequest } from "../../http/api-app.ts"
import type { Page } from "../../http/page.ts"
import { compareTexts, readFilter, valueAtPath } from "./list-filter.ts"

const TEXT = z.string().max(4000)

/** How Flywheel's clients ask for a list. */
export const LIST_QUERY = z.object({
  filter: z.union([TEXT, z.array(TEXT).max(50)]).optional(),
  sort: TEXT.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).optional(),
  skip: z.coerce.number().int().min(0).max(10_000).optional(),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(10_000).optional(),
  after_id: z.string().max(300).optional(),
})

export type ListQuery = z.infer<typeof LIST_QUERY>

/** Entries that are looked at for one request. */
const MOST_LOOKED_AT = 10_000
/** Entries that are read at a time. */
export const STEP = 500

export interface Picked<Item> {
  readonly items: readonly Item[]
  /** Undefined where nobody had to count. */
  readonly total?: number
}

/**
 * Picks what a list is asked for. Without `sort` it goes by id, so that `after_id` goes on where a list ended.
 *
 * @param options.read  Entries by id after one, at most `STEP`; fewer are the last.
 * @param options.counted  All are looked at, so that it is known how many there are.
 * @throws {GeartrainError} REQUEST_INVALID for a filter or sort that is none, and where too much would have to be looked at.
 */
export async function pickItems<Item extends { readonly _id: string }>(
  query: ListQuery,
  options: { readonly read: (after: string | undefined) => Promise<readonly Item[]>; readonly counted?: boolean },
): Promise<Picked<Item>> {
  if (query.after_id !== undefined && (query.sort ?? query.skip ?? query.page) !== undefined) {
    throw new GeartrainError("REQUEST_INVALID", "Cannot make the list: after_id goes without sort, skip and page")
  }
  const { test } = readFilter(textsOf(query.filter))
  const order = orderOf(query.sort)
  const limit = query.limit ?? MOST_LOOKED_AT
  const skip = query.skip ?? ((query.page ?? 1) - 1) * limit
  const isWhole = order !== undefined || options.counted === true
  const found: Item[] = []
  let looked = 0
  let after = query.after_id
  for (;;) {
    const step = await options.read(after)
    found.push(...step.filter(test))
    looked += step.length
    if (step.length < STEP || (!isWhole && found.length >= skip + limit)) break
    if (looked >= MOST_LOOKED_AT) throw tooMany()
    after = step.at(-1)?._id
  }
  if (order !== undefined) found.sort(order)
  return { items: found.slice(skip, skip + limit), ...(options.counted === true ? { total: found.length } : {}) }
}

/** The same from a list that is there as a whole, in its own order. */
export function pickFrom<Item extends { readonly _id: string }>(
  query: ListQuery,
  items: readonly Item[],
  { counted }: { readonly counted: boolean },
): Promise<Picked<Item>> {
  const from = query.after_id
  const left =
    from === undefined ? items : items.filter(({ _id }) => _id > from).sort((a, b) => compareTexts(a._id, b._id))
  let at = 0
  const read = async (): Promise<readonly Item[]> => {
    at += STEP
    return left.slice(at - STEP, at)
  }
  return pickItems(query, { read, counted })
}

/** All pages of a list that the server keeps in another order. */
export async function wholeList<Item>(
  read: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const all: Item[] = []
  let cursor: string | undefined
  do {
    const page = await read({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    all.push(...page.items)
    cursor = page.next
    if (cursor !== undefined && all.length >= MOST_LOOKED_AT) throw tooMany()
  } while (cursor !== undefined)
  return all
}

/** Whether a client takes pages and no plain lists. */
export function takesPages(request: FastifyRequest): boolean {
  return /\bpagination\b/.test(String(request.headers["x-accept-feature"] ?? ""))
}

/** A list as the client takes it: plain, or a page of one. */
export function listReply<Item>(
  { items, total }: Picked<Item>,
  query: ListQuery,
): readonly Item[] | { results: readonly Item[]; count: number; total: number; page: number } {
  return total === undefined ? items : { results: items, count: items.length, total, page: query.page ?? 1 }
}

/** The paths that a filter and a sort look at. */
export function pathsIn(query: ListQuery): readonly string[] {
  const sorted = (query.sort ?? "").split(",").map((part) => part.split(":")[0] ?? "")
  return [...readFilter(textsOf(query.filter)).conditions.map(({ path }) => path), ...sorted]
}

/** The label that all of the list have to have, which the database can look for. */
export function labelIn(query: ListQuery): string | undefined {
  const { conditions } = readFilter(textsOf(query.filter))
  return conditions.find(({ path, comparison }) => path === "label" && comparison === "=")?.value.normalize("NFC")
}

function textsOf(filter: ListQuery["filter"]): readonly string[] {
  return filter === undefined ? [] : typeof filter === "string" ? [filter] : filter
}

/** `label`, `created:desc`, or several with commas between them. */
function orderOf(sort: string | undefined): ((a: unknown, b: unknown) => number) | undefined {
  if (sort === undefined || sort.trim() === "") return undefined
  const keys = sort.split(",").map((text) => {
    const [, path, way] = /^\s*([\w.-]{1,200})(?::(asc|desc))?\s*$/.exec(text) ?? []
    if (path !== undefined) return { path, sign: way === "desc" ? -1 : 1 }
    throw new GeartrainError("REQUEST_INVALID", `Cannot sort the list by ${JSON.stringify(text.slice(0, 100))}`, {
      hint: "Write for example sort=created:desc",
    })
  })
  return (a, b) => {
    for (const { path, sign } of keys) {
      const compared = compareValues(valueAtPath(a, path), valueAtPath(b, path))
      if (compared !== 0) return sign * compared
    }
    return 0
  }
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b
  return compareTexts(String(a ?? ""), String(b ?? ""))
}

function tooMany(): GeartrainError {
  return new GeartrainError(
    "REQUEST_INVALID",
    `Cannot make the list: more than ${MOST_LOOKED_AT} entries would have to be looked at`,
    { hint: "Ask for those in one container, or page by page with limit and after_id" },
  )
}
