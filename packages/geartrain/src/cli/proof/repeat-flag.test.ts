import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { Given } from "../command.ts"
import { readRepeat } from "./repeat-flag.ts"

const given = (text?: string): Given => ({ text: () => text }) as unknown as Given

test("a number of runs is a whole one that ends before the day does", () => {
  assert.equal(readRepeat(given()), undefined)
  assert.deepEqual([readRepeat(given("1")), readRepeat(given("1000"))], [1, 1000])
  for (const text of ["0", "1001", "-1", "2.5", "many", "", "1e2"])
    assert.throws(
      () => readRepeat(given(text)),
      (error) => isGeartrainError(error, "USAGE"),
    )
})
