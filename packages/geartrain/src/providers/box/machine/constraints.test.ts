import assert from "node:assert/strict"
import { test } from "node:test"
import { holdingWords, offeredConstraints } from "./constraints.ts"

test("a command is held by the words before it, each by those of its own", () => {
  assert.deepEqual(
    holdingWords([], () => [0, 1]),
    [],
  )
  assert.deepEqual(
    holdingWords(["one-cpu"], () => [0, 1, 6]),
    ["taskset", "--cpu-list", "6"],
  )
  assert.deepEqual(
    holdingWords(["fixed-addresses"], () => [0]),
    ["setarch", "--addr-no-randomize"],
  )
  assert.deepEqual(
    holdingWords(["fixed-addresses", "one-cpu"], () => [3]),
    ["taskset", "--cpu-list", "3", "setarch", "--addr-no-randomize"],
  )
})

test("what is offered is known by name", () => {
  for (const constraint of offeredConstraints()) assert.ok(holdingWords([constraint]).length > 1, constraint)
})
