import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { memoryTraceBench } from "./memory-tracer.ts"

test("a trace that cannot be read says why", async () => {
  const bench = memoryTraceBench()
  const folder = await bench.folder()
  const read = async () => {
    for await (const _ of bench.tracer.events(folder)) assert.fail("there is nothing to tell")
  }
  await assert.rejects(read, (error) => {
    assert.ok(isGeartrainError(error, "TRACE_UNREADABLE"))
    assert.equal(error.message, 'Cannot read trace "/memory/trace-1": there is none')
    return true
  })
})

test("a program runs without a plan, and leaves no record", async () => {
  const bench = memoryTraceBench()
  const outcome = await bench.run([
    { act: "print", text: "a" },
    { act: "exit", code: 2 },
    { act: "print", text: "b" },
  ])
  assert.deepEqual(outcome, { code: 2, stdout: "a" })
})
