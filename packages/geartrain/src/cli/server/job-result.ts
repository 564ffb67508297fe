import type { JsonObject, Reason } from "@geartrain/spec"
import type { CommandResult, Context } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import { exitCodeOfJob } from "../output/exit-codes.ts"
import type { ServerJobFacts } from "./find-job.ts"

/** Tells how a job ended, with the gear's own exit code where it has one. */
export function jobResult(context: Context, job: ServerJobFacts): CommandResult {
  const { reply } = context
  const data = job as unknown as JsonObject
  for (const { name, sizeBytes } of job.outputs) reply.say(escapeText(`  ${name}  ${sizeBytes} bytes`))
  const unfiled = job.outputs.filter(({ file }) => file === undefined).length
  if (unfiled > 0) reply.say(`  ${unfiled} of them are in no place; fetch all: gear download job:${job.id}`)
  if (job.state === "complete") {
    reply.say(`job ${job.id} is complete`)
    return { data }
  }
  const because = job.message ?? job.reason ?? ""
  reply.warn(escapeText(`job ${job.id} ${job.state === "failed" ? "failed" : "was cancelled"}: ${because}`))
  return {
    data,
    exitCode: exitCodeOfJob({
      state: job.state,
      // A reason of a newer server's has no exit code of its own here, and the gear's is taken.
      ...(job.reason === undefined ? {} : { failure: { reason: job.reason as Reason } }),
      ...(job.exitCode === undefined ? {} : { exit: { code: job.exitCode } }),
    }),
    error: {
      code: job.reason ?? job.state.toUpperCase(),
      message: because,
      fix: `gear logs --server ${job.id}`,
      docs: "gear help logs",
      culprit: job.culprit ?? "unknown",
      retryable: job.culprit === "platform",
    },
  }
}
