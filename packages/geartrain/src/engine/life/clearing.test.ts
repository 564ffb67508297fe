import assert from "node:assert/strict"
import { test } from "node:test"
import { openClearing } from "./clearing.ts"

test("nobody waits for what is removed later, but those who ask for the folder, and who closes", async () => {
  const clearing = openClearing()
  const gate = Promise.withResolvers<void>()
  const seen: string[] = []
  await clearing.later("/jobs/a", async () => {
    await gate.promise
    seen.push("removed")
  })
  const settled = clearing.settled("/jobs/a").then(() => void seen.push("settled"))
  const closed = clearing.close().then(() => void seen.push("closed"))
  await clearing.settled("/jobs/b")
  assert.deepEqual(seen, [])
  gate.resolve()
  await Promise.all([settled, closed])
  assert.equal(seen[0], "removed")
  assert.equal(seen.length, 3)
})

test("who leaves too much waits until some of it is gone", async () => {
  const clearing = openClearing()
  const gates = [1, 2, 3, 4].map(() => Promise.withResolvers<void>())
  for (const [index, gate] of gates.entries()) await clearing.later(`/jobs/${index}`, () => gate.promise)
  const taken: string[] = []
  const fifth = clearing.later("/jobs/5", async () => undefined).then(() => void taken.push("fifth"))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(taken, [])
  gates[2]?.resolve()
  await fifth
  for (const gate of gates) gate.resolve()
  await clearing.close()
})

test("a second removal of the same folder comes after the first", async () => {
  const clearing = openClearing()
  const gate = Promise.withResolvers<void>()
  const seen: number[] = []
  await clearing.later("/jobs/a", async () => {
    await gate.promise
    seen.push(1)
  })
  await clearing.later("/jobs/a", async () => void seen.push(2))
  gate.resolve()
  await clearing.settled("/jobs/a")
  assert.deepEqual(seen, [1, 2])
  await clearing.close()
})

test("what could not be removed is told to who closes", async () => {
  const clearing = openClearing()
  const error = new Error("the disk is gone")
  await clearing.later("/jobs/a", () => Promise.reject(error))
  await clearing.settled("/jobs/a")
  await assert.rejects(clearing.close(), error)
})
