import assert from "node:assert/strict"
import { test } from "node:test"
import { Rest } from "./rest.ts"

const broken = { state: "failed", culprit: "platform", reason: "PROVIDER_FAILED" } as const
const full = { state: "failed", culprit: "platform", reason: "DISK_FULL" } as const

test("each failure of the machine's in a row doubles the rest, up to a minute, and to ten on a full disk", () => {
  const rest = new Rest()
  assert.equal(rest.leftMs(0), 0)
  const rests = Array.from({ length: 9 }, () => rest.note(broken, 0))
  assert.deepEqual(rests, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
  assert.equal(rest.leftMs(10_000), 50_000)
  assert.equal(rest.leftMs(60_000), 0)
  assert.deepEqual(rest.told(9_999.5), { leftMs: 50_001, why: "PROVIDER_FAILED" })
  assert.equal(rest.told(60_000), undefined)
  rest.note(full, 0)
  assert.deepEqual(rest.told(0), { leftMs: 600_000, why: "DISK_FULL" })
  const onFull = new Rest()
  assert.deepEqual(
    Array.from({ length: 5 }, () => onFull.note(full, 0)),
    [60_000, 120_000, 240_000, 480_000, 600_000],
  )
})

test("a job that the machine did not fail ends the row; a cancelled one says nothing", () => {
  const rest = new Rest()
  rest.note(broken, 0)
  assert.equal(rest.note({ state: "cancelled", culprit: "user", reason: "CANCELLED" }, 0), 0)
  assert.equal(rest.note(broken, 0), 2000)
  assert.equal(rest.note({ state: "failed", culprit: "gear", reason: "NONZERO_EXIT" }, 5000), 0)
  assert.equal(rest.leftMs(5000), 0)
  assert.equal(rest.note(broken, 5000), 1000)
  assert.equal(rest.note({ state: "complete" }, 5000), 0)
  assert.equal(rest.leftMs(5000), 1000, "what was begun is rested to its end")
})
