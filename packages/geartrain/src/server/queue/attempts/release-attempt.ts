import type { FinishReply } from "@geartrain/spec/server"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needRunner } from "../runners/need-runner.ts"
import { lockJob } from "../states/lock-job.ts"
import { loseAttempt } from "./end-attempt.ts"
import { attemptStale, type HeldAttempt, needAttempt } from "./need-attempt.ts"

/**
 * Takes a job back from a runner that cannot go on with it, to be tried again at once. That is one try more, and does not count as one that was
 * lost. The same again changes nothing.
 *
 * @throws {GeartrainError} RUNNER_NOT_FOUND, ATTEMPT_STALE
 */
export async function releaseAttempt(
  ports: QueuePorts,
  caller: Caller,
  release: HeldAttempt & { readonly reason: string },
): Promise<FinishReply> {
  await needRunner(ports.database.read, caller, release.runner)
  return ports.database.write(async (write) => {
    const job = await lockJob(ports, write, release.job)
    const attempt = await needAttempt(write.sql, release)
    const { job: id, attempt: n } = release
    if (job === undefined) throw attemptStale(release)
    if (attempt.state === "released") return { job: id, attempt: n, state: endOf(job.state) }
    if (job.state !== "running" || job.attempt !== n) throw attemptStale(release)
    const message = `its runner gave it back: ${release.reason}`
    const lost = { state: "released", reason: "RUNNER_LOST", culprit: "platform", message } as const
    const now = await loseAttempt(ports, write, { ...lost, job, isFree: attempt.log_chunks === 0 })
    if (now === undefined) throw attemptStale(release)
    return { job: id, attempt: n, state: endOf(now.state) }
  })
}

function endOf(state: string): FinishReply["state"] {
  return state === "complete" || state === "failed" || state === "cancelled" ? state : "pending"
}
