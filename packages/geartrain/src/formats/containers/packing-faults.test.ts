import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { imageError } from "../../packing/place/image-place.ts"
import { UnfitFile } from "../unfit-file.ts"
import { asUnfit, faultsAsUnfit } from "./packing-faults.ts"

const PLACE = { reference: "a.tar" }

test("what is wrong with an archive is a reason to compare bytes, without the name that the reader knows", () => {
  const fault = asUnfit(imageError("IMAGE_PATH_OUTSIDE", PLACE, { entry: "../x", problem: "leads outside" }), PLACE)
  assert.ok(fault instanceof UnfitFile)
  assert.equal(fault.message, 'entry "../x" leads outside')
})

test("what is no fault of the archive stays what it is", () => {
  const disk = Object.assign(new Error("EIO"), { code: "EIO" })
  const other = new GeartrainError("BLOB_NOT_FOUND", "gone")
  for (const error of [disk, other, undefined, "text"]) assert.equal(asUnfit(error, PLACE), error)
})

test("reading is waited for, and its errors are told in the same way", async () => {
  let hasRead = false
  await faultsAsUnfit(PLACE, async () => {
    await Promise.resolve()
    hasRead = true
  })
  assert.ok(hasRead)
  const cut = imageError("IMAGE_TRUNCATED", PLACE, { problem: "it is cut" })
  await assert.rejects(
    faultsAsUnfit(PLACE, () => Promise.reject(cut)),
    UnfitFile,
  )
  const bug = new TypeError("bug")
  await assert.rejects(
    faultsAsUnfit(PLACE, () => Promise.reject(bug)),
    bug,
  )
})
