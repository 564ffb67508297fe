import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { mayPass, untilAnswered, waitAfter } from "./retry.ts"

const AWAY = new GeartrainError("SERVER_UNREACHABLE", "away")
const REFUSED = new GeartrainError("NOT_PERMITTED", "no")

test("what may pass is asked again until there is an answer", async () => {
  let asked = 0
  const failures: unknown[] = []
  const answer = await untilAnswered(
    async () => {
      asked++
      if (asked === 1) throw AWAY
      return "here"
    },
    { onFailure: (error) => failures.push(error) },
  )
  assert.deepEqual([answer, asked, failures], ["here", 2, [AWAY]])
})

test("what cannot pass, and what is no error of ours, is not asked twice", async () => {
  for (const error of [REFUSED, new TypeError("bug"), "words"]) {
    let asked = 0
    await assert.rejects(
      untilAnswered(async () => {
        asked++
        throw error
      }),
      (found) => found === error,
    )
    assert.equal(asked, 1)
  }
})

test("patience has an end, and whoever gives up is heard at once", async () => {
  await assert.rejects(
    untilAnswered(() => Promise.reject(AWAY), { forMs: 0 }),
    (found) => found === AWAY,
  )
  const reason = new Error("enough")
  await assert.rejects(
    untilAnswered(() => Promise.reject(AWAY), { signal: AbortSignal.abort(reason) }),
    (found) => found === reason,
  )
  const controller = new AbortController()
  await assert.rejects(
    untilAnswered(() => Promise.reject(AWAY), {
      signal: controller.signal,
      onFailure: () => controller.abort(reason),
    }),
    (found) => found === reason,
  )
})

test("a server that says when to come again is asked again, whatever the error", () => {
  assert.ok(mayPass(new GeartrainError("NOT_PERMITTED", "busy", { details: { retryAfterMs: 5 } })))
  assert.ok(mayPass(AWAY))
  assert.ok(!mayPass(REFUSED))
})

test("the wait is random below a bound that doubles up to half a minute, and no shorter than the server asked for", () => {
  for (const [failures, most] of [
    [0, 500],
    [3, 4000],
    [6, 30_000],
    [1000, 30_000],
  ] as const)
    for (let count = 0; count < 50; count++) {
      const waitMs = waitAfter(failures)
      assert.ok(waitMs >= 0 && waitMs <= most, `${failures} ${waitMs}`)
    }
  const asked = (retryAfterMs: number) =>
    waitAfter(0, new GeartrainError("TOO_MANY_REQUESTS", "slow", { details: { retryAfterMs } }))
  assert.ok(asked(2000) >= 2000)
  // However long it asks for, it is looked again.
  assert.ok(asked(9e9) <= 30_000)
})
