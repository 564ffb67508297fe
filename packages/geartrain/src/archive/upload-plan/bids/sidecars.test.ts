import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { PlanBook } from "../book/plan-book.ts"
import { chooseSorter } from "../choose-sorter.ts"
import type { Found, FoundFile } from "../folder/found-file.ts"
import { readSmall, readSmallJson, Untold } from "../folder/read-small.ts"
import { parseBidsName } from "./bids-name.ts"
import { DatasetTables } from "./dataset-tables.ts"
import { Sidecars } from "./sidecars.ts"

const file = (path: string, text: string | Uint8Array): FoundFile => ({
  source: { kind: "file", path },
  sizeBytes: Buffer.byteLength(text),
})

/** What is said of a file, of sidecars by their paths. */
function said(context: Parameters<typeof folderOf>[0], files: Readonly<Record<string, string>>, of: string) {
  const book = new PlanBook(folderOf(context, files))
  const sidecars = new Sidecars()
  for (const [path, text] of Object.entries(files)) sidecars.add(file(path, text), book)
  const steps = of.split("/")
  const name = parseBidsName(steps.at(-1) ?? "")
  assert.ok(name !== undefined)
  return { says: sidecars.of(steps.slice(0, -1), name), warnings: book.warnings }
}

const OF = "sub-01/func/sub-01_task-rest_run-1_bold.nii.gz"

test("a sidecar higher up holds for all below, and one that stands nearer or names more holds before it", (context) => {
  const { says } = said(
    context,
    {
      "task-rest_bold.json": '{"a": 1, "b": 1, "c": 1}',
      "sub-01/func/sub-01_task-rest_run-1_bold.json": '{"c": 3}',
      "sub-01/func/sub-01_task-rest_bold.json": '{"b": 2, "c": 2}',
    },
    OF,
  )
  assert.deepEqual({ ...says }, { a: 1, b: 2, c: 3 })
})

test("a sidecar of another suffix, another entity or another folder says nothing", (context) => {
  const { says } = said(
    context,
    {
      "task-rest_events.json": '{"a": 1}',
      "task-nback_bold.json": '{"a": 1}',
      "sub-02/sub-02_bold.json": '{"a": 1}',
      "acq-x_bold.json": '{"a": 1}',
    },
    OF,
  )
  assert.deepEqual(says, {})
})

test("a sidecar that cannot be read is warned of, and what others say holds", (context) => {
  const { says, warnings } = said(context, { "bold.json": '{"a": 1}', "task-rest_bold.json": '{"b": ' }, OF)
  assert.deepEqual({ ...says }, { a: 1 })
  assert.deepEqual(
    warnings.map(({ about }) => about),
    ["task-rest_bold.json"],
  )
})

test("a small file that is too large, gone, shorter than it was, or no object tells nothing, and why", (context) => {
  const folder = folderOf(context, { "a.json": "[1]", "b.json": "{", "c.json": "\ufeff{}", "d.json": "\u00ff" })
  writeFileSync(join(folder, "e.json"), Uint8Array.of(0xff))
  const why = (path: string, sizeBytes: number, most = 100) => {
    const read = readSmallJson(folder, { source: { kind: "file", path }, sizeBytes }, most)
    return read instanceof Untold ? read.why : "told"
  }
  assert.match(why("a.json", 3), /is no JSON object/)
  assert.match(why("b.json", 1), /is no JSON: line 1/)
  assert.equal(why("c.json", 5), "told")
  assert.match(why("e.json", 1), /UTF-8/)
  assert.match(why("a.json", 3, 2), /has more than 2 bytes/)
  assert.match(why("a.json", 4), /has changed/)
  assert.match(why("gone.json", 4), /cannot be read: ENOENT/)
  assert.deepEqual(readSmall(folder, file("a.json", "[1]"), 3), Buffer.from("[1]"))
})

test("tables speak of places that the dataset has, and of no others", (context) => {
  const files = {
    "dataset_description.json": '{"Name": "D"}',
    "participants.tsv": "participant_id\tsex\nsub-01\tF\nsub-99\tM\n",
  }
  const book = new PlanBook(folderOf(context, files))
  const tables = new DatasetTables(book)
  for (const [path, text] of Object.entries(files)) tables.takeTop(file(path, text), path)
  const subject = book.below(book.project, "sub-01")
  tables.describe()
  assert.ok(tables.isDescribed)
  assert.equal(JSON.stringify(book.project.fields), '{"info":{"BIDS":{"Name":"D"}}}')
  assert.equal(subject.fields["sex"], "female")
  assert.equal(book.children(book.project).length, 1)
})

async function* found(...items: readonly Found[]): AsyncGenerator<Found> {
  yield* items
}

test("a folder is sorted as what it says it is, or as what its first files are", async (context) => {
  const bids = folderOf(context, { "dataset_description.json": "", "a.txt": "x" })
  assert.equal(await chooseSorter(bids, found()), "bids")
  const other = folderOf(context, { "a.txt": "x" })
  const text: Found = { is: "file", file: file("a.txt", "x") }
  assert.equal(await chooseSorter(other, found(text)), "folders")
  assert.equal(await chooseSorter(other, found()), "folders")
})

test("no more files are looked into than are needed to tell", async (context) => {
  const folder = folderOf(context, { "a.txt": "x" })
  let asked = 0
  async function* endless(): AsyncGenerator<Found> {
    for (;;) {
      asked++
      yield { is: "file", file: file("a.txt", "x") }
    }
  }
  assert.equal(await chooseSorter(folder, endless()), "folders")
  assert.equal(asked, 64)
})
