import { judgeSummaries } from "./cluster-summary.ts"
import { findStatuses } from "./kickstart-status.ts"

/** What is known of a job besides what it printed. */
export interface OutputRules {
  /** Texts each of which has to be there. */
  readonly successMessages?: readonly string[]
  /** Texts none of which may be there. */
  readonly failureMessages?: readonly string[]
  /** What the scheduler says of the job; 0 is success. */
  readonly jobStatus?: number
}

export interface OutputVerdict {
  readonly verdict: "success" | "failure"
  /** Ends a sentence. */
  readonly why: string
}

/**
 * Decides from what a job of Pegasus printed whether it succeeded, as `pegasus-exitcode` does: by the scheduler's word, by texts that were
 * agreed on, by the summary of a cluster, and by what kickstart recorded of each program.
 *
 * @param output  All that the job printed; records of kickstart in it are XML or YAML.
 * @example
 *   judgeJobOutput("").verdict // => "failure"
 *   judgeJobOutput('[cluster-summary stat="ok", tasks=1, succeeded=1, failed=0]').verdict // => "success"
 *   judgeJobOutput("Job done", { failureMessages: ["Job failed"], jobStatus: 1 }).why // => "the scheduler says 1"
 */
export function judgeJobOutput(output: string, rules: OutputRules = {}): OutputVerdict {
  const { jobStatus, failureMessages = [], successMessages = [] } = rules
  if (jobStatus !== undefined && jobStatus !== 0) return failure(`the scheduler says ${jobStatus}`)
  if (output === "") return failure("it printed nothing")
  const unwanted = failureMessages.find((message) => output.includes(message))
  if (unwanted !== undefined) return failure(`it printed "${unwanted}"`)
  const missing = successMessages.find((message) => !output.includes(message))
  if (missing !== undefined) return failure(`it did not print "${missing}"`)
  const summary = judgeSummaries(output)
  if (summary?.problem !== undefined) return failure(summary.problem)
  const statuses = findStatuses(output)
  const bad = statuses.find((status) => status !== 0)
  if (bad !== undefined) return failure(`a program ended with the raw status ${bad}`)
  if (summary !== undefined || statuses.length > 0) return { verdict: "success", why: "all that was recorded is well" }
  return failure("nothing in it says how the program ended")
}

function failure(why: string): OutputVerdict {
  return { verdict: "failure", why }
}
