import assert from "node:assert/strict"
import { test } from "node:test"
import { formatClock, formatCount, formatDuration, formatSize, formatTime } from "./amounts.ts"

test("sizes have three digits that count, and never 1000 and more of a unit", () => {
  const sizes = [
    0,
    1,
    999,
    1000,
    1023,
    1024,
    1536,
    10 * 1024,
    999 * 1024,
    1023 * 1024,
    1024 ** 2,
    5.25 * 1024 ** 3,
    1024 ** 5 * 2000,
  ]
  assert.deepEqual(sizes.map(formatSize), [
    "0 B",
    "1 B",
    "999 B",
    "0.977 KiB",
    "0.999 KiB",
    "1 KiB",
    "1.5 KiB",
    "10 KiB",
    "999 KiB",
    "0.999 MiB",
    "1 MiB",
    "5.25 GiB",
    "2000 PiB",
  ])
})

test("durations take the unit that people would", () => {
  const durations = [
    0, 0.4, 42, 999, 1000, 2310, 59_940, 59_960, 61_000, 599_000, 600_000, 2_460_000, 3_599_000, 9_000_000, 172_800_000,
    1e9,
  ]
  assert.deepEqual(durations.map(formatDuration), [
    "0 ms",
    "0 ms",
    "42 ms",
    "999 ms",
    "1.0 s",
    "2.3 s",
    "59.9 s",
    "1 min",
    "1 min 1 s",
    "9 min 59 s",
    "10 min",
    "41 min",
    "1 h",
    "2 h 30 min",
    "2 d",
    "11 d 14 h",
  ])
})

test("a clock counts hours only when there are some", () => {
  assert.deepEqual([0, 999, 41_000, 3_599_000, 3_725_000, 90_000_000].map(formatClock), [
    "00:00",
    "00:00",
    "00:41",
    "59:59",
    "1:02:05",
    "25:00:00",
  ])
})

test("a time is told in the reader's own zone, and what is no time as it is", () => {
  const time = new Date(2024, 4, 1, 3, 5, 9)
  assert.equal(formatTime(time.toISOString()), "2024-05-01 03:05:09")
  assert.equal(formatTime("yesterday"), "yesterday")
})

test("counts agree with their nouns", () => {
  assert.deepEqual(
    [formatCount(0, "output"), formatCount(1, "output"), formatCount(2, "entry", "entries")],
    ["0 outputs", "1 output", "2 entries"],
  )
})
