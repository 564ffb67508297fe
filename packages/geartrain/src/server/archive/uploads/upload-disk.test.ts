import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { onUploadDisk } from "./upload-disk.ts"

function fail(error: unknown) {
  return onUploadDisk("keep a part", () => Promise.reject(error))
}

const disk = (code: string) => Object.assign(new Error(`${code}: /srv/secret/path`), { code, syscall: "write" })

test("what the disk refuses is told as that, with no path of the server's in it", async () => {
  for (const code of ["ENOSPC", "EDQUOT"])
    await assert.rejects(fail(disk(code)), {
      code: "STORE_FULL",
      message: "Cannot keep a part: the server's disk is full",
    })
  for (const code of ["EIO", "EROFS", "EACCES", "ESTALE"])
    await assert.rejects(fail(disk(code)), {
      code: "STORE_FAILED",
      message: `Cannot keep a part: the server's disk refuses it (${code})`,
    })
})

test("what is no matter of the disk is passed on as it is", async () => {
  const known = new GeartrainError("UPLOAD_CUT", "cut")
  for (const error of [known, disk("ENOENT"), new TypeError("bug"), "words"])
    await assert.rejects(fail(error), (found) => found === error)
  assert.equal(await onUploadDisk("keep a part", async () => 7), 7)
})
