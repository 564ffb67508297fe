import type { JobStore } from "@geartrain/ports"
import { isEnded, type JobId, type JobRecord } from "@geartrain/spec"
import { delay, monotonicMs } from "../../../system/clock.ts"
import type { Command } from "../../command.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

/** The gear has ten seconds to end by itself, and its outputs are collected then; after that the job is simply left to it. */
const PATIENCE_MS = 60_000
const POLL_MS = 100

export const cancelCommand: Command = {
  name: "cancel",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", many: true, complete: "job" }],
  flags: { "no-wait": { type: "switch", says: "Do not wait until the job has ended" }, ...SERVER_FLAG },
  examples: [
    {
      command: "gear cancel 0123456789ab",
      says: "Stop a job: it gets SIGTERM, then SIGKILL, and its record says that it was cancelled",
    },
    { command: "gear cancel $(gear ps -q)", says: "Stop all jobs" },
  ],
  exits: "answer",
  exitNotes: { 5: "a job had ended already, by itself" },
  run: async (context, given) => {
    if (given.has("server")) return (await import("../../server/cancel-jobs.ts")).cancelServerJobs(context, given)
    const { settings, reply } = context
    const [{ openEngine }, { cancelJob }, { resolveJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/cancel-job.ts"),
      import("../../../engine/life/resolve-job.ts"),
    ])
    const engine = await openEngine(settings(), { write: true })
    try {
      const records: JobRecord[] = []
      for (const word of given.words) records.push(await resolveJob(word, engine))
      const ended: JobRecord[] = []
      for (const { id } of records) {
        const isAsked = (await cancelJob(id, engine)) === "asked"
        const record = isAsked && !given.has("no-wait") ? await waitForEnd(id, engine.jobs) : await engine.jobs.get(id)
        if (record === undefined) continue
        ended.push(record)
        reply.print(`${reply.id(id)}  ${isAsked && !isEnded(record.state) ? "asked to end" : record.state}`)
      }
      const late = ended.filter((record) => record.state === "complete" || record.state === "failed")
      const data = ended.map(({ id, state }) => ({ id, state }))
      return late.length === 0 ? { data } : { data, exitCode: EXIT_CODES.PRECONDITION, error: notCancelled(late) }
    } finally {
      await engine.close()
    }
  },
}

async function waitForEnd(id: JobId, jobs: JobStore): Promise<JobRecord | undefined> {
  const start = monotonicMs()
  for (;;) {
    const record = await jobs.get(id)
    if (record === undefined || isEnded(record.state) || monotonicMs() - start > PATIENCE_MS) return record
    await delay(POLL_MS)
  }
}

function notCancelled(late: readonly JobRecord[]) {
  return {
    code: "NOT_CANCELLED",
    message: `${late.map((record) => record.id).join(", ")} had ended already`,
    fix: `gear show ${late[0]?.id}`,
    docs: "gear help NOT_CANCELLED",
    culprit: "user",
    retryable: false,
  }
}
