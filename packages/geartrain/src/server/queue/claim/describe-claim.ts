import type { Destination, Digest, JsonObject, JsonValue, Limits } from "@geartrain/spec"
import type { ClaimedInput, ClaimedJob, JobResources } from "@geartrain/spec/server"
import { findGear } from "../gears/find-gear.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { GrantedKey, QueuedInput } from "../submit/job-order.ts"
import type { StartedJob } from "./claim-jobs.ts"

/** All that a runner has to know to run a job. */
export async function describeClaim(ports: QueuePorts, { row, token }: StartedJob): Promise<ClaimedJob> {
  const gear = await findGear(ports.database.read, row.gear)
  const destination: Destination = { type: row.destination_type, id: row.destination_id }
  return {
    job: row.id,
    attempt: row.attempt,
    leaseMs: ports.queueSettings.leaseMs,
    token,
    gear: {
      id: gear.id,
      name: gear.name,
      version: gear.version,
      manifest: gear.manifest,
      imageDigest: gear.image.digest,
      imageBytes: gear.image.sizeBytes,
    },
    config: JSON.parse(row.config) as JsonObject,
    inputs: (JSON.parse(row.inputs) as QueuedInput[]).map(claimedInput),
    contexts: JSON.parse(row.contexts) as Record<string, JsonValue>,
    keys: (JSON.parse(row.keys) as GrantedKey[]).map(({ name }) => name),
    ...(row.by_content === 1 ? {} : { destination }),
    limits: JSON.parse(row.limits) as Limits,
    resources: JSON.parse(row.resources) as JobResources,
    network: row.network,
    invocationDigest: row.invocation_digest as Digest,
  }
}

function claimedInput({ input, name, digest, sizeBytes, object, place }: QueuedInput): ClaimedInput {
  return { input, name, digest, sizeBytes, object, ...(place === undefined ? {} : { place }) }
}
