import assert from "node:assert/strict"
import { test } from "node:test"
import { describeFile } from "./describe-file.ts"

test("a file's type is what the caller says, and its size what was read", () => {
  assert.deepEqual(describeFile("brain.nii.gz", 352), {
    type: "nifti",
    mimetype: "application/gzip",
    size: 352,
  })
  const stated = { type: "dicom", size: 7, modality: "MR" }
  assert.deepEqual(describeFile("brain.nii.gz", 352, stated), {
    type: "dicom",
    modality: "MR",
    mimetype: "application/gzip",
    size: 352,
  })
})
