import { GeartrainError } from "@geartrain/spec"
import { type Datum, describeDatum } from "../datums/datum.ts"
import type { PlacePart } from "../document/place-text.ts"

/**
 * Where the outputs of a datum go, in front of their paths. Of several parts of one input the first counts.
 *
 * @throws {GeartrainError} PIPELINE_DATUM_UNFIT where that would lead out of the output folder.
 */
export function placeOf(parts: readonly PlacePart[], datum: Datum): string {
  const text = parts.map((part) => (typeof part === "string" ? part : partValue(part, datum))).join("")
  const names = text.split("/")
  if (!names.some((name, index) => name === ".." || name === "." || (name === "" && index < names.length - 1)))
    return text
  throw new GeartrainError(
    "PIPELINE_DATUM_UNFIT",
    `Cannot place the outputs of datum "${describeDatum(datum)}": "${text}" is no path in a folder`,
    { details: { place: text }, hint: "Change place: each name between two slashes needs to have something in it" },
  )
}

function partValue({ input, group }: Exclude<PlacePart, string>, datum: Datum): string {
  const part = datum.find((one) => one.input === input)
  if (part === undefined) return ""
  return group === 0 ? part.path : (part.caught[group - 1] ?? "")
}
