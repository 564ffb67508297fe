import assert from "node:assert/strict"
import { test } from "node:test"
import type { WorkflowStep } from "../workflow.ts"
import { findCycles, orderSteps, stepsBefore } from "./step-graph.ts"

function step(...after: readonly string[]): WorkflowStep {
  return { gear: "g", inputs: Object.fromEntries(after.map((name) => [name, { from: `steps.${name}.out` }])) }
}

test("a step waits for what it reads of, for what its condition looks at, and for what it names", () => {
  const whole: WorkflowStep = {
    gear: "g",
    inputs: { a: [{ from: "steps.one.x" }, { from: "inputs.y" }] },
    scatter: { over: { i: { from: "steps.two", files: "*" } } },
    when: { not: { exists: "steps.three.z" } },
    after: ["four"],
  }
  assert.deepEqual([...stepsBefore(whole)].toSorted(), ["four", "one", "three", "two"])
})

test("each step stands after all that it waits for, and otherwise as it was written", () => {
  assert.deepEqual(orderSteps({ steps: { d: step("b", "c"), b: step("a"), c: step("a"), a: step(), e: step() } }), [
    "a",
    "b",
    "c",
    "d",
    "e",
  ])
})

test("each cycle is told once, the way that the data goes; one step can be a cycle", () => {
  assert.deepEqual(findCycles({ steps: { a: step("c"), b: step("a"), c: step("b"), d: step("d"), e: step("a") } }), [
    ["a", "b", "c"],
    ["d"],
  ])
  assert.throws(() => orderSteps({ steps: { a: step("a") } }), RangeError)
})

test("steps that are not there, and names of JavaScript's own, are no part of the graph", () => {
  assert.deepEqual(orderSteps({ steps: { a: step("constructor", "none") } }), ["a"])
})

test("a chain longer than a stack is deep is put into order, and its cycle is found", () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `s${index}`)
  const chain = (last: WorkflowStep) =>
    Object.fromEntries(names.map((name, index) => [name, index + 1 < names.length ? step(`s${index + 1}`) : last]))
  assert.equal(orderSteps({ steps: chain(step()) })[0], "s49999")
  assert.equal(findCycles({ steps: chain(step("s0")) })[0]?.length, 50_000)
})
