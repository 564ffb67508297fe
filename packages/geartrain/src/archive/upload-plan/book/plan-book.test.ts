import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { unwantedName } from "../folder/unwanted-name.ts"
import { PlanBook } from "./plan-book.ts"
import { zipWish } from "./zip-content.ts"

const SOURCE = { kind: "file", path: "a/b" } as const

test("whatever places and files are called, no two siblings have one label, and no two files of a place one name", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("a", "A/", "a (2)", "files", "files_", "", ".", "..", "x".repeat(300)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (wishes) => {
      const book = new PlanBook("/folder")
      for (const [label, name] of wishes) {
        const place = book.below(book.project, label)
        book.add(place, { name, sizeBytes: 1, content: SOURCE })
      }
      const places = book.children(book.project)
      assert.equal(places.length, new Set(wishes.map(([label]) => label)).size)
      assert.equal(new Set(places.map(({ labels }) => labels[0])).size, places.length)
      for (const { labels, files } of places) {
        assert.ok(labels[0] !== "files" && labels[0] !== "analyses")
        assert.equal(new Set(files.map(({ name }) => name)).size, files.length)
      }
      assert.equal(places.flatMap(({ files }) => files).length, wishes.length)
    }),
  )
})

test("a file that gets another name is told", () => {
  const book = new PlanBook("/folder")
  for (const _ of [1, 2]) book.add(book.project, { name: "T1.nii", sizeBytes: 1, content: SOURCE })
  assert.deepEqual(book.warnings, [{ about: "a/b", says: 'becomes "T1 (2).nii"' }])
})

test("a zip is the same in whatever order its files were found, and none of them is lost to another", () => {
  const wishes = ["b", "a", "a/", "c/d", "c"].map((name, index) => ({
    ...{ steps: name.split("/"), sizeBytes: index },
    source: { kind: "file" as const, path: `${index}` },
  }))
  const zip = zipWish("x.zip", wishes)
  assert.deepEqual(zipWish("x.zip", wishes.toReversed()), zip)
  assert.ok(zip.content.kind === "zip")
  assert.equal(new Set(zip.content.members.map(({ name }) => name)).size, wishes.length)
})

test("what programs leave behind is told from data that is hidden", () => {
  for (const name of [".DS_Store", "._a.dcm", "Thumbs.db", ".git", ".nfs0001a", "~$report.docx"])
    assert.notEqual(unwantedName(name), undefined, name)
  for (const name of [".bidsignore", "git", ".gitignore", "Thumbs", "a.sw", "DS_Store"])
    assert.equal(unwantedName(name), undefined, name)
})
