import type { JobRecord, Reason } from "@geartrain/spec"

/** What the machine did, and neither the gear nor its inputs: the job says nothing about what the gear answers. */
const MACHINE: ReadonlySet<Reason> = new Set([
  "DISK_FULL",
  "PROVIDER_FAILED",
  "ENGINE_LOST",
  "OUTPUT_UNREADABLE",
  "INPUT_CHANGED",
  "INPUT_UNREADABLE",
  "CANCELLED",
] as const)

/** How far a gear comes until its limit depends on the machine and what else it does. */
const LIMITED: ReadonlySet<Reason> = new Set(["OUT_OF_MEMORY", "TIME_LIMIT", "OUTPUT_LIMIT", "PROCESS_LIMIT"] as const)

type Ended = Pick<JobRecord, "id" | "exit" | "failure">

/**
 * Tells why a job is nothing that a second run could be compared with.
 *
 * @returns one sentence, without full stop; undefined where it can be compared.
 */
export function whyIncomparable({ exit, failure }: Ended): string | undefined {
  if (failure !== undefined && MACHINE.has(failure.reason))
    return `it did not come to an end of its own (${failure.reason}), so that there is nothing to compare with`
  return exit === undefined ? "it never ran, so that there is nothing to compare with" : undefined
}

/**
 * Tells why a re-run says nothing about the job that it repeats.
 *
 * @param job  The re-run.
 * @param differs  Its outputs or its exit code are others.
 * @returns one sentence, without full stop; undefined where it decides.
 */
export function whyUndecided(record: Ended, job: Ended, differs: boolean): string | undefined {
  const now = job.failure
  if (now !== undefined && MACHINE.has(now.reason)) return withoutStop(now.message)
  if (job.exit === undefined) return withoutStop(now?.message ?? "the re-run did not end")
  if (!differs) return undefined
  const limited = [now, record.failure].find((failure) => failure !== undefined && LIMITED.has(failure.reason))
  if (limited === undefined) return undefined
  const which = limited === now ? "the re-run" : "the first run"
  return `${which} was ended by a limit (${limited.reason}), and how far a gear comes until then depends on the machine`
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "")
}
