import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest, JobRecord } from "@geartrain/spec"
import { compareOutputs } from "./compare-outputs.ts"
import { diffJobs } from "./diff-jobs.ts"

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`

function output(path: string, letter: string, executable = false): JobRecord["outputs"][number] {
  return { path, digest: digest(letter), sizeBytes: 1, executable } as unknown as JobRecord["outputs"][number]
}

const RECORD = {
  gear: { id: digest("1"), name: "g", version: "1" },
  invocation: {
    config: { a: 1, list: [1, { b: 2, a: 1 }] },
    inputs: { scan: { base: "file", name: "t1.nii", digest: digest("a") }, key: { base: "api-key" } },
    environment: { TZ: "UTC" },
    network: "none",
  },
  provider: { name: "crun", version: "1" },
  limits: { memoryBytes: 5 },
  exit: { code: 0 },
  outputs: [output("a", "a"), output("b", "b")],
} as unknown as JobRecord

test("outputs are the same by bytes, names and whether they can be executed", () => {
  assert.deepEqual(compareOutputs(RECORD, { outputs: [...RECORD.outputs].reverse() }), [])
  assert.deepEqual(compareOutputs(RECORD, { outputs: [output("a", "a"), output("b", "c"), output("new", "d")] }), [
    { path: "b", here: digest("b"), there: digest("c") },
    { path: "new", there: digest("d") },
  ])
  assert.deepEqual(compareOutputs(RECORD, { outputs: [output("a", "a", true)] }), [
    { path: "a", here: digest("a"), there: digest("a") },
    { path: "b", here: digest("b") },
  ])
  assert.deepEqual(compareOutputs({ outputs: [] }, { outputs: [] }), [])
})

test("a job does not differ from itself, nor by the order of members", () => {
  assert.deepEqual(diffJobs(RECORD, RECORD), [])
  const { config } = RECORD.invocation
  const reordered = { ...RECORD.invocation, config: { list: [1, { a: 1, b: 2 }], a: config["a"] ?? 0 } }
  assert.deepEqual(diffJobs(RECORD, { ...RECORD, invocation: reordered } as JobRecord), [])
})

test("every part that differs is told with both sides, what decides the result first", () => {
  const other = {
    ...RECORD,
    gear: { ...RECORD.gear, version: "2" },
    invocation: {
      ...RECORD.invocation,
      config: { a: 1.5, constructor: "x" },
      inputs: { scan: { base: "file", name: "t1.nii", digest: digest("b") } },
      network: "outbound",
    },
    provider: undefined,
    limits: {},
    exit: undefined,
    outputs: [],
  } as unknown as JobRecord
  const found = diffJobs(RECORD, other)
  assert.deepEqual(
    found.map(({ part, name }) => `${part} ${name}`.trim()),
    [
      "gear",
      "config a",
      "config constructor",
      "config list",
      "input key",
      "input scan",
      "network",
      "provider",
      "limits memoryBytes",
      "exit",
      "output a",
      "output b",
    ],
  )
  const inherited = found.find(({ name }) => name === "constructor")
  assert.deepEqual(inherited, { part: "config", name: "constructor", b: "x" })
  assert.deepEqual(
    found.find(({ part }) => part === "exit"),
    { part: "exit", name: "", a: 0, b: null },
  )
})

test("the difference the other way round has its sides exchanged", () => {
  const other = { ...RECORD, outputs: [output("a", "z")] } as JobRecord
  const there = diffJobs(RECORD, other)
  const back = diffJobs(other, RECORD)
  assert.deepEqual(
    there.map(({ part, name, a, b }) => [part, name, a, b]),
    back.map(({ part, name, a, b }) => [part, name, b, a]),
  )
})
