import type { ClaimReply, ClaimRequest } from "@geartrain/spec/server"
import type { Caller } from "../../people/caller.ts"
import { loseAttempt } from "../attempts/end-attempt.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needRunner } from "../runners/need-runner.ts"
import { NO_REST } from "../runners/say-hello.ts"
import { lockJob } from "../states/lock-job.ts"
import { claimJobs, type StartedJob } from "./claim-jobs.ts"
import { describeClaim } from "./describe-claim.ts"

/**
 * Gives a runner jobs as soon as there are some, or none when it has waited long enough.
 *
 * @param signal  Aborted when nobody waits any more: then nothing is claimed for it.
 * @throws {GeartrainError} RUNNER_NOT_FOUND
 */
export async function waitForClaim(
  ports: QueuePorts,
  caller: Caller,
  asked: ClaimRequest & { readonly runner: string; readonly signal: AbortSignal },
): Promise<ClaimReply> {
  const runner = await needRunner(ports.database.read, caller, asked.runner)
  await ports.database.write((write) =>
    write.sql
      .updateTable("runners")
      .set({ seen_ms: ports.now(), free: asked.free, ...NO_REST })
      .where("id", "=", runner.id)
      .execute(),
  )
  const untilMs = ports.now() + asked.waitMs
  while (!asked.signal.aborted) {
    const leftMs = untilMs - ports.now()
    const looked = new AbortController()
    // Before looking, so that nothing falls in between.
    const woken = ports.database.signals.wait(["queue"], {
      timeoutMs: Math.max(0, leftMs),
      signal: AbortSignal.any([asked.signal, looked.signal]),
    })
    const started = await claimJobs(ports, runner.id, asked.free).catch((error: unknown) => {
      looked.abort()
      throw error
    })
    if (started.length > 0 || leftMs <= 0) {
      looked.abort()
      if (asked.signal.aborted) await giveBack(ports, started)
      return { jobs: await Promise.all(started.map((job) => describeClaim(ports, job))) }
    }
    await woken
  }
  return { jobs: [] }
}

/** Nobody hears the answer: the jobs would wait for their leases to end. */
async function giveBack(ports: QueuePorts, started: readonly StartedJob[]): Promise<void> {
  for (const { row } of started) {
    await ports.database.write(async (write) => {
      const job = await lockJob(ports, write, row.id)
      if (job === undefined || job.state !== "running" || job.attempt !== row.attempt) return
      const message = "its runner was gone before it heard of the job"
      const lost = { state: "released", reason: "RUNNER_LOST", culprit: "platform", message } as const
      await loseAttempt(ports, write, { ...lost, job, isFree: true })
    })
  }
}
