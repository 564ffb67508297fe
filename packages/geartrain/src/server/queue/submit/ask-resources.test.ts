import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { askResources, resourcesText } from "./ask-resources.ts"
import { describeInputs, grantedNetwork, makeInvocation } from "./make-invocation.ts"

const MANIFEST: GearManifest = {
  name: "tool",
  label: "Tool",
  description: "A",
  version: "1.0.0",
  author: "A",
  license: "MIT",
  url: "",
  source: "",
  config: {},
  inputs: { scan: { base: "file" }, notes: { base: "context" }, key: { base: "api-key" } },
}
const NETWORKING: GearManifest = { ...MANIFEST, capabilities: ["networking", "gpu"] }
const DIGEST = `sha256:${"0".repeat(64)}` as const

test("a gear that says nothing asks for nothing", () => {
  assert.deepEqual(askResources(MANIFEST, {}, {}), { limits: {}, resources: {} })
})

test("what the gear says that it needs is asked for, in bytes and milliseconds", () => {
  const own = { resources: { memory: "2g", cpus: 1.5, disk: "1m", time: "90s", gpu: 1 } }
  assert.deepEqual(askResources(MANIFEST, own, {}), {
    limits: { memoryBytes: 2 * 1024 ** 3, cpuCores: 1.5, outputBytes: 1024 ** 2, timeMs: 90_000 },
    resources: { memoryBytes: 2 * 1024 ** 3, cpus: 1.5, gpus: 1 },
  })
})

test("what the order says stands over what the gear says", () => {
  const asked = askResources(
    MANIFEST,
    { resources: { memory: "2g", cpus: 4, gpu: 0 } },
    {
      limits: { memoryBytes: 5 },
      resources: { cpus: 1, labels: { site: "a" }, capabilities: ["x"] },
    },
  )
  assert.deepEqual(asked.limits, { memoryBytes: 5, cpuCores: 4 })
  assert.deepEqual(asked.resources, { memoryBytes: 5, cpus: 1, labels: { site: "a" }, capabilities: ["x"] })
})

test("only who runs a gear with the network needs a runner that has it", () => {
  assert.deepEqual(askResources(NETWORKING, {}, { network: "none" }).resources, { capabilities: ["gpu"] })
  assert.deepEqual(askResources(NETWORKING, {}, { network: "outbound" }).resources, {
    capabilities: ["gpu", "networking"],
  })
})

test("jobs that ask for the same are in one lane, in whatever order it is said", () => {
  assert.equal(
    resourcesText({ cpus: 1, labels: { b: "1", a: "2" } }),
    resourcesText({ labels: { a: "2", b: "1" }, cpus: 1 }),
  )
})

test("inputs are told as the engine tells them: what was found, and of keys nothing but that they are there", () => {
  const file = { input: "scan", name: "a.nii", digest: DIGEST, object: { size: 3 } }
  const told = describeInputs(MANIFEST, {
    files: [file] as unknown as Parameters<typeof describeInputs>[1]["files"],
    contexts: { notes: null },
    keys: [],
  })
  assert.deepEqual(told, {
    scan: { base: "file", name: "a.nii", digest: DIGEST, object: { size: 3 } },
    notes: { base: "context", found: true, value: null },
  })
  const keys = [{ name: "key" }] as unknown as Parameters<typeof describeInputs>[1]["keys"]
  assert.deepEqual(describeInputs(MANIFEST, { files: [], contexts: {}, keys }), {
    notes: { base: "context", found: false },
    key: { base: "api-key" },
  })
})

test("the network is what the manifest asks for and the order grants; neither alone is enough", () => {
  assert.equal(grantedNetwork(MANIFEST, undefined), "none")
  assert.equal(grantedNetwork(NETWORKING, "outbound"), "outbound")
  assert.equal(grantedNetwork(NETWORKING, "none"), "none")
  assert.throws(() => grantedNetwork(NETWORKING, undefined), { code: "CAPABILITY_MISSING", message: /not granted$/ })
  assert.throws(() => grantedNetwork(MANIFEST, "outbound"), { code: "CAPABILITY_MISSING", message: /does not ask/ })
})

test("the home of a gear follows from its user, and a destination is named only where the gear is to know it", () => {
  const entry = (manifest: GearManifest) =>
    ({ id: "sha256:1", manifest }) as unknown as Parameters<typeof makeInvocation>[0]
  const parts = { config: {}, inputs: {}, network: "none" as const }
  const root = makeInvocation(entry(MANIFEST), parts)
  assert.equal(root.environment["HOME"], "/root")
  assert.ok(!("destination" in root))
  const other = makeInvocation(entry({ ...MANIFEST, custom: { flywheel: { uid: 1000 } } }), {
    ...parts,
    destination: { type: "session", id: "1" },
  })
  assert.equal(other.environment["HOME"], "/home/gear")
  assert.deepEqual(other.destination, { type: "session", id: "1" })
})
