import { GeartrainError } from "@geartrain/spec"

/** Longest name of a gear that the specification allows. */
const NAME = /^[a-z0-9-]{1,100}$/
const TAG = /^\w[\w.-]{0,127}$/

export function isGearName(name: string): boolean {
  return NAME.test(name)
}

/** Names become parts of paths, so they are looked at where that happens. @throws {GeartrainError} TAG_INVALID */
export function checkNames(gear: string, tag?: string): void {
  if (!isGearName(gear)) throw invalid(`"${gear}" is no name of a gear`)
  if (tag !== undefined && !TAG.test(tag)) throw invalid(`"${tag}" is no tag`)
}

function invalid(problem: string): Error {
  return new GeartrainError("TAG_INVALID", `Cannot look into the catalogue: ${problem}`, {
    hint: "Write it as NAME@VERSION: lower-case letters, digits and - in the name; letters, digits, _ . and - in a tag",
  })
}
