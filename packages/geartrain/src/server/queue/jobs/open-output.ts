import { GeartrainError } from "@geartrain/spec"
import { type OpenContent, openStored } from "../../archive/downloads/open-content.ts"
import { openFile } from "../../archive/downloads/open-file.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { JobOutput } from "./job-facts.ts"
import { needJob } from "./need-job.ts"

export interface OutputRequest {
  readonly job: string
  /** As the job's facts have it: a path below the gear's output folder. */
  readonly name: string
  /** Absent: the present one. */
  readonly attempt?: number | undefined
}

/**
 * Opens what a job put out, also what is in no place: outputs in folders, and those of a job that failed or of an attempt before. What was saved
 * as a file is opened as that version of it, and is gone from here when it is gone from there.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND; JOB_OUTPUT_NOT_FOUND; ARCHIVE_FILE_NOT_FOUND when its file was thrown away.
 */
export async function openOutput(ports: QueuePorts, caller: Caller, request: OutputRequest): Promise<OpenContent> {
  const { job: id, name } = request
  const job = await needJob(ports, caller, { id, right: "read", action: "job.output" })
  const attempt = request.attempt ?? job.attempt
  const text = attempt === job.attempt ? job.outputs : await outputsOf(ports, { job: id, attempt })
  const output = (JSON.parse(text) as JobOutput[]).find((each) => each.name === name)
  if (output === undefined) throw outputNotFound({ job: id, attempt, name })
  if (output.file !== undefined) return openFile(ports, caller, { id: output.file, version: output.version })
  return openStored(ports, { ...output, name: name.split("/").at(-1) ?? name, mimetype: "" })
}

async function outputsOf(
  { database }: QueuePorts,
  { job, attempt }: { readonly job: string; readonly attempt: number },
): Promise<string> {
  const row = await database.read
    .selectFrom("attempts")
    .select("outputs")
    .where("job", "=", job)
    .where("attempt", "=", attempt)
    .executeTakeFirst()
  return row?.outputs ?? "[]"
}

export function outputNotFound(of: {
  readonly job: string
  readonly attempt: number
  readonly name: string
}): GeartrainError {
  const { job, attempt, name } = of
  return new GeartrainError(
    "JOB_OUTPUT_NOT_FOUND",
    `Cannot find output "${name.slice(0, 200).toWellFormed()}" of attempt ${attempt} of job "${job}"`,
    { hint: `See what it put out: gear wait ${job}` },
  )
}
