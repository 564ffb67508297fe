import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { isOfTheLine, lineError, persist } from "./persist.ts"

const { signal } = new AbortController()

test("a server that is away is asked again until it answers", async () => {
  let tries = 0
  const answer = await persist(
    async () => {
      tries++
      if (tries < 3) throw new GeartrainError("SERVER_UNREACHABLE", "away")
      return "here"
    },
    { signal },
  )
  assert.deepEqual([answer, tries], ["here", 3])
})

test("what another try cannot mend is thrown at once, and a dead line when patience ends", async () => {
  let tries = 0
  const refuse = async (): Promise<never> => {
    tries++
    throw new GeartrainError("NOT_PERMITTED", "no")
  }
  await assert.rejects(persist(refuse, { signal }), { code: "NOT_PERMITTED" })
  assert.equal(tries, 1)
  const cut = async (): Promise<never> => {
    throw new TypeError("terminated")
  }
  await assert.rejects(persist(cut, { signal, patienceMs: 0 }), { code: "SERVER_UNREACHABLE" })
})

test("whoever stops does not wait for the next try", async () => {
  const stop = new AbortController()
  const reason = new Error("stopped")
  const away = persist(
    async () => {
      stop.abort(reason)
      throw new GeartrainError("SERVER_UNREACHABLE", "away")
    },
    { signal: stop.signal },
  )
  await assert.rejects(away, reason)
})

test("a busy server and a gateway are of the line; a full disk and a fault of ours are not", () => {
  const unreadable = (status: number) => new GeartrainError("SERVER_REPLY_UNREADABLE", "?", { details: { status } })
  assert.ok(isOfTheLine(new GeartrainError("TOO_MANY_REQUESTS", "slowly")))
  assert.ok(isOfTheLine(unreadable(502)))
  assert.ok(!isOfTheLine(unreadable(404)))
  assert.ok(!isOfTheLine(new GeartrainError("STORE_FULL", "full")))
  const bug = new TypeError("x is not a function")
  assert.ok(!isOfTheLine(bug))
  assert.equal(lineError(bug), bug)
})
