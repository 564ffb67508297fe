import assert from "node:assert/strict"
import { test } from "node:test"
import { PlanBook } from "../book/plan-book.ts"
import { ZipGroups } from "../book/zip-groups.ts"
import type { Found } from "../folder/found-file.ts"
import { DEFAULT_TEMPLATE, readTemplate } from "./path-template.ts"
import { sortFolders } from "./sort-folders.ts"

/** What becomes of files at these paths: `labels/name` of each, with the paths of a zip's members. */
async function sorted(paths: readonly string[], text = DEFAULT_TEMPLATE) {
  const template = readTemplate(text)
  assert.ok(typeof template !== "string")
  async function* found(): AsyncGenerator<Found> {
    for (const path of paths) yield { is: "file", file: { source: { kind: "file", path }, sizeBytes: 1 } }
    yield { is: "left-out", item: { path: "socket", kind: "other", why: "is no file" } as never }
  }
  const book = new PlanBook("/folder")
  await sortFolders(found(), book, template)
  const drafts = [book.project]
  for (const draft of drafts) drafts.push(...book.children(draft))
  const files = drafts.flatMap(({ labels, files: own }) =>
    own.map(({ name, content }) => [
      [...labels, name].join("/"),
      content.kind === "file" ? content.path : content.members.map((member) => member.name).join(" "),
    ]),
  )
  return { files: Object.fromEntries(files), leftOut: book.leftOut.map(({ path }) => path) }
}

test("a file belongs to the lowest place that the folders above it name", async () => {
  const { files } = await sorted(["readme", "s1/notes", "s1/v1/log", "s1/v1/T1/a.nii"])
  assert.deepEqual(files, {
    readme: "readme",
    "s1/notes": "s1/notes",
    "s1/v1/log": "s1/v1/log",
    "s1/v1/T1/a.nii": "s1/v1/T1/a.nii",
  })
})

test("a folder deeper than the template is one zip, with its folders in it", async () => {
  const { files } = await sorted(["s1/v1/T1/raw/b", "s1/v1/T1/raw/deep/a", "s1/v1/T1/other/c"])
  assert.deepEqual(files, { "s1/v1/T1/raw.zip": "raw/b raw/deep/a", "s1/v1/T1/other.zip": "other/c" })
})

test("where folders tell no session and an acquisition needs one, there is one", async () => {
  assert.deepEqual((await sorted(["s1/T1/a"], "{subject}/{acquisition}")).files, { "s1/ses-01/T1/a": "s1/T1/a" })
})

test("what does not fit the template is left out, and nothing that was found is lost", async () => {
  const { files, leftOut } = await sorted(["data/s1/a", "other/s1/b"], "data/{subject}")
  assert.deepEqual([Object.keys(files), leftOut.toSorted()], [["s1/a"], ["other/s1/b", "socket"]])
})

test("zips of one key in two places are two", () => {
  const book = new PlanBook("/folder")
  const zips = new ZipGroups()
  for (const label of ["a", "b"]) {
    const place = book.below(book.project, label)
    zips.take(
      { source: { kind: "file", path: label }, sizeBytes: 1 },
      { place, name: "x.zip", key: "x", steps: ["x", label] },
    )
  }
  zips.addTo(book)
  assert.deepEqual(
    book.children(book.project).map(({ files }) => files.length),
    [1, 1],
  )
})
