import assert from "node:assert/strict"
import { test } from "node:test"
import { components } from "./components.ts"

const graph = (edges: Record<string, readonly string[]>) =>
  new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]))

test("a graph without cycles has no components of two nodes", () => {
  assert.deepEqual(components(graph({ a: ["b", "c"], b: ["c"], c: [] })), [])
})

test("two cycles that share a node are one component, and others stay apart", () => {
  const found = components(graph({ a: ["b"], b: ["a", "c"], c: ["b", "x"], x: ["y"], y: ["x"] }))
  assert.deepEqual(found, [
    ["a", "b", "c"],
    ["x", "y"],
  ])
})
