import assert from "node:assert/strict"
import { test } from "node:test"
import { inTurns } from "./in-turns.ts"

test("each is done once, in order, and never more at a time than allowed", async () => {
  const begun: number[] = []
  let [running, most] = [0, 0]
  await inTurns(numbers(20), 3, async (number) => {
    begun.push(number)
    running++
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
  })
  assert.deepEqual(
    begun,
    Array.from({ length: 20 }, (_, index) => index),
  )
  assert.equal(most, 3)
})

test("what one throws ends the rest, and comes through when those under way have ended", async () => {
  let ended = 0
  const begun: number[] = []
  const work = inTurns([0, 1, 2, 3, 4, 5], 2, async (number) => {
    begun.push(number)
    if (number === 1) throw new Error("broken")
    await new Promise((resolve) => setTimeout(resolve, 10))
    ended++
  })
  await assert.rejects(work, /broken/)
  assert.deepEqual([begun, ended], [[0, 1], 1])
})

test("what the list itself throws comes through", async () => {
  await assert.rejects(
    inTurns(broken(), 4, async () => undefined),
    /no more pages/,
  )
})

async function* numbers(count: number): AsyncGenerator<number, void> {
  for (let number = 0; number < count; number++) yield number
}

async function* broken(): AsyncGenerator<number, void> {
  yield 1
  throw new Error("no more pages")
}
