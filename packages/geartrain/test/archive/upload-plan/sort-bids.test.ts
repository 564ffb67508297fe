import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject } from "@geartrain/spec"
import { planUpload } from "../../../src/archive/upload-plan/plan-upload.ts"
import type { UploadPlan } from "../../../src/archive/upload-plan/upload-plan.ts"
import { filesOf, folderOf } from "./folder-of.ts"

const DESCRIPTION = { "dataset_description.json": '{"Name": "Memory", "BIDSVersion": "1.9.0"}' }

function fieldsOf(plan: UploadPlan, path: string): JsonObject | undefined {
  const place = plan.places.find(({ labels }) => labels.join("/") === path)
  // Objects that were read have no prototype, which is not what is looked at.
  return place === undefined ? undefined : JSON.parse(JSON.stringify(place.fields))
}

test("subjects, sessions and acquisitions are as the names say, and companions stand beside what they are of", async (context) => {
  const func = "sub-01/ses-a/func/sub-01_ses-a_task-rest"
  const folder = folderOf(context, {
    ...DESCRIPTION,
    README: "x",
    "participants.tsv":
      "participant_id\tsex\tage\tgroup\tcode\nsub-01\tF\t25\tcontrol\t007\nsub-02\tn/a\t30.5\tn/a\tx\n",
    "task-rest_bold.json": '{"RepetitionTime": 2, "TaskName": "rest"}',
    "sub-01/sub-01_sessions.tsv": "session_id\tage\tacq_time\nses-a\t26\t2020-01-31T12:00:00Z\n",
    "sub-01/ses-a/sub-01_ses-a_scans.tsv": "filename\tacq_time\n",
    "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz": "x",
    [`${func}_run-1_bold.nii.gz`]: "x",
    [`${func}_run-1_bold.json`]: '{"RepetitionTime": 3}',
    [`${func}_run-1_events.tsv`]: "x",
    [`${func}_run-1_recording-pulse_physio.tsv.gz`]: "x",
    [`${func}_run-2_echo-1_bold.nii.gz`]: "x",
    [`${func}_run-2_echo-2_bold.nii.gz`]: "x",
    [`${func}_events.json`]: "{}",
    "sub-02/dwi/sub-02_dwi.nii.gz": "x",
    "sub-02/dwi/sub-02_dwi.bval": "x",
    "sub-02/meg/sub-02_task-x_meg.ds/a/data": "x",
    "sub-02/meg/sub-02_task-x_meg.ds/res4": "x",
    "sub-02/anat/strange name.txt": "x",
  })
  const plan = await planUpload(folder)
  assert.equal(plan.sorter, "bids")
  assert.deepEqual(Object.keys(filesOf(plan)).toSorted(), [
    "README",
    "dataset_description.json",
    "participants.tsv",
    "sub-01/ses-a/anat-T1w/sub-01_ses-a_T1w.nii.gz",
    "sub-01/ses-a/func-bold_task-rest_run-1/sub-01_ses-a_task-rest_run-1_bold.json",
    "sub-01/ses-a/func-bold_task-rest_run-1/sub-01_ses-a_task-rest_run-1_bold.nii.gz",
    "sub-01/ses-a/func-bold_task-rest_run-1/sub-01_ses-a_task-rest_run-1_events.tsv",
    "sub-01/ses-a/func-bold_task-rest_run-1/sub-01_ses-a_task-rest_run-1_recording-pulse_physio.tsv.gz",
    "sub-01/ses-a/func-bold_task-rest_run-2/sub-01_ses-a_task-rest_run-2_echo-1_bold.nii.gz",
    "sub-01/ses-a/func-bold_task-rest_run-2/sub-01_ses-a_task-rest_run-2_echo-2_bold.nii.gz",
    "sub-01/ses-a/func-events_task-rest/sub-01_ses-a_task-rest_events.json",
    "sub-01/ses-a/sub-01_ses-a_scans.tsv",
    "sub-01/sub-01_sessions.tsv",
    "sub-02/ses-01/anat/strange name.txt",
    "sub-02/ses-01/dwi-dwi/sub-02_dwi.bval",
    "sub-02/ses-01/dwi-dwi/sub-02_dwi.nii.gz",
    "sub-02/ses-01/meg-meg_task-x/sub-02_task-x_meg.ds.zip",
    "task-rest_bold.json",
  ])
  assert.deepEqual(fieldsOf(plan, ""), { info: { BIDS: { Name: "Memory", BIDSVersion: "1.9.0" } } })
  assert.deepEqual(fieldsOf(plan, "sub-01"), {
    sex: "female",
    info: { BIDS: { participant_id: "sub-01", sex: "F", age: 25, group: "control", code: "007" } },
  })
  assert.deepEqual(fieldsOf(plan, "sub-02"), { info: { BIDS: { participant_id: "sub-02", age: 30.5, code: "x" } } })
  assert.equal(fieldsOf(plan, "sub-01/ses-a")?.["age"], 26 * 31_557_600)
  assert.equal(fieldsOf(plan, "sub-01/ses-a")?.["timestamp"], "2020-01-31T12:00:00Z")
  assert.deepEqual(fieldsOf(plan, "sub-02/ses-01"), { age: 30.5 * 31_557_600 })
  assert.deepEqual(plan.warnings, [{ about: "sub-02/anat/strange name.txt", says: "has no name that BIDS knows" }])
  assert.deepEqual(plan.leftOut, [])

  const bold = plan.places
    .flatMap((place) => place.files)
    .find(({ name }) => name === "sub-01_ses-a_task-rest_run-1_bold.nii.gz")
  assert.deepEqual(JSON.parse(JSON.stringify(bold?.fields)), {
    type: "nifti",
    modality: "MR",
    classification: { Intent: ["Functional"], Measurement: ["T2*"] },
    info: {
      RepetitionTime: 3,
      TaskName: "rest",
      BIDS: {
        Path: "sub-01/ses-a/func",
        Filename: "sub-01_ses-a_task-rest_run-1_bold.nii.gz",
        Folder: "func",
        Suffix: "bold",
        Entities: { task: "rest", run: "1" },
      },
    },
  })
})

