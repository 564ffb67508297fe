import { type GearManifest, GeartrainError, gearCommand, type JsonObject } from "@geartrain/spec"
import { z } from "zod"
import { JSON_OBJECT, SHORT_TEXT } from "../http/json-words.ts"
import type { JobOrder } from "../queue/submit/job-order.ts"

const TEXT = z.string().min(1).max(1024)

/** A place or file as Flywheel's clients refer to it. */
export const REFERENCE = z.object({ type: TEXT, id: TEXT })
export const FILE_REFERENCE = REFERENCE.extend({ name: TEXT, version: z.number().int().min(1).optional() })

/** An order for a job, as Flywheel's clients write it. */
export const JOB_ORDER = z.object({
  gear_id: z.string().min(1).max(300),
  inputs: z.record(z.string().max(255), FILE_REFERENCE).optional(),
  config: JSON_OBJECT.optional(),
  destination: REFERENCE.optional(),
  tags: z.array(SHORT_TEXT).max(100).optional(),
  label: SHORT_TEXT.optional(),
  priority: z.union([z.enum(["low", "medium", "high", "critical"]), z.null()]).optional(),
})

export type FlywheelOrder = z.infer<typeof JOB_ORDER>

/** Their words for how urgent a job is, as rules of theirs are read, too. */
export const PRIORITIES = { low: -50, medium: 0, high: 50, critical: 100 } as const

/**
 * The order in our words. Flywheel's clients have no way to grant keys and the network, since there every gear has them: to order a gear that
 * declares them is to grant them.
 */
export function orderOf(order: FlywheelOrder, manifest: GearManifest): JobOrder {
  const { inputs = {}, config, destination, tags, label, priority } = order
  const keys = Object.keys(manifest.inputs).filter((name) => manifest.inputs[name]?.base === "api-key")
  return {
    gear: order.gear_id,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, file]) => [name, referenceOf(file)])),
    ...(config === undefined ? {} : { config: withoutNulls(config) }),
    ...(destination === undefined ? {} : { destination: destination.id }),
    ...(keys.length === 0 ? {} : { keys }),
    ...(asksForNetwork(manifest) ? { network: "outbound" as const } : {}),
    ...(tags === undefined ? {} : { tags }),
    ...(label === undefined ? {} : { label }),
    ...(priority === undefined || priority === null ? {} : { priority: PRIORITIES[priority] }),
  }
}

/** A path below an id. @throws {GeartrainError} INPUT_NOT_FOUND for a name that would be several steps. */
function referenceOf({ id, name }: z.infer<typeof FILE_REFERENCE>): string {
  if (!id.includes("/") && !name.includes("/")) return `${id}/files/${name}`
  throw new GeartrainError("INPUT_NOT_FOUND", `Cannot use ${JSON.stringify(name)} as an input: there is no such file`)
}

/** Clients send null for what is not set. */
function withoutNulls(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null))
}

/** Whether a gear declares that it uses the network. */
export function asksForNetwork(manifest: GearManifest): boolean {
  return gearCommand(manifest).network === "outbound"
}
