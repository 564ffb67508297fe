import { GeartrainError } from "@geartrain/spec"
import type { Given } from "../command.ts"

/** A flag that is a whole number from 1. @throws {GeartrainError} USAGE */
export function readCountFlag(given: Given, flag: string, most: number): number | undefined {
  const text = given.text(flag)
  if (text === undefined) return undefined
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= most) return count
  throw new GeartrainError("USAGE", `Cannot read --${flag} "${text}": it is no whole number from 1 to ${most}`, {
    hint: `Write --${flag} 4`,
  })
}
