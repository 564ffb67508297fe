import assert from "node:assert/strict"
import { test } from "node:test"
import { writeCursor } from "../../http/page.ts"
import { type PageRequest, readPage } from "./read-page.ts"

/** The numbers 1 to 5, under their own names. */
function numbers(request: PageRequest) {
  const all = [1, 2, 3, 4, 5].map((n) => ({ n, name: `n${n}` }))
  return readPage(request, {
    kinds: ["number", "string"],
    orderOf: ({ n, name }: (typeof all)[number]) => [n, name],
    read: async (limit, after) => all.filter(({ n }) => n > Number(after?.[0] ?? 0)).slice(0, limit),
  })
}

test("pages follow each other without a gap, and the last one says so", async () => {
  const pages: (readonly number[])[] = []
  let cursor: string | undefined
  do {
    const page = await numbers({ limit: 2, cursor })
    pages.push(page.items.map(({ n }) => n))
    cursor = page.next
  } while (cursor !== undefined)
  assert.deepEqual(pages, [[1, 2], [3, 4], [5]])
})

test("a page that ends where the list does has no next, and neither has an empty one", async () => {
  assert.equal("next" in (await numbers({ limit: 5 })), false)
  assert.equal((await numbers({ limit: 4 })).next, writeCursor([4, "n4"]))
  assert.deepEqual(await numbers({ limit: 1, cursor: writeCursor([5, "n5"]) }), { items: [] })
})

test("a cursor of another list, or of nobody, is refused before anything is read", async () => {
  for (const cursor of [
    "",
    "not a cursor",
    writeCursor([]),
    writeCursor([1]),
    writeCursor([1, "n1", 2]),
    writeCursor(["1", "n1"]),
    writeCursor([1, 2]),
    writeCursor([1, "a\0b"]),
    Buffer.from(JSON.stringify([1, null])).toString("base64url"),
    Buffer.from(JSON.stringify({ 0: 1, 1: "n1", length: 2 })).toString("base64url"),
  ])
    await assert.rejects(
      readPage(
        { limit: 1, cursor },
        { kinds: ["number", "string"], orderOf: () => [], read: () => assert.fail("it was read") },
      ),
      { code: "CURSOR_UNFIT" },
      cursor,
    )
})
