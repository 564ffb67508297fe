import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "../errors/geartrain-error.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { gearCommand } from "./gear-command.ts"

function manifestOf(members: JsonObject): GearManifest {
  return { name: "bet", version: "1", ...members } as unknown as GearManifest
}

test("without a command a gear is its executable run, as root and without network", () => {
  assert.deepEqual(gearCommand(manifestOf({})), {
    command: ["./run"],
    uid: 0,
    gid: 0,
    showJob: false,
    network: "none",
    unknownCapabilities: [],
  })
})

test("a command is bash's, and the reserved members tell who runs it", () => {
  const manifest = manifestOf({
    command: "python run.py && echo done",
    capabilities: ["networking", "gpu"],
    custom: { flywheel: { uid: 1000, gid: 100, "show-job": true } },
  })
  assert.deepEqual(gearCommand(manifest), {
    command: ["bash", "-c", "python run.py && echo done"],
    uid: 1000,
    gid: 100,
    showJob: true,
    network: "outbound",
    unknownCapabilities: ["gpu"],
  })
})

test("custom members of other shapes tell nothing", () => {
  assert.equal(gearCommand(manifestOf({ custom: { flywheel: "0" } })).uid, 0)
  assert.equal(gearCommand(manifestOf({ custom: { flywheel: { "show-job": "yes" } } })).showJob, false)
})

test("a gear that its author marked as invalid is not run", () => {
  assert.throws(
    () => gearCommand(manifestOf({ custom: { flywheel: { invalid: true } } })),
    (error) =>
      isGeartrainError(error, "MANIFEST_INVALID") &&
      error.message === 'Cannot run gear "bet": its author marked it as invalid (custom.flywheel.invalid)',
  )
})

test("a user id that is none is refused", () => {
  for (const uid of ["1000", -1, 1.5, 4294967295, null]) {
    assert.throws(
      () => gearCommand(manifestOf({ custom: { flywheel: { uid } } })),
      (error) =>
        isGeartrainError(error, "MANIFEST_INVALID") &&
        error.message.includes(`custom.flywheel.uid is ${JSON.stringify(uid)}`),
    )
  }
})
