import assert from "node:assert/strict"
import { test } from "node:test"
import type { PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { exportLimits, exportPolicy, tellUnsaid } from "./export-policy.ts"
import { askedByName, onlyPath, pickNamed } from "./named-files.ts"

function exported(job: Partial<PlannedJob>) {
  return exportPolicy({ policy: {}, ...job } as PlannedJob)
}

test("a job that asks for nothing has no profiles", () => {
  assert.deepEqual(exported({}), { profiles: {}, unsaid: [] })
})

test("limits become whole units of Pegasus', never less than was asked for", () => {
  const limits = { cpuCores: 0.5, memoryBytes: 1024 ** 2 + 1, outputBytes: 1, timeMs: 1001 }
  assert.deepEqual(exported({ limits, policy: { resources: { gpu: 0 } } }).profiles, {
    pegasus: { cores: 1, memory: 2, diskspace: 1, runtime: 2 },
  })
})

test("attempts are tries after the first; what Pegasus cannot be told is said", () => {
  const all = ["memory", "time", "disk", "machine", "exit"] as const
  assert.deepEqual(exported({ policy: { retry: { attempts: 3, on: all }, priority: 0, category: "c" } }), {
    profiles: { dagman: { retry: 2, priority: 0, category: "c" } },
    unsaid: [],
  })
  const { unsaid } = exported({
    policy: { retry: { attempts: 2, on: ["exit"], grow: { memory: 2 } }, reuse: "never" },
    acceptExitCodes: [3, 4],
  })
  assert.deepEqual(
    unsaid.map((text) => text.slice(0, 12)),
    ["exit codes 3", "Pegasus trie", "what is aske", "Pegasus reus"],
  )
})

test("a category whose name no property can have is told, and writes no line of its own", () => {
  const { properties, unsaid } = exportLimits({ limits: { jobs: 5, cpus: 2, categories: { big: 1, "a = b\nx": 2 } } })
  assert.deepEqual(properties, ["dagman.maxjobs = 5", "dagman.big.maxjobs = 1"])
  assert.equal(unsaid.length, 2)
  assert.match(unsaid[0] ?? "", /^the limit of cpus over all jobs/)
  assert.match(unsaid[1] ?? "", /^category "a = b\\nx"/)
})

test("a thing is said once, with the jobs that it goes for: ten by name, the rest by number", () => {
  const keys = Array.from({ length: 12 }, (_, index) => `j${index}`)
  const [one, all] = tellUnsaid(
    new Map([
      ["x", keys],
      ["y", []],
    ]),
  )
  assert.equal(one, `${keys.slice(0, 10).join(", ")} and 2 more: x`)
  assert.equal(all, "y")
})

test("a pattern that fits one path only is that path", () => {
  for (const [pattern, path] of Object.entries({ "a/b.txt": "a/b.txt", "a\\*b": "a*b", "": "", "a\\\\b": "a\\b" }))
    assert.equal(onlyPath(pattern), path, pattern)
  for (const pattern of ["*", "a?", "[ab]", "{a,b}", "a(b)", "a\\[b]"])
    assert.equal(onlyPath(pattern), undefined, pattern)
})

test("files are picked by their output, their path, or both", () => {
  const outputs = [{ path: "b.txt", output: "o" }, { path: "a.txt" }, { path: "a.csv", output: "o" }]
  assert.deepEqual(pickNamed(outputs, {}), ["a.csv", "a.txt", "b.txt"])
  assert.deepEqual(pickNamed(outputs, { output: "o" }), ["a.csv", "b.txt"])
  assert.deepEqual(pickNamed(outputs, { files: "*.txt" }), ["a.txt", "b.txt"])
  assert.deepEqual(pickNamed(outputs, { output: "o", files: "*.txt" }), ["b.txt"])
  assert.deepEqual(pickNamed(outputs, { output: "none" }), [])
})

test("what is asked of a job by its one name is known, once, whoever asks", () => {
  const part = (files: string) => ({ parts: [{ jobs: ["a", "b"], files }] })
  const plan = {
    jobs: [{ inputs: { x: part("out.txt"), y: part("*.csv") } }, { inputs: { z: {} } }],
    outputs: { o: part("out.txt"), p: { parts: [{ jobs: ["a"], files: "x.txt", output: "declared" }] } },
  } as unknown as WorkflowPlan
  assert.deepEqual(Object.fromEntries(askedByName(plan)), { a: [{ path: "out.txt" }], b: [{ path: "out.txt" }] })
})
