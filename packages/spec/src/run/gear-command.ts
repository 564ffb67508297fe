import { GeartrainError } from "../errors/geartrain-error.ts"
import type { Network } from "../invocation/invocation.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { flywheelMembers, HIGHEST_ID, isUserId, KNOWN_CAPABILITIES } from "../manifest/reserved-members.ts"

/** Where a gear finds its files, and what its command runs in. */
export const GEAR_FOLDER = "/flywheel/v0"

/** How a gear wants to be started. */
export interface GearCommand {
  /** Argument list, run in `GEAR_FOLDER`. */
  readonly command: readonly string[]
  readonly uid: number
  readonly gid: number
  /** Whether config.json tells the gear its job. */
  readonly showJob: boolean
  /** `outbound` when the gear asks for capability `networking`. What it gets is for the user to grant. */
  readonly network: Network
  /** Capabilities that nothing here knows. A gear that has any must not be started. */
  readonly unknownCapabilities: readonly string[]
}

/**
 * Reads from a manifest how its gear wants to be started.
 *
 * Without a `command` it is the executable `run` in `GEAR_FOLDER`; with one, bash runs it. No arguments are passed.
 *
 * @throws {GeartrainError} MANIFEST_INVALID when the author marked the gear as invalid, or its user or group id is none.
 * @see Flywheel Gear Spec 0.1.9, `command`, `capabilities` and the reserved keys of `custom.flywheel`
 */
export function gearCommand(manifest: GearManifest): GearCommand {
  const reserved = flywheelMembers(manifest)
  if (reserved["invalid"] === true) throw refusal(manifest, "its author marked it as invalid (custom.flywheel.invalid)")
  const capabilities = manifest.capabilities ?? []
  return {
    command: manifest.command === undefined ? ["./run"] : ["bash", "-c", manifest.command],
    uid: readId(manifest, "uid", reserved["uid"]),
    gid: readId(manifest, "gid", reserved["gid"]),
    showJob: reserved["show-job"] === true,
    network: capabilities.includes("networking") ? "outbound" : "none",
    unknownCapabilities: capabilities.filter((capability) => !KNOWN_CAPABILITIES.includes(capability)),
  }
}

function readId(manifest: GearManifest, member: "uid" | "gid", value: JsonValue | undefined): number {
  if (value === undefined) return 0
  if (isUserId(value)) return value
  throw refusal(
    manifest,
    `custom.flywheel.${member} is ${JSON.stringify(value)}, and has to be from 0 to ${HIGHEST_ID}`,
  )
}

function refusal(manifest: GearManifest, why: string): GeartrainError<"MANIFEST_INVALID"> {
  return new GeartrainError("MANIFEST_INVALID", `Cannot run gear "${manifest.name}": ${why}`, {
    details: { gear: manifest.name, version: manifest.version },
    hint: "Ask the author of the gear, or import another version",
  })
}
