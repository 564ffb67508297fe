import assert from "node:assert/strict"
import { test } from "node:test"
import { MetadataBook } from "./metadata-book.ts"

function book(): MetadataBook {
  return new MetadataBook((text) => assert.fail(text))
}

test("a book in which nothing was said is no document", () => {
  assert.equal(book().document(), undefined)
})

test("what is said twice adds up: info member by member, tags each once, the rest by the last word", () => {
  const said = book()
  said.updateContainer("session", { label: "one", tags: ["a", "b"], info: { qc: { snr: 1, ok: true } } })
  said.updateContainer("session", { label: "two", tags: ["b", "c"], info: { qc: { snr: 2 }, more: [1] } })
  assert.deepEqual(said.document(), {
    session: { label: "two", tags: ["a", "b", "c"], info: { qc: { snr: 2, ok: true }, more: [1] } },
  })
})

test("files stand below their container, each once", () => {
  const said = book()
  said.updateFile("acquisition", "a.nii", { type: "nifti", info: { x: 1 } })
  said.updateFile("acquisition", "b.txt", { tags: ["t"] })
  said.updateFile("acquisition", "a.nii", { info: { y: 2 } })
  assert.deepEqual(said.document(), {
    acquisition: {
      files: [
        { name: "a.nii", type: "nifti", info: { x: 1, y: 2 } },
        { name: "b.txt", tags: ["t"] },
      ],
    },
  })
})

test("a list takes the place of a list, and an object of what is none", () => {
  const said = book()
  said.updateContainer("subject", { info: { a: [1, 2], b: 3 } })
  said.updateContainer("subject", { info: { a: [4], b: { c: 5 } } })
  assert.deepEqual(said.document(), { subject: { info: { a: [4], b: { c: 5 } } } })
})

test("what was given is not kept: changing it later changes nothing", () => {
  const said = book()
  const info = { list: [1] }
  said.updateContainer("project", { info })
  info.list.push(2)
  assert.deepEqual(said.document(), { project: { info: { list: [1] } } })
})

test("what cannot be said is refused at once, and leaves the book as it was", () => {
  const said = book()
  said.updateFile("session", "a", { type: "text" })
  const before = JSON.stringify(said.document())
  const cases: readonly (readonly [() => void, RegExp])[] = [
    [() => said.updateContainer("site", {}), /^Cannot update metadata of "site": containers are project, /],
    [() => said.updateContainer("constructor", {}), /^Cannot update metadata of "constructor"/],
    [() => said.updateContainer("session", { colour: "red" }), /it has no colour; it has /],
    [() => said.updateFile("session", "a", { size: 3 } as object), /file "a": it has no size/],
    [() => said.updateFile("session", "a", { tags: "t" } as object), /^Cannot update metadata of file "a"/],
    [() => said.updateFile("session", "a", { info: { f: () => 1 } } as object), /info of file "a"\.f: a function/],
  ]
  for (const [act, message] of cases) assert.throws(act, { code: "METADATA_INVALID", message })
  assert.equal(JSON.stringify(said.document()), before)
})
