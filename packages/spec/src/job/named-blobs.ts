import type { Digest } from "../identity/digest.ts"
import type { JobRecord } from "./job-record.ts"

/** Blobs that a job's record names. */
export interface NamedBlobs {
  /** What the job made: outputs and log. A store has them, until somebody removes them. */
  readonly made: readonly Digest[]
  /** What went in. Inputs stay where they lie, so a store has only those that are other jobs' outputs or came with an imported record. */
  readonly used: readonly Digest[]
}

/** Collects the blobs that a record names, each as often as it names it. */
export function namedBlobs(record: Pick<JobRecord, "outputs" | "log" | "invocation">): NamedBlobs {
  const made = record.outputs.map((output) => output.digest)
  if (record.log !== undefined) made.push(record.log.digest)
  const used: Digest[] = []
  for (const input of Object.values(record.invocation.inputs)) if (input.base === "file") used.push(input.digest)
  return { made, used }
}
