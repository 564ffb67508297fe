import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { UploadedFile } from "../../archive/transfer/upload/upload-files.ts"
import { createPaint } from "../output/paint.ts"
import { accountSummary, uploadAccountLines } from "./upload-account-lines.ts"

test("every file is in the accounts once, and what failed is named with its reason", () => {
  const account = {
    made: ["lab/study"],
    files: [
      uploaded("a.nii", "sent"),
      uploaded("b.nii", "there"),
      uploaded("c\u001b[31m.nii", "failed", new GeartrainError("UPLOAD_FILE_CHANGED", "it has become shorter")),
      uploaded("d.nii", "not-tried"),
    ],
    leftOut: [{ path: ".DS_Store", kind: "file", why: "is of macOS, and no data" }],
  } as const
  assert.deepEqual(uploadAccountLines(account, createPaint(false)), [
    "LEFT OUT",
    "  .DS_Store: is of macOS, and no data",
    "FAILED",
    "  lab/study/files/c\\x1b[31m.nii: it has become shorter",
    "1 place made; 1 file sent, 2 KiB; 1 already there; 1 left out; 1 failed; 1 not tried",
  ])
})

test("nothing to do is told as such", () => {
  assert.equal(
    accountSummary({ made: [], files: [], leftOut: [] }),
    "0 files sent, 0 B; 0 already there; nothing left out",
  )
})

function uploaded(name: string, outcome: UploadedFile["outcome"], error?: GeartrainError): UploadedFile {
  const file = { name, sizeBytes: 2048, fields: {}, content: { kind: "file", path: name } } as const
  const task = { folder: "/data", file, place: { id: "1", path: "lab/study", isNew: false } }
  return { task, outcome, ...(error === undefined ? {} : { error }) }
}
