import assert from "node:assert/strict"
import { test } from "node:test"
import {
  LIST_QUERY,
  type ListQuery,
  labelIn,
  listReply,
  pathsIn,
  pickFrom,
  pickItems,
  STEP,
  wholeList,
} from "./pick-items.ts"

const ITEMS = Array.from({ length: 1200 }, (_, index) => ({
  _id: String(index).padStart(5, "0"),
  label: `l${index % 7}`,
  size: (index * 37) % 100,
}))

async function ids(query: ListQuery, counted = false) {
  const { items, total } = await pickFrom(query, ITEMS, { counted })
  return { ids: items.map(({ _id }) => Number(_id)), total }
}

test("a list goes by id, and after one of them goes on where it ended", async () => {
  assert.deepEqual((await ids({ limit: 3 })).ids, [0, 1, 2])
  assert.deepEqual((await ids({ limit: 3, after_id: "00002" })).ids, [3, 4, 5])
  assert.deepEqual((await ids({ after_id: "01199" })).ids, [])
  assert.equal((await ids({})).ids.length, 1200)
})

test("pages are counted from 1, and skipping goes by entries", async () => {
  assert.deepEqual((await ids({ limit: 2, page: 3 })).ids, [4, 5])
  assert.deepEqual((await ids({ limit: 2, skip: 3 })).ids, [3, 4])
})

test("only what is wanted is counted and shown", async () => {
  assert.deepEqual(await ids({ filter: "label=l6", limit: 2 }, true), { ids: [6, 13], total: 171 })
  assert.equal((await ids({ filter: ["label=l6", "size>1000"] }, true)).total, 0)
})

test("a list may be sorted by several things, each up or down, and numbers as numbers", async () => {
  const { items } = await pickFrom({ sort: "size:desc,_id:desc", limit: 2 }, ITEMS, { counted: false })
  assert.deepEqual(
    items.map(({ _id, size }) => [size, Number(_id)]),
    [
      [99, 1127],
      [99, 1027],
    ],
  )
  for (const sort of ["label:up", "a b", "label,,size"])
    await assert.rejects(ids({ sort }), { code: "REQUEST_INVALID" }, sort)
})

test("no more is read than is needed, and nothing endless to its end", async () => {
  let reads = 0
  const read = async () => {
    reads++
    return Array.from({ length: STEP }, (_, index) => ({ _id: `${reads}-${index}`, label: "x" }))
  }
  assert.equal((await pickItems({ limit: 600 }, { read })).items.length, 600)
  assert.equal(reads, 2)
  await assert.rejects(pickItems({ filter: "label=y" }, { read }), {
    code: "REQUEST_INVALID",
    message: /more than 10000/,
  })
})

test("going on after an id, and another order, do not go together", async () => {
  for (const query of [
    { after_id: "1", sort: "label" },
    { after_id: "1", page: 2 },
    { after_id: "1", skip: 0 },
  ])
    await assert.rejects(ids(query), { code: "REQUEST_INVALID", message: /after_id/ })
})

test("a list that the server keeps in another order is read page by page", async () => {
  const pages = [{ items: [1, 2], next: "a" }, { items: [3] }]
  const cursors: (string | undefined)[] = []
  const all = await wholeList<number>(async ({ cursor }) => {
    cursors.push(cursor)
    return pages[cursors.length - 1] as { items: number[]; next?: string }
  })
  assert.deepEqual(
    [all, cursors],
    [
      [1, 2, 3],
      [undefined, "a"],
    ],
  )
  const endless = { items: Array(1000).fill(1), next: "more" }
  await assert.rejects(
    wholeList(async () => endless),
    { code: "REQUEST_INVALID" },
  )
})

test("a page says how many there are, and which it is", () => {
  assert.deepEqual(listReply({ items: [1] }, {}), [1])
  assert.deepEqual(listReply({ items: [1], total: 9 }, { page: 2 }), { results: [1], count: 1, total: 9, page: 2 })
})

test("what a filter and a sort look at is known before anything is read", () => {
  const query = { filter: ["label=Zu\u0308rich,size>1"], sort: "created:desc" }
  assert.deepEqual(pathsIn(query), ["label", "size", "created"])
  assert.equal(labelIn(query), "Z\u00fcrich")
  assert.equal(labelIn({ filter: "label!=a" }), undefined)
})

test("a query of too much, or of what is no number, is none", () => {
  assert.deepEqual(LIST_QUERY.parse({ limit: "5" }), { limit: 5 })
  for (const query of [{ limit: "0" }, { limit: "10001" }, { skip: "-1" }, { page: "x" }, { filter: "a".repeat(4001) }])
    assert.ok(!LIST_QUERY.safeParse(query).success, JSON.stringify(query))
})
