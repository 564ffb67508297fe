import assert from "node:assert/strict"
import { test } from "node:test"
import { allowedProcessors, processorsOf } from "./allowed-processors.ts"

test("lists of processors are read, ranges and single ones", () => {
  assert.deepEqual(processorsOf("0"), [0])
  assert.deepEqual(processorsOf("1,4-6,9"), [1, 4, 5, 6, 9])
})

test("this process may run somewhere, and on each processor once", () => {
  const processors = allowedProcessors()
  assert.ok(processors.length > 0)
  assert.equal(new Set(processors).size, processors.length)
})
