import assert from "node:assert/strict"
import { test } from "node:test"
import { nextTime } from "./schedule-time.ts"

function next(cron: string, after: string, timeZone?: string): string | null {
  const time = nextTime({ cron, ...(timeZone === undefined ? {} : { timeZone }) }, Date.parse(after))
  return time === null ? null : new Date(time).toISOString()
}

test("a schedule without a time zone is in UTC, and comes after the time, not at it", () => {
  assert.equal(next("0 3 * * *", "2026-01-01T02:59:59Z"), "2026-01-01T03:00:00.000Z")
  assert.equal(next("0 3 * * *", "2026-01-01T03:00:00Z"), "2026-01-02T03:00:00.000Z")
})

test("an hour of a place is that hour in summer and in winter", () => {
  assert.equal(next("0 12 * * *", "2026-01-01T00:00:00Z", "Europe/Zurich"), "2026-01-01T11:00:00.000Z")
  assert.equal(next("0 12 * * *", "2026-07-01T00:00:00Z", "Europe/Zurich"), "2026-07-01T10:00:00.000Z")
})

test("a day that few months or years have is waited for; one that no year has never comes", () => {
  assert.equal(next("0 0 31 * *", "2026-02-01T00:00:00Z"), "2026-03-31T00:00:00.000Z")
  assert.equal(next("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00.000Z")
  assert.equal(next("0 0 30 2 *", "2026-01-01T00:00:00Z"), null)
})

test("what is no schedule, comes more often than once a minute, or is in no time zone is refused", () => {
  for (const [cron, timeZone] of [
    ["", undefined],
    ["every day", undefined],
    ["61 * * * *", undefined],
    ["* * * * * *", undefined],
    ["*/30 * * * * *", undefined],
    ["0 3 * * *", "Mars/Olympus"],
  ] as const)
    assert.throws(() => next(cron, "2026-01-01T00:00:00Z", timeZone), { code: "RULE_INVALID" }, cron)
  assert.equal(next("* * * * *", "2026-01-01T00:00:00Z"), "2026-01-01T00:01:00.000Z")
})
