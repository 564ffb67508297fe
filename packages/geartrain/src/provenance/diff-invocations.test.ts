import assert from "node:assert/strict"
import { test } from "node:test"
import type { Invocation, JobRecord } from "@geartrain/spec"
import { digest, job } from "../../test/stores/records/sample-records.ts"
import { diffCircumstances, differingMembers, diffInvocations, firstInvocationDifference } from "./diff-invocations.ts"

const SAMPLE = job(1)

function invoked(members: Partial<Invocation>, gear: Partial<JobRecord["gear"]> = {}): JobRecord {
  return { ...SAMPLE, gear: { ...SAMPLE.gear, ...gear }, invocation: { ...SAMPLE.invocation, ...members } }
}

const FILE = { base: "file", name: "a", digest: digest(1), object: { size: 1 } } as const

test("what is the same in another order is the same", () => {
  const a = invoked({ config: { x: 1, y: { p: 1, q: 2 } } })
  const b = invoked({ config: { y: { q: 2, p: 1 }, x: 1 } })
  assert.deepEqual(diffInvocations(a, b), [])
  assert.equal(firstInvocationDifference(a, b), undefined)
})

test("each part that differs is told with both values, and a side that has none without", () => {
  const a = invoked({ config: { x: 1, gone: null }, environment: { A: "1" }, network: "none" })
  const b = invoked({ config: { x: 2, new: false }, environment: { A: "2" }, network: "outbound" }, { version: "9" })
  const told = diffInvocations(a, b).map(({ part, name, ...sides }) => [part, name, sides])
  assert.deepEqual(told.slice(1), [
    ["config", "gone", { a: null }],
    ["config", "new", { b: false }],
    ["config", "x", { a: 1, b: 2 }],
    ["environment", "A", { a: "1", b: "2" }],
    ["network", "", { a: "none", b: "outbound" }],
  ])
  assert.equal(told[0]?.[0], "gear")
  assert.equal(firstInvocationDifference(a, b)?.part, "gear")
})

test("an input is told once, by its bytes; by its description only where the bytes are the same", () => {
  const bytes = diffInvocations(
    invoked({ inputs: { scan: FILE } }),
    invoked({ inputs: { scan: { ...FILE, digest: digest(2), object: { size: 2 } } } }),
  )
  assert.deepEqual(bytes, [{ part: "input", name: "scan", a: `a ${digest(1)}`, b: `a ${digest(2)}` }])
  const described = diffInvocations(
    invoked({ inputs: { scan: FILE } }),
    invoked({ inputs: { scan: { ...FILE, object: { size: 1, type: "nifti" } } } }),
  )
  assert.equal(described.length, 1)
  assert.deepEqual(described[0]?.b, { ...FILE, object: { size: 1, type: "nifti" } })
})

test("a context that was not found is another than one that is null", () => {
  const [difference] = diffInvocations(
    invoked({ inputs: { notes: { base: "context", found: false } } }),
    invoked({ inputs: { notes: { base: "context", found: true, value: null } } }),
  )
  assert.equal(difference?.name, "notes")
})

test("the first difference is one of all, whatever it is", () => {
  const plain = { config: {}, environment: {}, inputs: {} }
  const a = invoked(plain)
  for (const members of [
    { config: { z: 1 } },
    { environment: { Z: "1" } },
    { inputs: { scan: FILE } },
    { destination: { type: "session", id: "1" } as const },
  ]) {
    const all = diffInvocations(a, invoked({ ...plain, ...members }))
    assert.deepEqual(firstInvocationDifference(a, invoked({ ...plain, ...members })), all[0])
    assert.equal(all.length, 1, JSON.stringify(members))
  }
})

test("where and under what a job ran is told apart from what it was asked", () => {
  const other: JobRecord = { ...SAMPLE, host: { ...SAMPLE.host, kernel: "99" }, limits: { cpuCores: 7 } }
  assert.deepEqual(
    diffCircumstances(SAMPLE, other).map(({ part, name }) => `${part} ${name}`),
    [
      ...differingMembers("limits", { ...SAMPLE.limits }, { cpuCores: 7 }).map(({ name }) => `limits ${name}`),
      "host kernel",
    ],
  )
  assert.deepEqual(diffCircumstances(SAMPLE, SAMPLE), [])
  assert.deepEqual(diffInvocations(SAMPLE, other), [])
})
