import type { Failure, Reason } from "./failure.ts"
import type { JobRecord } from "./job-record.ts"

/** What has to be known of how a job ended. */
export interface JobEnd extends Pick<JobRecord, "state" | "exit"> {
  readonly failure?: Pick<Failure, "reason">
}

/**
 * Whether what a failed job put out counts although its exit code is not 0: whoever asks says so, and the gear ended by itself. What the kernel
 * ended, a gear's own words or not, never counts.
 *
 * @example
 *   const failure = { reason: "NONZERO_EXIT" } as const
 *   isAccepted({ state: "failed", failure, exit: { code: 3 } }, [3]) // => true
 *   isAccepted({ state: "failed", failure, exit: { code: 4 } }, [3]) // => false
 */
export function isAccepted(record: JobEnd, acceptExitCodes: readonly number[] = []): boolean {
  if (record.state !== "failed" || record.failure === undefined || record.exit === undefined) return false
  const endedItself = OWN_ENDS.has(record.failure.reason) && record.exit.signal === undefined
  return endedItself && record.exit.outOfMemory !== true && acceptExitCodes.includes(record.exit.code)
}

/** A log may say more than an exit code, so that these are reasons of gears that ended by themselves, too. */
const OWN_ENDS: ReadonlySet<Reason> = new Set([
  ...(["NONZERO_EXIT", "COMMAND_NOT_FOUND", "COMMAND_NOT_EXECUTABLE", "KILLED_BY_SIGNAL"] as const),
  ...(["DISK_FULL", "NETWORK_DENIED", "PROCESS_LIMIT", "OUT_OF_MEMORY"] as const),
])
