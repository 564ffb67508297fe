import assert from "node:assert/strict"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"

/** What was said to who asked and was refused, where two refusals are to be compared. */
export async function refusalOf(asked: Promise<unknown>): Promise<GeartrainError> {
  try {
    await asked
  } catch (error) {
    if (isGeartrainError(error)) return error
    throw error
  }
  return assert.fail("it was to be refused")
}