test("derivatives, source data and code are zips of what they are about, with their folders", async (context) => {
  const folder = folderOf(context, {
    ...DESCRIPTION,
    "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz": "x",
    "derivatives/fmriprep/dataset_description.json": "{}",
    "derivatives/fmriprep/sub-01/sub-01.html": "x",
    "derivatives/fmriprep/sub-01/ses-a/anat/x.nii.gz": "x",
    "derivatives/notes.txt": "x",
    "sourcedata/sub-01/IM1": "x",
    "code/run.sh": "x",
    "code.zip": "x",
  })
  const plan = await planUpload(folder)
  assert.deepEqual(filesOf(plan), {
    "code.zip": ["code.zip"],
    "dataset_description.json": ["dataset_description.json"],
    "code (2).zip": ["code/run.sh"],
    "derivatives-fmriprep.zip": ["derivatives/fmriprep/dataset_description.json"],
    "derivatives.zip": ["derivatives/notes.txt"],
    "sub-01/derivatives-fmriprep.zip": ["derivatives/fmriprep/sub-01/sub-01.html"],
    "sub-01/sourcedata.zip": ["sourcedata/sub-01/IM1"],
    "sub-01/ses-a/anat-T1w/sub-01_ses-a_T1w.nii.gz": ["sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz"],
    "sub-01/ses-a/derivatives-fmriprep.zip": ["derivatives/fmriprep/sub-01/ses-a/anat/x.nii.gz"],
  })
  const zip = plan.places.flatMap((place) => place.files).find(({ name }) => name === "sourcedata.zip")
  assert.ok(zip?.content.kind === "zip")
  assert.equal(zip.content.members[0]?.name, "sourcedata/sub-01/IM1")
})

test("tables and sidecars that cannot be read are uploaded, and told", async (context) => {
  const folder = folderOf(context, {
    ...DESCRIPTION,
    "participants.tsv": Buffer.from([0xff, 0xfe, 0x00]),
    "T1w.json": '{"a": 1,',
    "T2w.json": "[1]",
    "bold.json": Buffer.alloc(1024 * 1024 + 1, " "),
    "sub-01/anat/sub-01_T1w.nii.gz": "x",
  })
  const plan = await planUpload(folder)
  assert.deepEqual(
    plan.warnings.map(({ about }) => about),
    ["T1w.json", "T2w.json", "bold.json", "participants.tsv"],
  )
  assert.match(plan.warnings[0]?.says ?? "", /^is no JSON: line 1: /)
  assert.equal(plan.warnings[1]?.says, "is no JSON object")
  assert.match(plan.warnings[2]?.says ?? "", /^has more than 1048576 bytes/)
  assert.equal(plan.leftOut.length, 0)
})
