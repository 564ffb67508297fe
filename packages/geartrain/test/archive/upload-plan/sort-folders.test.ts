import assert from "node:assert/strict"
import { test } from "node:test"
import { planUpload } from "../../../src/archive/upload-plan/plan-upload.ts"
import { filesOf, folderOf } from "./folder-of.ts"

test("a file belongs to the lowest place that the folders above it name; what is deeper becomes a zip", async (context) => {
  const folder = folderOf(context, {
    "top.txt": "x",
    "S1/subject.csv": "x",
    "S1/V1/session.pdf": "x",
    "S1/V1/T1/a.nii.gz": "x",
    "S1/V1/T1/raw/1.dat": "x",
    "S1/V1/T1/raw/more/2.dat": "x",
  })
  const plan = await planUpload(folder)
  assert.deepEqual(filesOf(plan), {
    "top.txt": ["top.txt"],
    "S1/subject.csv": ["S1/subject.csv"],
    "S1/V1/session.pdf": ["S1/V1/session.pdf"],
    "S1/V1/T1/a.nii.gz": ["S1/V1/T1/a.nii.gz"],
    "S1/V1/T1/raw.zip": ["S1/V1/T1/raw/1.dat", "S1/V1/T1/raw/more/2.dat"],
  })
  assert.deepEqual(
    plan.places.map(({ level, labels }) => [level, labels.at(-1)]),
    [
      ["project", undefined],
      ["subject", "S1"],
      ["session", "V1"],
      ["acquisition", "T1"],
    ],
  )
})

test("a template tells other ways to lay folders out", async (context) => {
  const folder = folderOf(context, {
    "data/sub-1_A/T1/a.nii": "x",
    "data/sub-1_B/T1/a.nii": "x",
    "data/pilot/T1/a.nii": "x",
    "other/x": "x",
  })
  const plan = await planUpload(folder, { template: "data/sub-{subject}_{session}/{acquisition}" })
  assert.deepEqual(filesOf(plan), {
    "1/A/T1/a.nii": ["data/sub-1_A/T1/a.nii"],
    "1/B/T1/a.nii": ["data/sub-1_B/T1/a.nii"],
  })
  assert.deepEqual(
    plan.leftOut.map(({ path, why }) => [path, why]),
    [
      ["data/pilot/T1/a.nii", 'lies in a folder that is not as "sub-{subject}_{session}" of the template'],
      ["other/x", 'lies in a folder that is not as "data" of the template'],
    ],
  )
  const two = folderOf(context, { "S1/whatever/T1/a.nii": "x" })
  assert.deepEqual(Object.keys(filesOf(await planUpload(two, { template: "{subject}/*/{acquisition}" }))), [
    "S1/ses-01/T1/a.nii",
  ])
})
