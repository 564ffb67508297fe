import {
  baseEnvironment,
  type Destination,
  type GearManifest,
  GeartrainError,
  gearCommand,
  INVOCATION_FORMAT,
  type Invocation,
  type InvocationInput,
  type JsonObject,
  type JsonValue,
  type Network,
} from "@geartrain/spec"
import type { GearEntry } from "../gears/gear-entry.ts"
import type { GrantedKey, QueuedInput } from "./job-order.ts"

/** Home of a gear that does not run as root, as the engine makes it. */
const GEAR_HOME = "/home/gear"

export interface InvocationParts {
  readonly config: JsonObject
  readonly inputs: Readonly<Record<string, InvocationInput>>
  readonly network: Network
  /** Absent where the gear is not to know of one. */
  readonly destination?: Destination
}

/** Everything that decides a job's result, in the form that the engine on the runner records, too. */
export function makeInvocation(gear: GearEntry, parts: InvocationParts): Invocation {
  const home = gearCommand(gear.manifest).uid === 0 ? "/root" : GEAR_HOME
  const { config, inputs, network, destination } = parts
  return {
    format: INVOCATION_FORMAT,
    gear: gear.id,
    config,
    inputs,
    environment: baseEnvironment(gear.manifest, config, home),
    network,
    ...(destination === undefined ? {} : { destination }),
  }
}

/** The inputs as an invocation has them. */
export function describeInputs(
  manifest: GearManifest,
  given: {
    readonly files: readonly QueuedInput[]
    readonly contexts: Readonly<Record<string, JsonValue>>
    readonly keys: readonly GrantedKey[]
  },
): Readonly<Record<string, InvocationInput>> {
  const described: [string, InvocationInput][] = given.files.map(({ input, name, digest, object, place }) => [
    input,
    { base: "file", name, digest, object, ...(place === undefined ? {} : { hierarchy: place }) },
  ])
  for (const [name, { base }] of Object.entries(manifest.inputs)) {
    if (base === "context") {
      const isFound = Object.hasOwn(given.contexts, name)
      described.push([
        name,
        { base: "context", found: isFound, ...(isFound ? { value: given.contexts[name] ?? null } : {}) },
      ])
    } else if (base === "api-key" && given.keys.some((key) => key.name === name)) {
      described.push([name, { base: "api-key" }])
    }
  }
  return Object.fromEntries(described)
}

/**
 * What network a job gets: the gear's manifest asks for it, and whoever orders the job grants it.
 *
 * @throws {GeartrainError} CAPABILITY_MISSING
 */
export function grantedNetwork(manifest: GearManifest, granted: Network | undefined): Network {
  const { network } = gearCommand(manifest)
  if (granted === undefined && network === "outbound") {
    throw new GeartrainError(
      "CAPABILITY_MISSING",
      `Cannot run gear "${manifest.name}": it asks for the network, which is not granted`,
      { hint: 'Grant it with network "outbound", or run it sealed with "none"' },
    )
  }
  if (granted === "outbound" && network === "none") {
    throw new GeartrainError(
      "CAPABILITY_MISSING",
      `Cannot run gear "${manifest.name}" with network "outbound": its manifest does not ask for the network`,
      { hint: 'Leave network away, or add "capabilities": ["networking"] to the manifest' },
    )
  }
  return granted ?? "none"
}
