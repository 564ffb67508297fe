import { isJsonObject } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"

/** Capabilities that a gear can ask for. */
export const KNOWN_CAPABILITIES: readonly string[] = ["networking"]

/** Tells whether a value is a user or group id: a whole number that Linux can have. */
export function isUserId(value: JsonValue): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= HIGHEST_ID
}

/** The members of `custom.flywheel`, of which the specification reserves some; none where it is no object. */
export function flywheelMembers(manifest: {
  readonly custom?: JsonValue
}): Readonly<Record<string, JsonValue | undefined>> {
  const flywheel = isJsonObject(manifest.custom) ? manifest.custom["flywheel"] : undefined
  return isJsonObject(flywheel) ? flywheel : {}
}

/** Highest user or group id that Linux has; the one above means "no id" to the kernel. */
export const HIGHEST_ID = 0xff_ff_ff_fe
