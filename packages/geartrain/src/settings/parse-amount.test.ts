import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseCount, parseDuration, parseSize } from "./parse-amount.ts"

test("sizes take units of 1024 in every spelling that is usual", () => {
  const gib = 1024 ** 3
  for (const text of ["4g", "4G", "4gb", "4GB", "4GiB", "4 GiB", " 4g "])
    assert.equal(parseSize(text, "--memory"), 4 * gib)
  assert.equal(parseSize("1000", "--memory"), 1000)
  assert.equal(parseSize("10b", "--memory"), 10)
  assert.equal(parseSize("0.5k", "--memory"), 512)
  assert.equal(parseSize("1p", "--memory"), 1024 ** 5)
})

test("what is no size is refused, and named", () => {
  for (const text of ["", "g", "-1g", "4x", "4 g b", "0", "0.0001", "1e3", "99999999p", "4g4m"]) {
    assert.throws(
      () => parseSize(text, "--memory"),
      (error) =>
        isGeartrainError(error, "USAGE") && error.message.startsWith(`Cannot read --memory "${text}": a size is`),
      text,
    )
  }
})

test("durations are sums of their parts, and a plain number is seconds", () => {
  assert.equal(parseDuration("1d2h3m4s5ms", "--timeout"), 93_784_005)
  assert.equal(parseDuration("1.5h", "--timeout"), 5_400_000)
  assert.equal(parseDuration("500ms", "--timeout"), 500)
  assert.equal(parseDuration("2H", "--timeout"), 7_200_000)
  assert.equal(parseDuration("0.5", "--timeout"), 500)
})

test("what is no duration is refused", () => {
  for (const text of ["", "0", "h", "2x", "30m2h", "-5", "2h 30m", "99999999999999d"]) {
    assert.throws(
      () => parseDuration(text, "--timeout"),
      (error) => isGeartrainError(error, "USAGE"),
      text,
    )
  }
})

test("counts are above 0, and whole where they must be", () => {
  assert.equal(parseCount("2", "--pids", { whole: true }), 2)
  assert.equal(parseCount("1.5", "--cpus", { whole: false }), 1.5)
  for (const text of ["0", "-1", "1.5", "x", "", "1e2"]) {
    assert.throws(
      () => parseCount(text, "--pids", { whole: true }),
      (error) => isGeartrainError(error, "USAGE"),
      text,
    )
  }
  assert.throws(
    () => parseCount("0.0", "--cpus", { whole: false }),
    (error) => isGeartrainError(error, "USAGE"),
  )
})
