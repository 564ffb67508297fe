import assert from "node:assert/strict"
import { test } from "node:test"
import { type Gear, isGeartrainError, type JsonValue } from "@geartrain/spec"
import type { RunJob } from "../run/fold-run.ts"
import { collectedFile, readCollected, valueAt } from "./collect-values.ts"
import { csvLines, sweepTable } from "./sweep-table.ts"
import { sweepValues } from "./sweep-values.ts"
import { sweepWorkflow } from "./sweep-workflow.ts"

const INTEGER = { type: "integer" }
const NUMBER = { type: "number" }
const TEXT = { type: "string" }

test("ranges have both ends, go by their step either way, and add up no error", () => {
  assert.deepEqual(sweepValues("k", INTEGER, "1..4"), [1, 2, 3, 4])
  assert.deepEqual(sweepValues("k", INTEGER, "10..1:4"), [10, 6, 2])
  assert.deepEqual(sweepValues("k", INTEGER, "-1..1,7"), [-1, 0, 1, 7])
  assert.deepEqual(sweepValues("f", NUMBER, "0..0.5:0.1"), [0, 0.1, 0.2, 0.3, 0.4, 0.5])
  assert.deepEqual(sweepValues("f", NUMBER, "1e-3..3e-3:1e-3"), [0.001, 0.002, 0.003])
})

test("lists are of the type that the manifest declares", () => {
  assert.deepEqual(sweepValues("m", TEXT, "mean, median,a\\,b"), ["mean", "median", "a,b"])
  assert.deepEqual(sweepValues("m", TEXT, "1..3"), ["1..3"])
  assert.deepEqual(sweepValues("b", { type: "boolean" }, "true,false"), [true, false])
  assert.deepEqual(sweepValues("l", { type: "array" }, "[[1,2],[3]]"), [[1, 2], [3]])
})

test("what is no list of values is refused", () => {
  for (const text of ["1,,2", "", "1..2:0", "0..1e9:1e-3", "[", "[]"]) {
    assert.throws(
      () => sweepValues("k", NUMBER, text),
      (error) => isGeartrainError(error, "USAGE"),
      text,
    )
  }
})

const GEAR = {
  id: "sha256:1",
  manifest: {
    name: "bet",
    inputs: { scan: { base: "file" }, mask: { base: "file", optional: true }, key: { base: "api-key" } },
    config: { frac: NUMBER, "odd name": INTEGER, mode: TEXT },
    custom: { geartrain: { inputs: { mask: { takes: "files" } } } },
  },
} as unknown as Gear

function sweep(values: Readonly<Record<string, readonly JsonValue[]>>, zip = false) {
  return sweepWorkflow({ gear: GEAR, values: new Map(Object.entries(values)), zip, inputs: new Set(["scan"]) })
}

test("a sweep is a workflow of one step, scattered over what differs", () => {
  const workflow = sweep({ frac: [0.1, 0.2], "odd name": [1, 2], mode: ["x"] })
  assert.deepEqual(JSON.parse(JSON.stringify(workflow)), {
    workflow: 1,
    name: "sweep-bet",
    inputs: { scan: {}, mask: { takes: "files", optional: true } },
    steps: {
      run: {
        gear: "sha256:1",
        inputs: { scan: { from: "inputs.scan" } },
        config: { frac: { from: "each.frac" }, "odd name": { from: "each.value2" }, mode: "x" },
        scatter: { over: { frac: [0.1, 0.2], value2: [1, 2] }, by: "cross" },
      },
    },
  })
})

test("nothing to sweep and lists that cannot be zipped are refused", () => {
  assert.throws(() => sweep({ mode: ["x"] }), /no config value has two values/)
  assert.throws(() => sweep({ frac: [1, 2], mode: ["a", "b", "c"] }, true), /"frac" has 2, "mode" has 3/)
  const { steps } = sweep({ frac: [1, 2], mode: ["a", "b"] }, true)
  assert.equal(steps["run"]?.scatter?.by, "zip")
})

const DIGEST = `sha256:${"0".repeat(64)}` as const

test("a value is found in the first output that fits", () => {
  const collected = readCollected("SNR=qc/*.json:/a~1b/0")
  assert.deepEqual([collected.title, collected.pointer], ["SNR", ["a/b", "0"]])
  const outputs = ["qc/b.json", "qc/a.json", "a.json"].map((path) => ({ path, digest: DIGEST, sizeBytes: 1 }))
  assert.equal(collectedFile(collected, outputs)?.path, "qc/a.json")
  assert.equal(valueAt({ "a/b": [7] }, collected.pointer), 7)
  assert.equal(valueAt({ "a/b": 7 }, collected.pointer), undefined)
  assert.equal(valueAt({}, ["constructor"]), undefined)
  assert.equal(readCollected("qc.json:").pointer.length, 0)
  assert.throws(
    () => readCollected("qc.json"),
    (error) => isGeartrainError(error, "USAGE"),
  )
})

test("a table has parameters, outcome and values, and is quoted where it has to be", () => {
  const job = { planned: { config: { mode: 'a,"b"', frac: 0.5 } }, state: "complete", job: "j1" } as unknown as RunJob
  const table = sweepTable([{ job, collected: [3, undefined] }], { swept: ["mode", "frac"], titles: ["n", "m"] })
  assert.deepEqual(
    [...csvLines(table)],
    ["mode,frac,state,job,exit,seconds,peak_memory_bytes,n,m", '"a,""b""",0.5,complete,j1,,,,3,'],
  )
})
