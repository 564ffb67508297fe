import { GeartrainError } from "@geartrain/spec"
import type { Given } from "../command.ts"

const MOST_REPEATS = 1000

/**
 * How often the user wants something to be run.
 *
 * @throws {GeartrainError} USAGE
 */
export function readRepeat(given: Given): number | undefined {
  const text = given.text("repeat")
  if (text === undefined) return undefined
  const repeat = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (repeat >= 1 && repeat <= MOST_REPEATS) return repeat
  throw new GeartrainError("USAGE", `Cannot read --repeat "${text}": it has to be a whole number from 1 to 1000`, {
    details: { text },
    hint: "Say how many times: --repeat 5",
  })
}
