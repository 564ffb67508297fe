import type { JsonObject } from "@geartrain/spec"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { JobFacts, JobSummary } from "../../queue/jobs/job-facts.ts"
import { parentsOf, placesIn } from "./file-shape.ts"
import { timeOf } from "./words.ts"

/** A job as Flywheel's lists have it. */
export interface ListedJobShape {
  readonly _id: string
  readonly gear_id: string
  readonly gear_info: { readonly id: string; readonly name: string; readonly version: string }
  readonly state: string
  readonly failure_reason: string | null
  readonly [member: string]: unknown
}

export function listedJobShape(job: JobSummary): ListedJobShape {
  const { id, gear, state, reason, message } = job
  return {
    _id: id,
    id,
    gear_id: gear.id,
    gear_info: gear,
    state,
    failure_reason: state === "failed" ? (message ?? reason ?? null) : null,
    destination: job.destination,
    tags: job.tags,
    label: job.label ?? null,
    priority: job.priority,
    origin: originOf(job),
    attempt: job.attempt,
    // An attempt is of the same job: no job replaces another.
    previous_job_id: null,
    batch: job.batch ?? null,
    created: timeOf(job.createdMs),
    modified: timeOf(job.endedMs ?? job.startedMs ?? job.queuedMs),
  }
}

/** A job with all that is known of it. */
export function jobShape(
  facts: JobFacts,
  of: { readonly config: JsonObject; readonly place: StoredPlace | undefined },
): ListedJobShape {
  const { place } = of
  const last = facts.transitions.at(-1)
  return {
    ...listedJobShape(facts),
    ...(last === undefined ? {} : { modified: timeOf(last.atMs) }),
    inputs: Object.fromEntries(
      filedInputs(facts).map(({ input, place: { type, id }, name, file, version }) => [
        input,
        { type, id, name, file_id: file, version },
      ]),
    ),
    config: of.config,
    saved_files: facts.outputs.flatMap(({ name, file }) => (file === undefined ? [] : [name])),
    transitions: Object.fromEntries(facts.transitions.map(({ state, atMs }) => [state, timeOf(atMs)])),
    ...(place === undefined
      ? {}
      : { parents: parentsOf(place.group_id, placesIn(place.lineage, place.type === "analysis" ? 1 : 0)) }),
    profile: profileOf(facts),
  }
}

/** The inputs that have a place; in a job by content none has. */
export function filedInputs(facts: Pick<JobFacts, "inputs">): readonly FiledInput[] {
  return facts.inputs.flatMap((input) => (input.place === undefined ? [] : [{ ...input, place: input.place }]))
}

type FiledInput = JobFacts["inputs"][number] & Required<Pick<JobFacts["inputs"][number], "place">>

function originOf({ origin, owner }: JobSummary): { readonly type: string; readonly id: string | null } {
  switch (origin.type) {
    case "rule":
    case "schedule":
      return { type: "system", id: origin.id ?? null }
    case "job":
      return { type: "job", id: origin.id ?? null }
    default:
      return { type: "user", id: owner }
  }
}

function profileOf(facts: JobFacts): object {
  const { inputs, outputs, attempts, createdMs, endedMs } = facts
  const attempt = attempts.at(-1)
  const bytes = (files: readonly { readonly sizeBytes: number }[]): number =>
    files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return {
    total_input_files: inputs.length,
    total_input_size_bytes: bytes(inputs),
    total_output_files: outputs.length,
    total_output_size_bytes: bytes(outputs),
    ...(attempt?.endedMs === undefined ? {} : { elapsed_time_ms: attempt.endedMs - attempt.startedMs }),
    ...(endedMs === undefined ? {} : { total_time_ms: endedMs - createdMs }),
    ...(attempt === undefined
      ? {}
      : { executor: { name: attempt.runner.name ?? attempt.runner.id, host: attempt.runner.host ?? null } }),
  }
}
