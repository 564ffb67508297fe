import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { formatDuration, formatSize } from "./amounts.ts"

test("sizes go on to the next unit before a fourth digit would be needed", () => {
  const cases: Readonly<Record<number, string>> = {
    0: "0 B",
    999: "999 B",
    1000: "0.977 KiB",
    1024: "1 KiB",
    1536: "1.5 KiB",
    [1024 ** 2 - 1]: "1 MiB",
    [1024 ** 5]: "1 PiB",
    [5000 * 1024 ** 5]: "5000 PiB",
  }
  for (const [bytes, text] of Object.entries(cases)) assert.equal(formatSize(Number(bytes)), text)
})

test("durations go on to the next unit, and no text says 60 of anything", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.5, "1.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min"],
    [61_000, "1 min 1 s"],
    [599_499, "9 min 59 s"],
    [599_500, "10 min"],
    [3_599_000, "1 h"],
    [9_000_000, "2 h 30 min"],
    [2 * 86_400_000, "2 d"],
    [51 * 3_600_000, "2 d 3 h"],
  ]
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
      assert.doesNotMatch(formatDuration(ms), /\b60 (s|min)|\b24 h|\b60\.0|\b1000 ms/)
    }),
  )
})

test("a longer time never reads as a shorter one", () => {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }
  const readBack = (text: string) =>
    [...text.matchAll(/([\d.]+) (ms|s|min|h|d)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ""] ?? 0),
      0,
    )
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
      const said = readBack(formatDuration(ms))
      assert.ok(Math.abs(said - ms) <= Math.max(0.5, ms * 0.05), `${ms} ${formatDuration(ms)}`)
    }),
  )
})
