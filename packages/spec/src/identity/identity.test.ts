import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { INVOCATION_FORMAT, type Invocation } from "../invocation/invocation.ts"
import { invocationDigest } from "../invocation/invocation-digest.ts"
import type { Digest } from "./digest.ts"
import { hexOf, isDigest, shortDigest } from "./digest.ts"
import { GEAR_FORMAT, gearId } from "./gear-id.ts"

function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

const TREE: Digest = `sha256:${"1".repeat(64)}`

test("a digest has one spelling", () => {
  assert.equal(isDigest(TREE), true)
  for (const text of [TREE.toUpperCase(), TREE.slice(1), `${TREE}0`, `${TREE}\n`, "sha512:00", ""]) {
    assert.equal(isDigest(text), false, text)
  }
  assert.equal(hexOf(TREE), "1".repeat(64))
  assert.equal(shortDigest(TREE), "111111111111")
})

// Golden: a change of these is a new version in the format, never the same version with another value.
test("the gear id of version 1 is this one", () => {
  assert.equal(GEAR_FORMAT, "geartrain-gear/1")
  const id = gearId(
    { platform: "linux/amd64", tree: TREE, manifest: { name: "bet", version: "1.0.0", config: {} } },
    sha256,
  )
  assert.equal(
    id,
    sha256(
      new TextEncoder().encode(
        `{"format":"geartrain-gear/1","manifest":{"config":{},"name":"bet","version":"1.0.0"},"platform":"linux/amd64","tree":"${TREE}"}`,
      ),
    ),
  )
  assert.equal(id, "sha256:87e9d753dd004349c31baabdff0e3c712d3d2e39cb2d6c18ca365147f559bde3")
})

test("the order of members in the manifest does not count, and everything else does", () => {
  const gear = { platform: "linux/amd64", tree: TREE, manifest: { a: 1, b: 2 } } as const
  const id = gearId(gear, sha256)
  assert.equal(gearId({ ...gear, manifest: { b: 2, a: 1 } }, sha256), id)
  assert.notEqual(gearId({ ...gear, manifest: { a: 1, b: "2" } }, sha256), id)
  assert.notEqual(gearId({ ...gear, platform: "linux/arm64" }, sha256), id)
  assert.notEqual(gearId({ ...gear, tree: `sha256:${"2".repeat(64)}` as const }, sha256), id)
})

const INVOCATION: Invocation = {
  format: INVOCATION_FORMAT,
  gear: `sha256:${"a".repeat(64)}` as const,
  config: { threshold: 0.5, name: "é" },
  inputs: {
    scan: {
      base: "file",
      name: "t1.nii.gz",
      digest: `sha256:${"b".repeat(64)}` as const,
      object: { type: "nifti", size: 12 },
    },
    word: { base: "context", found: true, value: [1] },
    key: { base: "api-key" },
  },
  environment: { PATH: "/bin", TZ: "UTC" },
  network: "none",
}

test("the invocation digest of version 1 is this one", () => {
  assert.equal(INVOCATION_FORMAT, "geartrain-invocation/1")
  assert.equal(
    invocationDigest(INVOCATION, sha256),
    "sha256:4421ee6fcdd197f2b35f8c1fa804c3a875cf878ce9009739ed019d6a886b3416",
  )
})

test("everything in an invocation counts, but for the order of members", () => {
  const digest = invocationDigest(INVOCATION, sha256)
  const { format, ...rest } = INVOCATION
  assert.equal(invocationDigest({ ...rest, format }, sha256), digest)
  const others: readonly Invocation[] = [
    { ...INVOCATION, network: "outbound" },
    { ...INVOCATION, environment: { PATH: "/bin" } },
    { ...INVOCATION, config: { threshold: 0.25, name: "é" } },
    { ...INVOCATION, inputs: {} },
    { ...INVOCATION, destination: { type: "session", id: "1" } },
    { ...INVOCATION, gear: TREE },
  ]
  const digests = new Set(others.map((other) => invocationDigest(other, sha256)))
  assert.equal(digests.size, others.length)
  assert.equal(digests.has(digest), false)
})
