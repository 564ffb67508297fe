import assert from "node:assert/strict"
import { test } from "node:test"
import { interleave } from "./interleave.ts"

test("the two are measured in turns, and the first round does not count", async () => {
  const order: string[] = []
  const values = { a: [100, 1, 2, 3], b: [100, 2, 2, 2] }
  const next = (name: "a" | "b") => async () => {
    order.push(name)
    return values[name].shift() ?? Number.NaN
  }
  assert.deepEqual(await interleave(next("a"), next("b"), 3), { ours: 2, theirs: 2, ratio: 1 })
  assert.equal(order.join(""), "abababab")
})
