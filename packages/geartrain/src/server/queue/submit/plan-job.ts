import {
  type Destination,
  type Digest,
  fillDefaults,
  type GearManifest,
  GeartrainError,
  type Invocation,
  type InvocationFault,
  invocationDigest,
  invocationError,
  type JsonValue,
} from "@geartrain/spec"
import { findAddedFaults, type GearAdditions, readAdditions } from "@geartrain/spec/additions"
import { sha256 } from "../../../system/hash.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../gears/find-gear.ts"
import type { GearEntry } from "../gears/gear-entry.ts"
import type { FiledPlace } from "../job-archive.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { askResources } from "./ask-resources.ts"
import { findSameJob } from "./find-same-job.ts"
import type { GrantedKey, JobOrder, PlannedJob, QueuedInput } from "./job-order.ts"
import { describeInputs, grantedNetwork, makeInvocation } from "./make-invocation.ts"
import { givenContexts, resolveContent } from "./resolve-content.ts"
import { resolveDestination } from "./resolve-destination.ts"
import { refused, resolveInputs } from "./resolve-inputs.ts"

/**
 * Checks an order and fixes everything that decides the job's result; writes nothing.
 *
 * In this order: the gear, the inputs (by place or by content) and who may read them, the destination and who may run gears there, contexts, then config, inputs and keys
 * against the gear's manifest, all faults at once.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND, GEAR_DISABLED, MANIFEST_INVALID, INPUT_NOT_FOUND, INPUT_INVALID, INPUT_DIGEST_MISMATCH, BLOB_NOT_FOUND, DESTINATION_MISSING, PLACE_NOT_FOUND,
 *   PLACE_UNFIT, NOT_PERMITTED, CAPABILITY_MISSING, INVOCATION_INVALID.
 */
export async function planJob(ports: QueuePorts, caller: Caller, order: JobOrder): Promise<PlannedJob> {
  const gear = await findGear(ports.database.read, order.gear)
  refuseDisabled(gear)
  const { manifest } = gear
  const additions = readAdditions(manifest)
  const network = grantedNetwork(manifest, order.network)
  const { byContent } = order
  const inputs =
    byContent === undefined
      ? await resolveInputs(ports, caller, { order, manifest, additions })
      : await resolveContent(ports, caller, { files: byContent.files, manifest, additions })
  refuseLong(inputs)
  const place = await resolveDestination(ports, caller, { order, manifest, inputs })
  const destination = { type: place.type, id: place.id }
  const contexts =
    byContent === undefined
      ? await findContexts(ports, manifest, destination)
      : givenContexts(manifest, byContent.contexts ?? {})
  const keys = grantedKeys(gear, order)
  const described = describeInputs(manifest, { files: inputs, contexts, keys })
  const asked = order.config ?? {}
  const faults = [
    ...findAddedFaults({ manifest, config: asked, inputs: described }, additions),
    ...secretFaults(additions),
  ]
  if (faults.length > 0) throw invocationError(manifest, faults)
  const config = fillDefaults(manifest, asked)
  const seen = byContent === undefined ? { destination } : {}
  const invocation = makeInvocation(gear, { config, inputs: described, network, ...seen })
  const digest = invocationDigest(invocation, sha256)
  const reuseDigest = digestForReuse(invocation, place) ?? digest
  const same = await findSameJob(ports, caller, reuseDigest)
  return {
    gear: { id: gear.id, name: gear.name, version: gear.version },
    owner: caller.user,
    place,
    isByContent: byContent !== undefined,
    invocation,
    invocationDigest: digest,
    reuseDigest,
    inputs,
    keys,
    ...askResources(manifest, additions, { ...order, network }),
    priority: order.priority ?? 0,
    tags: [...new Set([gear.name, ...(order.tags ?? [])])],
    ...(order.label === undefined ? {} : { label: order.label }),
    ...(same === undefined ? {} : { same }),
  }
}

/** What a runner can be told of a job, with all else that it is told. */
const MOST_INPUT_BYTES = 40 * 1024 * 1024

/** Files may be known by long names, and much may be known of each: a job whose runner could not be told of all that would run nowhere. */
function refuseLong(inputs: readonly QueuedInput[]): void {
  const sizeBytes = inputs.reduce((sum, input) => sum + Buffer.byteLength(JSON.stringify(input)), 0)
  const [first] = inputs
  if (first === undefined || sizeBytes <= MOST_INPUT_BYTES) return
  throw refused(
    first.input,
    `all that is known of the job's ${inputs.length} files has ${sizeBytes} bytes, and may have ${MOST_INPUT_BYTES}: pack them first`,
  )
}

async function findContexts(
  { jobArchive, database }: QueuePorts,
  manifest: GearManifest,
  destination: Destination,
): Promise<Readonly<Record<string, JsonValue>>> {
  const names = Object.entries(manifest.inputs).flatMap(([name, { base }]) => (base === "context" ? [name] : []))
  return names.length === 0 ? {} : jobArchive.findContexts(database.read, destination, names)
}

function refuseDisabled(gear: GearEntry): void {
  if (gear.state === "enabled") return
  throw new GeartrainError(
    "GEAR_DISABLED",
    `Cannot run gear "${gear.name}" ${gear.version}: an admin has disabled it`,
    {
      hint: "Ask why, or take another version",
    },
  )
}

/** Keys are for who orders to grant, each by its name: a gear that asks for one does not get it by that. */
function grantedKeys({ manifest }: GearEntry, order: JobOrder): readonly GrantedKey[] {
  return (order.keys ?? []).map((name) => {
    const declared = Object.hasOwn(manifest.inputs, name) ? manifest.inputs[name] : undefined
    if (declared?.base === "api-key") return { name, readOnly: declared["read-only"] === true }
    throw new GeartrainError("INPUT_INVALID", `Cannot grant key "${name.slice(0, 100)}": the gear asks for no such key`)
  })
}

/** A server keeps no secrets of gears, so that one that needs some cannot be run by it. */
function secretFaults(additions: GearAdditions): readonly InvocationFault[] {
  return Object.entries(additions.secrets ?? {}).flatMap(([name, { optional }]) => {
    if (optional === true) return []
    const path = ["inputs", name]
    const problem = `secret "${name}" is required, and a server has none to give`
    return [
      {
        where: `/inputs/${name}`,
        path,
        keyword: "required",
        problem,
        fix: "Run the gear where the secret is, with: gear run",
      },
    ]
  })
}

/**
 * Each job into an analysis has an analysis of its own: what it does is the same, if that is of the same place. One by content does the same
 * wherever it counts.
 *
 * @returns undefined where that is the digest of the invocation itself: one may have 50,000 files, and is digested once.
 */
function digestForReuse(invocation: Invocation, { type, parent }: FiledPlace): Digest | undefined {
  const { destination } = invocation
  if (destination === undefined || type !== "analysis" || parent === undefined) return undefined
  return invocationDigest({ ...invocation, destination: parent }, sha256)
}
