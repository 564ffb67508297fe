import { basename } from "node:path"
import type { JobRecord } from "@geartrain/spec"

/**
 * A record as it may be handed on: without where things lay and what the machine is called. None of that decides a result, and the name of a
 * folder may be that of a patient.
 */
export function withoutPlaces(record: JobRecord): JobRecord {
  const { gear, inputs, outputs, host } = record
  const isPath = gear.origin.kind !== "registry" && gear.origin.kind !== "catalogue"
  const reference = isPath ? basename(gear.origin.reference) : gear.origin.reference
  return {
    ...record,
    gear: { ...gear, origin: { ...gear.origin, reference } },
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, { ...input, path: basename(input.path) }]),
    ),
    // Whether a store still has the bytes says something of that store.
    outputs: outputs.map(({ freed: _, ...output }) => output),
    host: { ...host, name: "" },
  }
}
