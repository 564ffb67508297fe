import { configJson, type FileInput, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../gears/find-gear.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { QueuedInput } from "../submit/job-order.ts"
import { needJob } from "./need-job.ts"

/**
 * The config.json of a job as its gear sees it, but for keys, which only the runner of the present attempt gets.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND
 */
export async function jobConfig(ports: QueuePorts, caller: Caller, id: string): Promise<JsonObject> {
  const row = await needJob(ports, caller, { id, right: "read", action: "job.read" })
  const gear = await findGear(ports.database.read, row.gear)
  const files = (JSON.parse(row.inputs) as readonly QueuedInput[]).map(({ input, name, digest, object, place }) => {
    const file: FileInput = { base: "file", name, digest, object, ...(place === undefined ? {} : { hierarchy: place }) }
    return [input, file] as const
  })
  const contexts = Object.entries(JSON.parse(row.contexts) as Record<string, JsonValue>).map(
    ([name, value]) => [name, { base: "context" as const, found: true, value }] as const,
  )
  return configJson(gear.manifest, {
    config: JSON.parse(row.config) as JsonObject,
    inputs: Object.fromEntries([...files, ...contexts]),
    ...(row.by_content === 1 ? {} : { destination: { type: row.destination_type, id: row.destination_id } }),
    jobId: row.id,
  })
}
