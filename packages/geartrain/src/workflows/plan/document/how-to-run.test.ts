import assert from "node:assert/strict"
import { test } from "node:test"
import { isHowToRun, isOptions, isRunLimits } from "./how-to-run.ts"

test("what a plan says of how a job is run can be counted with", () => {
  for (const job of [
    { policy: {} },
    { policy: { retry: { attempts: 2, on: ["exit"], grow: { memory: 1.5 } }, priority: -1, category: "", keep: true } },
    {
      policy: { reuse: "never" },
      limits: { cpuCores: 0.5, memoryBytes: 0 },
      acceptExitCodes: [0, 3],
      network: "outbound",
    },
    { policy: {}, invocation: `sha256:${"0".repeat(64)}`, reuses: "0".repeat(24) },
  ])
    assert.ok(isHowToRun(job), JSON.stringify(job))
})

test("a text where a number is wanted, or a number that makes a run wait for ever, is refused", () => {
  for (const job of [
    {},
    { policy: null },
    { policy: [] },
    ...[{ attempts: "2" }, { attempts: 0 }, { attempts: Number.NaN }, {}, { attempts: 1, on: "exit" }].map((retry) => ({
      policy: { retry },
    })),
    { policy: { retry: { attempts: 1, grow: { memory: "2" } } } },
    { policy: { priority: Number.POSITIVE_INFINITY } },
    { policy: { priority: "1" } },
    { policy: { category: 1 } },
    { policy: { reuse: "always" } },
    { policy: { keep: "yes" } },
    { policy: {}, limits: { cpuCores: "1" } },
    { policy: {}, limits: { cpuCores: -1 } },
    { policy: {}, limits: [] },
    { policy: {}, acceptExitCodes: [1.5] },
    { policy: {}, acceptExitCodes: 1 },
    { policy: {}, network: "none" },
    { policy: {}, invocation: "sha256:x" },
    { policy: {}, reuses: "../../etc" },
  ])
    assert.ok(!isHowToRun(job), JSON.stringify(job))
})

test("limits of a whole run are amounts above nothing, or absent", () => {
  for (const limits of [undefined, {}, { jobs: 1, cpus: 0.5, memory: "1g", categories: { a: 2 } }])
    assert.ok(isRunLimits(limits))
  for (const limits of [
    null,
    [],
    5,
    { jobs: 0 },
    { cpus: "1" },
    { memory: 5 },
    { categories: { a: 0 } },
    { categories: [] },
  ])
    assert.ok(!isRunLimits(limits), JSON.stringify(limits))
})

test("options say what is reused and what is cleaned up, both", () => {
  for (const options of [
    { reuse: "any", cleanup: "none" },
    { reuse: { from: "run" }, cleanup: { keepBytes: 0 } },
  ])
    assert.ok(isOptions(options))
  for (const options of [
    undefined,
    { reuse: "any" },
    { cleanup: "leaf" },
    { reuse: "some", cleanup: "leaf" },
    { reuse: { from: 1 }, cleanup: "leaf" },
    { reuse: "any", cleanup: { keepBytes: -1 } },
    { reuse: "any", cleanup: { keepBytes: "9" } },
    { reuse: "any", cleanup: null },
  ])
    assert.ok(!isOptions(options), JSON.stringify(options))
})
