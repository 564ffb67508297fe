import { isGeartrainError } from "@geartrain/spec"
import type { HeartbeatReply, RunnerRest } from "@geartrain/spec/server"
import { delay, monotonicMs } from "../../system/clock.ts"
import { keyOf, type RunningAttempt } from "../attempt/running-attempt.ts"
import type { LeaseBook } from "../lease/lease-book.ts"
import type { RunnerPorts } from "../runner-ports.ts"
import { waitAfter } from "../server/retry.ts"

export interface HeartbeatPorts extends Pick<RunnerPorts, "server" | "tell"> {
  readonly attempts: ReadonlyMap<string, RunningAttempt>
  readonly leases: LeaseBook
  /** The runner, as the server knows it now. */
  readonly runner: () => {
    readonly id: string
    readonly heartbeatMs: number
    readonly free: number
    readonly draining: boolean
    readonly rest?: RunnerRest
  }
  readonly onDrain: (drain: boolean) => void
  /** The server does not know this runner, or its token, any more. */
  readonly onRefused: (error: unknown) => void
}

/** Whoever cancels a job waits for a heartbeat's answer: with a long lease, they would wait for long. */
const CANCEL_MS = 3000
/** How often it is looked whether a lease has run out. */
const LOOK_MS = 250

/**
 * Tells the server that the runner is there, and kills what it could not renew in time.
 *
 * It runs beside the work and waits for none of it: gears are processes of their own, and everything that the runner does with their bytes is
 * done piece by piece or by other programs, so that this loop is late by milliseconds. Where it is late all the same (the machine was suspended,
 * the process stopped), the leases are looked at first of all, before anything is said.
 */
export async function keepHeartbeats(ports: HeartbeatPorts, signal: AbortSignal): Promise<void> {
  let nextMs = monotonicMs()
  let failures = 0
  let beating = false
  while (!signal.aborted) {
    endLost(ports)
    const { heartbeatMs } = ports.runner()
    if (!beating && monotonicMs() >= nextMs) {
      beating = true
      // Not waited for: a server that does not answer must not keep us from looking at the leases.
      beat(ports, signal)
        .then(
          () => {
            failures = 0
            nextMs = monotonicMs() + (ports.attempts.size > 0 ? Math.min(heartbeatMs, CANCEL_MS) : heartbeatMs)
          },
          (error: unknown) => {
            if (signal.aborted) return
            nextMs = monotonicMs() + Math.min(waitAfter(failures++, error), heartbeatMs)
            if (isGeartrainError(error) && error.fault === "user" && error.retry === "never") ports.onRefused(error)
            else ports.tell(`heartbeat failed: ${error instanceof Error ? error.message : String(error)}`)
          },
        )
        .finally(() => {
          beating = false
        })
    }
    await delay(Math.min(LOOK_MS, heartbeatMs / 4), signal).catch(() => undefined)
  }
}

/** A result that is complete may still be told: if it is somebody else's by now, the server says so. A gear that runs is killed. */
function endLost({ leases, attempts, tell }: HeartbeatPorts): void {
  for (const key of leases.lost(monotonicMs())) {
    const running = attempts.get(key)
    if (running === undefined || running.phase === "collecting" || running.ending === "stale") continue
    tell(`killing job ${running.name.job}: its lease could not be renewed`, { ...running.name })
    running.end("stale")
  }
}

async function beat(ports: HeartbeatPorts, signal: AbortSignal): Promise<void> {
  const { id, heartbeatMs, ...offer } = ports.runner()
  const jobs = [...ports.attempts.values()].map(({ name, phase }) => ({ ...name, phase }))
  const askedMs = monotonicMs()
  const patience = AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)])
  const reply = await ports.server.heartbeat(id, { jobs, ...offer }, { signal: patience })
  obey(reply, askedMs, ports)
}

function obey(reply: HeartbeatReply, askedMs: number, { attempts, leases, onDrain }: HeartbeatPorts): void {
  for (const { verdict, ...name } of reply.jobs) {
    const running = attempts.get(keyOf(name))
    if (running === undefined) continue
    if (verdict === "stale") running.end("stale")
    else leases.renew(running.key, reply.leaseMs, askedMs)
    if (verdict === "cancel") running.end("cancel")
  }
  onDrain(reply.drain)
}
