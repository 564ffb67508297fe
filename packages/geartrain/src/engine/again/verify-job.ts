import { GeartrainError, isEnded, type JobRecord, type Verification } from "@geartrain/spec"
import { compareOutputs } from "../../provenance/compare-outputs.ts"
import { nowIso } from "../../system/clock.ts"
import type { EnginePorts } from "../engine-ports.ts"
import type { RunJobOptions } from "../job-request.ts"
import { runJob } from "../phases/run-job.ts"
import { areEquivalent } from "../proof/judge-differences.ts"
import { replayRequest } from "./replay-request.ts"

export interface Verified {
  readonly verification: Verification
  /** The record of the re-run. */
  readonly job: JobRecord
}

/**
 * Runs a job again, in a fresh place and from its record alone, and compares every output with the first one's, by digest.
 *
 * The verdict is `identical` when both ended with the same exit code and put out the same bytes under the same names, `equivalent` when bytes
 * differ only in what the gear's manifest declares as free, else `different`. It is written to the history of the first job's record.
 *
 * @throws {GeartrainError} JOB_NOT_ENDED, JOB_NOT_REPLAYABLE, and what `runJob` throws. A re-run that could not be carried out (cancelled, or
 *   failed through the machine) gives no verdict: JOB_NOT_REPLAYABLE.
 */
export async function verifyJob(
  record: JobRecord,
  ports: EnginePorts,
  options: RunJobOptions & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Verified> {
  if (!isEnded(record.state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot verify job "${record.id}": it is ${record.state}`, {
      details: { id: record.id, state: record.state },
      hint: `Wait for it: gear logs -f ${record.id}`,
    })
  }
  const request = await replayRequest(record, ports, { files: options.files ?? {} })
  const job = await runJob({ ...request, forVerification: true }, ports, options)
  if (job.exit === undefined || job.state === "cancelled") throw noVerdict(record, job)
  const differences = compareOutputs(record, job)
  const isSameEnd = record.exit?.code === job.exit.code
  const verification: Verification = {
    at: nowIso(),
    job: job.id,
    provider: job.provider?.name ?? "unknown",
    verdict: isSameEnd ? await verdictOf(record, differences, ports) : "different",
    differences,
  }
  await ports.jobs.addVerification(record.id, verification)
  return { verification, job }
}

/** A gear that is no longer kept has no manifest that could declare anything as free. */
async function verdictOf(
  record: JobRecord,
  differences: Verification["differences"],
  ports: EnginePorts,
): Promise<Verification["verdict"]> {
  if (differences.length === 0) return "identical"
  const gear = await ports.gears.getGear(record.gear.id)
  const isFree = gear !== undefined && (await areEquivalent(differences, gear.manifest, ports))
  return isFree ? "equivalent" : "different"
}

function noVerdict(record: JobRecord, job: JobRecord): GeartrainError {
  return new GeartrainError(
    "JOB_NOT_REPLAYABLE",
    `Cannot verify job "${record.id}": ${job.failure?.message ?? "the re-run did not end"}`,
    {
      details: { id: record.id, rerun: job.id, reason: job.failure?.reason ?? null },
      hint: job.failure?.next ?? `gear show ${job.id}`,
    },
  )
}
