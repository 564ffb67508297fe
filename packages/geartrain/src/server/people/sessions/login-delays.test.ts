import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { countTry, delayMs, forgetTries } from "./login-delays.ts"

const HERE = { account: "ada", address: "192.0.2.1" }

async function opened(context: TestContext) {
  const database = await memoryDatabase(context)
  /** Seconds that a try has to wait; zero for one that is let through. */
  const wait = async (who: { account: string; address: string }, nowMs: number): Promise<number> => {
    try {
      await countTry(database, { ...who, nowMs })
      return 0
    } catch (error) {
      assert.ok(isGeartrainError(error, "TOO_MANY_REQUESTS"), String(error))
      return Number(error.details["retryAfterSeconds"])
    }
  }
  return { database, wait }
}

test("each failure past those that are free doubles the wait, up to the longest", () => {
  const patience = { free: 5, mostMs: 60_000 }
  assert.deepEqual(
    [0, 5, 6, 7, 8, 11, 12, 13, 1000, Number.MAX_SAFE_INTEGER].map((failures) => delayMs(failures, patience)),
    [0, 0, 1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000, 60_000],
  )
})

test("an account waits at the address where it was guessed at, and its owner elsewhere does not", async (context) => {
  const { wait } = await opened(context)
  for (let tries = 0; tries < 6; tries++) assert.equal(await wait(HERE, 0), 0)
  assert.equal(await wait(HERE, 0), 1)
  assert.equal(await wait({ ...HERE, address: "192.0.2.2" }, 0), 0)
  assert.equal(await wait({ ...HERE, account: "bob" }, 0), 0)
})

test("who waits is not counted again, and is let through once when the time has come", async (context) => {
  const { wait } = await opened(context)
  for (let tries = 0; tries < 6; tries++) await wait(HERE, 0)
  for (let tries = 0; tries < 10; tries++) assert.equal(await wait(HERE, 999), 1)
  assert.equal(await wait(HERE, 1000), 0)
  assert.equal(await wait(HERE, 1000), 2)
})

test("an address that tries many accounts waits for all of them", async (context) => {
  const { wait } = await opened(context)
  for (let tries = 0; tries < 21; tries++) assert.equal(await wait({ ...HERE, account: `user${tries}` }, 0), 0)
  assert.equal(await wait({ ...HERE, account: "one more" }, 0), 1)
  assert.equal(await wait({ account: "one more", address: "192.0.2.2" }, 0), 0)
})

test("an account that is guessed at from everywhere waits a minute at most", async (context) => {
  const { wait } = await opened(context)
  let nowMs = 0
  const waits: number[] = []
  for (let tries = 0; tries < 60; tries++) {
    const seconds = await wait({ ...HERE, address: `192.0.2.${tries}` }, nowMs)
    if (seconds > 0) {
      waits.push(seconds)
      nowMs += seconds * 1000
    }
    if (seconds > 0) assert.equal(await wait({ ...HERE, address: `198.51.100.${tries}` }, nowMs), 0)
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test("failures of more than an hour ago are forgotten, and nothing of them is kept", async (context) => {
  const { database, wait } = await opened(context)
  for (let tries = 0; tries < 6; tries++) await wait(HERE, 0)
  const laterMs = 60 * 60_000 + 1
  for (let tries = 0; tries < 6; tries++) assert.equal(await wait({ ...HERE, account: "bob" }, laterMs), 0)
  const rows = await database.read.selectFrom("login_delays").select("subject").orderBy("subject").execute()
  assert.deepEqual(
    rows.map(({ subject }) => subject),
    ["account bob", "account bob from 192.0.2.1", "address 192.0.2.1"],
  )
})

test("a log-in forgets the failures of its account, and takes only its own try back from its address", async (context) => {
  const { database, wait } = await opened(context)
  for (let tries = 0; tries < 4; tries++) await wait({ ...HERE, account: "bob" }, 0)
  for (let tries = 0; tries < 6; tries++) await wait(HERE, 0)
  await forgetTries(database, HERE)
  const rows = await database.read.selectFrom("login_delays").select(["subject", "failures"]).execute()
  assert.deepEqual(Object.fromEntries(rows.map(({ subject, failures }) => [subject, failures])), {
    "account bob": 4,
    "account bob from 192.0.2.1": 4,
    "address 192.0.2.1": 9,
  })
  for (let tries = 0; tries < 6; tries++) assert.equal(await wait(HERE, 0), 0)
})
