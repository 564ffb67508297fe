import assert from "node:assert/strict"
import { test } from "node:test"
import { type Asked, answeringClient, refusal } from "../../../test/archive/transfer/answering-client.ts"
import { findTrashed } from "./find-trashed.ts"
import { lookUp } from "./look-up.ts"
import { readPages } from "./read-pages.ts"

const PLACE = "0123456789abcdef01234567"

interface Trash {
  readonly files?: readonly (readonly object[])[]
  readonly places?: readonly (readonly object[])[]
}

/** A server where everything lies in the place `above` of the project `p`, with these pages of trash. */
function serving(trash: Trash, found: object = { kind: "place", place: { id: "above", project: "p" } }) {
  return answeringClient(({ path, query }: Asked) => {
    if (path === "/api/v1/lookup")
      return query["path"] === "lab/gone" ? refusal("PLACE_NOT_FOUND") : Response.json(found)
    const list = /^\/api\/v1\/projects\/p\/trash\/(files|places)$/.exec(path)?.[1] as keyof Trash | undefined
    const pages = (list === undefined ? undefined : trash[list]) ?? [[]]
    const page = Number(query["cursor"] ?? 0)
    return Response.json({ items: pages[page], ...(page + 1 < pages.length ? { next: `${page + 1}` } : {}) })
  })
}

test("of several with one name, what went there last is meant, on whichever page it is", async () => {
  const place = (id: string, deletedMs: number, label = "sub-1", parent = "above") => ({ id, label, parent, deletedMs })
  const { client, asked } = serving({
    places: [
      [place("a", 5), place("other", 99, "sub-2")],
      [place("b", 7), place("elsewhere", 99, "sub-1", "another")],
      [place("c", 6)],
    ],
  })
  assert.deepEqual(await findTrashed(client, "lab/study/sub-1"), { kind: "place", id: "b" })
  assert.equal(asked[0]?.query["path"], "lab/study")
  assert.deepEqual(
    asked.slice(1).map(({ query }) => query),
    [{ limit: "1000" }, { limit: "1000", cursor: "1" }, { limit: "1000", cursor: "2" }],
  )
})

test("a file is named behind `files`, an analysis behind `analyses`, and their place is what stands before", async () => {
  const files = [[{ id: "f", place: "above", name: "T1.nii", deletedMs: 1 }]]
  const places = [[{ id: "n", parent: "above", label: "T1.nii", deletedMs: 1 }]]
  for (const [path, found] of [
    ["lab/study/sub-1/files/T1.nii", { kind: "file", id: "f" }],
    ["lab/study/sub-1/analyses/T1.nii", { kind: "place", id: "n" }],
    ["/lab//study/sub-1/files/T1.nii/", { kind: "file", id: "f" }],
  ] as const) {
    const { client, asked } = serving({ files, places })
    assert.deepEqual(await findTrashed(client, path), found)
    assert.equal(asked[0]?.query["path"], "lab/study/sub-1", path)
  }
})

test("a name is looked for composed, as the server keeps names", async () => {
  const { client } = serving({ files: [[{ id: "f", place: "above", name: "\u00e9.nii", deletedMs: 1 }]] })
  assert.deepEqual(await findTrashed(client, "lab/study/files/e\u0301.nii"), { kind: "file", id: "f" })
})

test("an id alone names itself, and nobody is asked", async () => {
  const { client, asked } = serving({})
  assert.deepEqual(await findTrashed(client, PLACE), { kind: "unknown", id: PLACE })
  assert.deepEqual(asked, [])
})

test("what is not in the trash is said so by its path, also below what has no trash", async () => {
  const message = (path: string) => `Cannot take "${path}" out of the trash: it is not there`
  const empty = serving({ files: [[{ id: "f", place: "another", name: "x", deletedMs: 1 }]] })
  for (const path of ["lab/study/sub-1", "lab/study/files/x"])
    await assert.rejects(findTrashed(empty.client, path), { code: "PLACE_NOT_FOUND", message: message(path) })
  const group = serving({}, { kind: "group", group: { id: "lab" } })
  await assert.rejects(findTrashed(group.client, "lab/study"), { message: message("lab/study") })
  await assert.rejects(findTrashed(empty.client, "lab/gone/x"), { message: "refused: PLACE_NOT_FOUND" })
})

test("a path is asked for without empty steps", async () => {
  const { client, asked } = serving({})
  await lookUp(client, "//lab/ study//")
  assert.equal(asked[0]?.query["path"], "lab/ study")
})

test("a page is asked for only when the one before has been read", async () => {
  const cursors: (string | undefined)[] = []
  const ask = async ({ cursor }: { readonly cursor?: string }) => {
    cursors.push(cursor)
    return { data: { items: [cursors.length], next: `${cursors.length}` } }
  }
  for await (const items of readPages(ask)) {
    assert.deepEqual(items, [cursors.length])
    if (cursors.length === 3) break
  }
  assert.deepEqual(cursors, [undefined, "1", "2"])
  await assert.rejects(readPages(async () => ({})).next(), { code: "SERVER_REPLY_UNREADABLE" })
})
