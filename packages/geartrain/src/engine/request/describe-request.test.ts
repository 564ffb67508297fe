import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear, GearManifest, InvocationInput } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import { digest, gear } from "../../../test/stores/records/sample-records.ts"
import { checkRequest } from "./check-request.ts"
import { describeInputs } from "./describe-inputs.ts"
import { ownMember } from "./own-member.ts"

function withInputs(members: Partial<Pick<GearManifest, "inputs" | "config">>): Gear {
  const sample = gear(1)
  return { ...sample, manifest: { ...sample.manifest, ...members } as GearManifest }
}

const GEAR = withInputs({
  inputs: { scan: { base: "file" }, notes: { base: "context" }, key: { base: "api-key" } },
  config: { speed: { type: "number", default: 2 }, mode: { type: "string" } },
})
const SCAN = { name: "a.nii", digest: digest(1), sizeBytes: 3 }

test("a file is described by its bytes and its name; what was said of it stands over what its name tells", () => {
  const files = new Map([["scan", SCAN]])
  const plain = describeInputs({ gear: GEAR }, files, {})["scan"] as Extract<InvocationInput, { base: "file" }>
  assert.deepEqual([plain.name, plain.digest, plain.object["type"]], ["a.nii", digest(1), "nifti"])
  const request = {
    gear: GEAR,
    fileNames: { scan: "b.txt" },
    fileObjects: { scan: { type: "mine" } },
    filePlaces: { scan: { type: "session", id: "s" } as const },
  }
  const said = describeInputs(request, files, {})["scan"] as Extract<InvocationInput, { base: "file" }>
  assert.deepEqual([said.name, said.object["type"], said.hierarchy], ["b.txt", "mine", { type: "session", id: "s" }])
})

test("a context that is null was found; a key is told by nothing but that it is there", () => {
  const keys = { key: "secret", token: "hidden", unused: "x" }
  const additions: GearAdditions = { secrets: { token: {}, other: {} } }
  const described = describeInputs({ gear: GEAR, contexts: { notes: null }, keys }, new Map(), additions)
  assert.deepEqual(described, {
    notes: { base: "context", found: true, value: null },
    key: { base: "api-key" },
    token: { base: "api-key" },
  })
  assert.deepEqual(describeInputs({ gear: GEAR }, new Map(), additions), { notes: { base: "context", found: false } })
})

test("names that every object has are given by nobody", () => {
  const odd = withInputs({ inputs: { constructor: { base: "context" }, toString: { base: "api-key" } } as never })
  assert.deepEqual(describeInputs({ gear: odd, contexts: {}, keys: {} }, new Map(), {}), {
    constructor: { base: "context", found: false },
  })
  assert.equal(ownMember({ a: 1 }, "constructor"), undefined)
  assert.equal(ownMember(undefined, "a"), undefined)
})

test("a request that fits answers the config with its defaults", () => {
  const inputs: Readonly<Record<string, InvocationInput>> = {
    scan: { base: "file", name: "a", digest: digest(1), object: {} },
    key: { base: "api-key" },
  }
  assert.deepEqual({ ...checkRequest({ gear: GEAR, config: { mode: "x" } }, inputs, {}) }, { speed: 2, mode: "x" })
})

test("all that is wrong is told at once, secrets that are missing too", () => {
  const additions: GearAdditions = { secrets: { token: {}, spare: { optional: true } } }
  assert.throws(
    () => checkRequest({ gear: GEAR, config: { speed: "fast" } }, {}, additions),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "INVOCATION_INVALID")
      for (const word of ["speed", "mode", "scan", '"token" is missing']) assert.ok(error.message.includes(word), word)
      assert.ok(!error.message.includes("spare"))
      return true
    },
  )
})
