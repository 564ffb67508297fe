import assert from "node:assert/strict"
import { test } from "node:test"
import type { InvocationInput } from "../invocation/invocation.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { findAddedFaults } from "./find-added-faults.ts"
import type { GearAdditions } from "./gear-additions.ts"

const MANIFEST = {
  ...{ name: "a", label: "A", description: "A", version: "1", author: "A", license: "MIT", url: "", source: "" },
  config: {},
  inputs: { scans: { base: "file", type: { enum: ["dicom"] } }, mask: { base: "file", optional: true } },
} as unknown as GearManifest

function file(name: string, type: string): InvocationInput {
  return { base: "file", name, digest: `sha256:${"0".repeat(64)}`, object: { type, size: 1 } }
}

function faults(inputs: Readonly<Record<string, InvocationInput>>, additions: GearAdditions) {
  return findAddedFaults({ manifest: MANIFEST, config: {}, inputs }, additions).map(
    ({ where, keyword }) => `${where} ${keyword}`,
  )
}

const MANY: GearAdditions = { inputs: { scans: { takes: "files", atLeast: 2, atMost: 3 } } }
const FOLDER: GearAdditions = { inputs: { scans: { takes: "folder" } } }
const several = (count: number, type = "dicom") =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`scans/${index}`, file(`${index}`, type)]))

test("an input of one file is held against the manifest alone", () => {
  assert.deepEqual(faults({ scans: file("a", "dicom") }, {}), [])
  assert.equal(faults({}, {}).length, 1)
  assert.equal(faults({ scans: file("a", "nifti") }, {}).length, 1)
})

test("of several files there have to be as many as the gear says", () => {
  assert.deepEqual(faults(several(1), MANY), ["/inputs/scans count"])
  assert.deepEqual(faults(several(2), MANY), [])
  assert.deepEqual(faults(several(3), MANY), [])
  assert.deepEqual(faults(several(4), MANY), ["/inputs/scans count"])
})

test("each of several files has to be what the manifest asks for, not only the first", () => {
  const one = { ...several(3), "scans/2": file("x", "nifti") }
  assert.equal(faults(one, MANY).length, 1)
  assert.equal(faults(several(3, "nifti"), MANY).length, 3)
})

test("no file at all is told once, as missing, and not as too few", () => {
  const [only, ...others] = faults({}, MANY)
  assert.ok(only?.startsWith("/inputs/scans ") === true && !only.endsWith("count"), only)
  assert.deepEqual(others, [])
})

test("of a folder neither type nor name are asked, however many files are in it", () => {
  assert.deepEqual(faults(several(5, "nifti"), FOLDER), [])
  assert.equal(faults({}, FOLDER).length, 1)
})

test("an input that nobody declared is told by its own name", () => {
  assert.equal(faults({ ...several(2), other: file("o", "dicom") }, MANY).length, 1)
  assert.equal(faults({ ...several(2), "mask/x": file("o", "dicom") }, MANY).length, 1)
})

test("secrets are looked at by whoever knows where they come from", () => {
  const secret: Readonly<Record<string, InvocationInput>> = { ...several(2), token: { base: "api-key" } }
  assert.deepEqual(faults(secret, { ...MANY, secrets: { token: {} } }), [])
  assert.equal(faults(secret, MANY).length, 1)
})
