import assert from "node:assert/strict"
import { test } from "node:test"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { indexPlan, knownKeys, withoutNumber } from "./fill-results.ts"

function plan(jobs: readonly string[], open: readonly string[] = []) {
  return indexPlan({
    jobs: jobs.map((key) => ({ key })),
    open: open.map((step) => ({ step })),
  } as unknown as WorkflowPlan)
}

test("a key without the number of its item is its step; numbers before the last name stay", () => {
  assert.deepEqual(["align[3]", "align", "qc[2]/align[0]", "qc[2]/align", "a[b]"].map(withoutNumber), [
    "align",
    "align",
    "qc[2]/align",
    "qc[2]/align",
    "a[b]",
  ])
})

test("jobs are found by their step in its scope, and scopes by the sub-workflow that they are of", () => {
  const { jobs, scopes } = plan(["align[0]", "align[1]", "qc[0]/stat", "qc[1]/stat", "qc[1]/deep/x[4]"])
  assert.deepEqual(jobs.get("align"), ["align[0]", "align[1]"])
  assert.deepEqual(jobs.get("qc[1]/deep/x"), ["qc[1]/deep/x[4]"])
  assert.deepEqual([...(scopes.get("qc") ?? [])], ["qc[0]/", "qc[1]/"])
  assert.deepEqual([...(scopes.get("qc[1]/deep") ?? [])], ["qc[1]/deep/"])
})

test("a step is open until what it waits for has told what it became", () => {
  const keys = plan(["a"], ["split", "later"])
  const became: Readonly<Record<string, readonly string[]>> = { split: ["split[0]", "split[1]"] }
  const done = { outputsOf: () => [], keysOf: (step: string) => became[step] ?? [] }
  const known = knownKeys(keys, { awaits: ["split", "later"] }, done)
  assert.deepEqual([known.isOpen("split"), known.isOpen("later"), known.isOpen("a")], [false, true, false])
  assert.deepEqual(known.jobsOf("split"), ["split[0]", "split[1]"])
  // Of one that this step does not wait for, nothing is said, though it may be done.
  assert.ok(knownKeys(keys, { awaits: [] }, done).isOpen("split"))
})

test("a scope is known by its jobs, also when they came later, and by the steps in it that are still open", () => {
  const keys = plan(["qc[0]/stat"], ["qc[1]/split", "qc[2]/split"])
  const became: Readonly<Record<string, readonly string[]>> = { "qc[1]/split": ["qc[1]/split[0]"] }
  const done = { outputsOf: () => [], keysOf: (step: string) => became[step] ?? [] }
  const known = knownKeys(keys, { awaits: ["qc[1]/split"] }, done)
  assert.deepEqual([...known.scopesOf("qc")].toSorted(), ["qc[0]/", "qc[1]/", "qc[2]/"])
  assert.deepEqual([...known.scopesOf("none")], [])
})
