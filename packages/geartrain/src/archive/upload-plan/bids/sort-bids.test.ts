import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { isGeartrainError, type JsonObject } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { PlanBook } from "../book/plan-book.ts"
import { walkFolder } from "../folder/walk-folder.ts"
import { sortBids } from "./sort-bids.ts"

const DESCRIPTION = { "dataset_description.json": '{"Name": "Memory"}' }

async function sorted(context: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<PlanBook> {
  const folder = folderOf(context, files)
  const book = new PlanBook(folder)
  await sortBids(walkFolder(folder), book)
  return book
}

/** The names of files by the labels above them. */
function namesOf(book: PlanBook): Readonly<Record<string, readonly string[]>> {
  const filled = book.places().filter(({ files }) => files.length > 0)
  return Object.fromEntries(filled.map(({ labels, files }) => [labels.join("/"), files.map(({ name }) => name)]))
}

/** What is known of a file, without the prototypes that objects read from JSON lack. */
function infoOf(book: PlanBook, named: string): JsonObject {
  const file = book
    .places()
    .flatMap(({ files }) => files)
    .find(({ name }) => name === named)
  assert.ok(file !== undefined, named)
  return JSON.parse(JSON.stringify(file.fields["info"]))
}

test("a folder without a description is no dataset, however much its folders look like one", async (context) => {
  const folder = folderOf(context, { "sub-01/anat/sub-01_T1w.nii.gz": "x", "sub-01/dataset_description.json": "{}" })
  await assert.rejects(sortBids(walkFolder(folder), new PlanBook(folder)), (error: unknown) => {
    assert.ok(isGeartrainError(error, "UPLOAD_UNSORTABLE"))
    assert.match(error.message, /it has no dataset_description\.json, so it is no BIDS dataset$/)
    return true
  })
})

test("a description that is no JSON makes it a dataset all the same, and is told", async (context) => {
  const book = await sorted(context, { "dataset_description.json": "{", "sub-1/anat/sub-1_T1w.nii": "x" })
  assert.deepEqual(
    book.warnings.map(({ about }) => about),
    ["dataset_description.json"],
  )
  assert.deepEqual(book.project.fields, {})
  assert.deepEqual(namesOf(book)["sub-1/ses-01/anat-T1w"], ["sub-1_T1w.nii"])
})

test("only a whole name of letters and digits is a subject or a session; what looks alike is beside the data", async (context) => {
  const book = await sorted(context, {
    ...DESCRIPTION,
    "sub-/x": "x",
    "sub-a_b/x": "x",
    "Sub-01/x": "x",
    "sub-01/ses-/sub-01_T1w.nii": "x",
    "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii": "x",
  })
  assert.deepEqual(namesOf(book), {
    "": ["dataset_description.json", "Sub-01.zip", "sub-.zip", "sub-a_b.zip"],
    // `ses-` names no session, and so is taken for a data type of the only one.
    "sub-01/ses-01/ses--T1w": ["sub-01_T1w.nii"],
    "sub-01/ses-1/anat-T1w": ["sub-01_ses-1_T1w.nii"],
  })
})

test("a companion of one measurement lies with it, one of several lies by itself, and none goes to another session", async (context) => {
  const book = await sorted(context, {
    ...DESCRIPTION,
    "sub-1/ses-a/func/sub-1_ses-a_task-x_run-1_bold.nii": "x",
    "sub-1/ses-a/func/sub-1_ses-a_task-x_run-2_bold.nii": "x",
    "sub-1/ses-a/func/sub-1_ses-a_task-x_events.tsv": "x",
    "sub-1/ses-a/func/sub-1_ses-a_task-x_run-2_physio.tsv.gz": "x",
    "sub-1/ses-b/func/sub-1_ses-b_task-x_events.tsv": "x",
    "sub-1/ses-a/beh/sub-1_ses-a_task-x_run-1_events.tsv": "x",
  })
  assert.deepEqual(namesOf(book), {
    "": ["dataset_description.json"],
    "sub-1/ses-a/beh-events_task-x_run-1": ["sub-1_ses-a_task-x_run-1_events.tsv"],
    "sub-1/ses-a/func-bold_task-x_run-1": ["sub-1_ses-a_task-x_run-1_bold.nii"],
    "sub-1/ses-a/func-bold_task-x_run-2": [
      "sub-1_ses-a_task-x_run-2_bold.nii",
      "sub-1_ses-a_task-x_run-2_physio.tsv.gz",
    ],
    "sub-1/ses-a/func-events_task-x": ["sub-1_ses-a_task-x_events.tsv"],
    "sub-1/ses-b/func-events_task-x": ["sub-1_ses-b_task-x_events.tsv"],
  })
})

test("echoes of one measurement are one to a companion", async (context) => {
  const book = await sorted(context, {
    ...DESCRIPTION,
    "sub-1/func/sub-1_task-x_echo-1_bold.nii": "x",
    "sub-1/func/sub-1_task-x_echo-2_bold.nii": "x",
    "sub-1/func/sub-1_task-x_events.tsv": "x",
  })
  assert.deepEqual(namesOf(book)["sub-1/ses-01/func-bold_task-x"], [
    "sub-1_task-x_echo-1_bold.nii",
    "sub-1_task-x_echo-2_bold.nii",
    "sub-1_task-x_events.tsv",
  ])
})

test("a folder that is one recording is one zip with its own steps, and two of them stay two", async (context) => {
  const book = await sorted(context, {
    ...DESCRIPTION,
    "sub-1/meg/sub-1_task-x_meg.ds/a/data": "1",
    "sub-1/meg/sub-1_task-x_meg.ds/res4": "22",
    "sub-1/meg/sub-1_task-y_meg.ds/res4": "333",
  })
  const zips = book.places().flatMap(({ files }) => files.filter(({ content }) => content.kind === "zip"))
  const members = zips.map(({ name, content }) => [
    name,
    content.kind === "zip" ? content.members.map((member) => member.name) : [],
  ])
  assert.deepEqual(members, [
    ["sub-1_task-x_meg.ds.zip", ["sub-1_task-x_meg.ds/a/data", "sub-1_task-x_meg.ds/res4"]],
    ["sub-1_task-y_meg.ds.zip", ["sub-1_task-y_meg.ds/res4"]],
  ])
})

test("sidecars say of data what they say, nearer ones before, and nothing of other tables and sidecars", async (context) => {
  const book = await sorted(context, {
    ...DESCRIPTION,
    "bold.json": '{"Far": 1, "Near": 1}',
    "task-x_bold.json": '{"Near": 2}',
    "sub-1/sub-1_bold.json": '{"Subject": true}',
    "sub-1/func/sub-1_task-x_bold.nii": "x",
    "sub-1/func/sub-1_task-x_bold.json": '{"Near": 3}',
  })
  const BIDS = { Path: "sub-1/func", Folder: "func", Suffix: "bold", Entities: { task: "x" } }
  assert.deepEqual(infoOf(book, "sub-1_task-x_bold.nii"), {
    ...{ Far: 1, Near: 3, Subject: true },
    BIDS: { ...BIDS, Filename: "sub-1_task-x_bold.nii" },
  })
  assert.deepEqual(infoOf(book, "sub-1_task-x_bold.json"), { BIDS: { ...BIDS, Filename: "sub-1_task-x_bold.json" } })
})

test("a sidecar cannot say where a file stood, and one that says too much stays a file, told", async (context) => {
  const long = "x".repeat(64 * 1024)
  const book = await sorted(context, {
    ...DESCRIPTION,
    "bold.json": '{"BIDS": {"Path": "/etc"}}',
    "T1w.json": JSON.stringify({ Notes: long }),
    "sub-1/func/sub-1_task-x_bold.nii": "x",
    "sub-1/anat/sub-1_T1w.nii": "x",
  })
  assert.equal((infoOf(book, "sub-1_task-x_bold.nii")["BIDS"] as JsonObject)["Path"], "sub-1/func")
  assert.deepEqual(Object.keys(infoOf(book, "sub-1_T1w.nii")), ["BIDS"])
  assert.deepEqual(
    book.warnings.map(({ about }) => about),
    ["sub-1/anat/sub-1_T1w.nii"],
  )
})

test("a name that BIDS does not have is kept in a place of its data type, and told", async (context) => {
  const book = await sorted(context, { ...DESCRIPTION, "sub-1/anat/my scan.nii": "x", "sub-1/ses-a/notes": "x" })
  assert.deepEqual(namesOf(book), {
    "": ["dataset_description.json"],
    "sub-1/ses-01/anat": ["my scan.nii"],
    "sub-1/ses-a": ["notes"],
  })
  assert.deepEqual(book.warnings, [{ about: "sub-1/anat/my scan.nii", says: "has no name that BIDS knows" }])
})

test("what the walk left out stays left out, with its reason", async (context) => {
  const book = await sorted(context, { ...DESCRIPTION, ".git/x": "x" })
  assert.deepEqual(book.leftOut, [{ path: ".git", kind: "folder", why: "is the history of version control" }])
})
