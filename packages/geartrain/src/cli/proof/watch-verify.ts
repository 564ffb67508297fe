import type { JobRecord } from "@geartrain/spec"
import type { Verified, VerifyOptions } from "../../engine/again/verify-job.ts"
import type { Context } from "../command.ts"
import { watchInterrupts } from "../run/interrupts.ts"
import { createJobView } from "../run/job-view.ts"

/** Runs one verification under the eyes of the user, who may interrupt it. */
export async function watchVerify<Result extends Verified>(
  context: Context,
  record: JobRecord,
  verify: (options: VerifyOptions) => Promise<Result>,
): Promise<Result> {
  const view = createJobView(context.terminal, context.reply, {
    title: `verifies ${context.reply.id(record.id)} ${record.gear.name}@${record.gear.version}`,
    quiet: context.options.quiet || context.options.json,
    streams: context.options.verbose ? "stderr" : "nowhere",
  })
  const interrupts = watchInterrupts(() => view.stopping())
  try {
    return await verify({
      signal: interrupts.signal,
      force: interrupts.force,
      onEvent: (event) => view.onEvent(event),
    })
  } catch (error) {
    // What was interrupted says nothing about the job.
    throw interrupts.explain(error)
  } finally {
    view.end()
    interrupts.end()
  }
}
