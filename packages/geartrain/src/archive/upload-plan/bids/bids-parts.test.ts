import assert from "node:assert/strict"
import { test } from "node:test"
import { kindFields } from "./bids-kinds.ts"
import { acquisitionLabelOf, type BidsName, isCompanion, parseBidsName, standsBeside } from "./bids-name.ts"
import { rowsByLabel } from "./participants.ts"
import { readTable } from "./read-table.ts"

function nameOf(text: string): BidsName {
  const name = parseBidsName(text)
  assert.ok(name !== undefined, text)
  return name
}

test("a name is taken apart, and one that BIDS does not have is none", () => {
  const { entities, suffix, extension } = nameOf("sub-01_ses-a_task-rest_run-1_bold.nii.gz")
  assert.deepEqual(
    [[...entities], suffix, extension],
    [
      [
        ["task", "rest"],
        ["run", "1"],
      ],
      "bold",
      ".nii.gz",
    ],
  )
  for (const text of [
    "sub-01_a b_bold.nii",
    "sub-01_bold_run-1_.nii",
    "sub-01_run-1_run-2_bold.nii",
    "README",
    "",
    "_.nii",
  ])
    assert.equal(parseBidsName(text), undefined, text)
})

test("echoes and parts are of one acquisition, runs are of several", () => {
  const labels = ["echo-1_run-1_bold", "echo-2_run-1_bold", "run-2_part-mag_bold"].map((text) =>
    acquisitionLabelOf("func", nameOf(`sub-01_task-r_${text}.nii`)),
  )
  assert.deepEqual(labels, ["func-bold_task-r_run-1", "func-bold_task-r_run-1", "func-bold_task-r_run-2"])
})

test("a companion stands beside a measurement that has all of its entities", () => {
  const bold = nameOf("sub-01_task-r_run-1_bold.nii")
  assert.ok(standsBeside(nameOf("sub-01_task-r_run-1_recording-pulse_physio.tsv.gz"), bold))
  assert.ok(standsBeside(nameOf("sub-01_task-r_events.tsv"), bold))
  assert.ok(!standsBeside(nameOf("sub-01_task-x_run-1_events.tsv"), bold))
  assert.ok(isCompanion(nameOf("sub-01_task-r_events.tsv")) && !isCompanion(bold))
})

test("what an image is follows from its folder and its suffix; tables and sidecars are no images", () => {
  assert.deepEqual(kindFields("anat", nameOf("sub-01_T1w.nii.gz")), {
    modality: "MR",
    classification: { Intent: ["Structural"], Measurement: ["T1"] },
  })
  assert.deepEqual(kindFields("pet", nameOf("sub-01_pet.nii.gz")), { modality: "PT" })
  assert.deepEqual(kindFields("anat", nameOf("sub-01_T1w.json")), {})
  assert.deepEqual(kindFields("constructor", nameOf("sub-01_T1w.nii")), {})
})

test("a table has numbers where they are written, and nothing where nothing is known", () => {
  const rows = readTable(Buffer.from("\ufeffid\tage\tcode\tnote\r\n01\t25.5\t007\tn/a\r\n\r\nsub-02\t-3\n"))
  assert.ok(typeof rows !== "string")
  assert.deepEqual(
    rows.map((row) => Object.fromEntries(row)),
    [
      { id: "01", age: 25.5, code: "007" },
      { id: "sub-02", age: -3 },
    ],
  )
  assert.deepEqual([...rowsByLabel(rows, "id").keys()], ["sub-01", "sub-02"])
  assert.match(String(readTable(Buffer.from([0xff]))), /not part of UTF-8/)
  assert.match(String(readTable(Buffer.from("\t".repeat(2000)))), /more than 1000 columns/)
  assert.match(String(readTable(Buffer.from("a\n".repeat(300_000)))), /more than 200000 rows/)
})
