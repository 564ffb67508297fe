import assert from "node:assert/strict"
import { test } from "node:test"
import { fileType, mimeType, suffixesOf } from "./file-type.ts"
import { FILE_TYPES, MIMETYPES } from "./file-type-table.ts"
import { isFolderName } from "./folder-name.ts"

test("the longest suffix tells the type", () => {
  const types: readonly (readonly [name: string, type: string | undefined])[] = [
    ["t1.nii", "nifti"],
    ["T1.NII.GZ", "nifti"],
    ["sub.01.dcm.zip", "dicom"],
    ["scan.zip", "archive"],
    ["report.qa.json", "qa"],
    ["report.json", "source code"],
    ["table.tsv.gz", "tabular data"],
    ["a.bvals", "bval"],
    [".json", "source code"],
    ["README", undefined],
    ["x.unknown", undefined],
    ["nii", undefined],
    ["a.nii.bak", undefined],
  ]
  for (const [name, type] of types) assert.equal(fileType(name), type, name)
})

test("the longest suffix tells the media type", () => {
  assert.equal(mimeType("a.tar.gz"), "application/gzip")
  assert.equal(mimeType("a.nii.gz"), "application/gzip")
  assert.equal(mimeType("a.csv"), "text/csv")
  assert.equal(mimeType("a.dcm"), "application/dicom")
  assert.equal(mimeType("README"), "application/octet-stream")
})

test("a suffix is in one row of each table only", () => {
  for (const table of [FILE_TYPES, MIMETYPES]) {
    const suffixes = Object.values(table).flat()
    assert.equal(new Set(suffixes).size, suffixes.length)
    for (const suffix of suffixes) assert.match(suffix, /^\.[a-z0-9.-]+$/)
  }
})

test("a type tells its suffixes", () => {
  assert.deepEqual(suffixesOf("bval"), [".bval", ".bvals"])
  assert.deepEqual(suffixesOf("constructor"), [])
})

test("a name of a folder is one step, and none out of it", () => {
  for (const name of ["a", "a b", "...", "-rf", "é".repeat(127), "line\nbreak"])
    assert.equal(isFolderName(name), true, name)
  for (const name of ["", ".", "..", "a/b", "/", "a\0", "é".repeat(128)]) assert.equal(isFolderName(name), false, name)
})
