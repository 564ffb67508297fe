import type { Box, BoxExit, Container, Provider } from "@geartrain/ports"
import type { Limits } from "@geartrain/spec"
import { delay, monotonicMs } from "../../system/clock.ts"
import type { RunJobOptions } from "../job-request.ts"
import type { LogBook } from "../log/log-book.ts"
import type { Ended } from "./explain-failure.ts"
import { watchLimits } from "./watch-limits.ts"

/** How a gear's process went. */
export interface Execution {
  readonly exit: BoxExit
  readonly endedBy?: Ended
  readonly wallMs: number
  /** Resolves when the provider has removed what it had made of the box: nothing else has to wait for that. */
  readonly released: Promise<void>
}

/** As long as `docker stop` waits: time for a tool to remove its own temporary files. */
const GRACE_MS = 10_000

/**
 * Runs the box to its end: streams its output to the log and the caller, holds it to its limits, and stops it when the caller cancels.
 *
 * No process of the gear is left when this resolves or rejects.
 */
export async function executeJob(
  provider: Provider,
  job: { readonly box: Box; readonly base: string; readonly limits: Limits; readonly log: LogBook },
  options: RunJobOptions,
): Promise<Execution> {
  const start = monotonicMs()
  const container = await provider.start(job.box)
  const ended = new AbortController()
  try {
    const [exit, endedBy] = await Promise.all([
      container.wait().finally(() => ended.abort()),
      stopWhenNeeded(container, job, { ...options, ended: ended.signal }),
      pump(container, "stdout", { log: job.log, ...options }),
      pump(container, "stderr", { log: job.log, ...options }),
      tellProgress({ container, startMs: start }, options, ended.signal),
    ])
    const wallMs = monotonicMs() - start
    const released = container.delete()
    // Who waits for it gets the error, some time later.
    released.catch(() => undefined)
    return { exit, ...(endedBy === undefined ? {} : { endedBy }), wallMs, released }
  } catch (error) {
    ended.abort()
    await container.delete()
    throw error
  }
}

async function pump(
  container: Container,
  stream: "stdout" | "stderr",
  to: Pick<RunJobOptions, "onEvent"> & { readonly log: LogBook },
): Promise<void> {
  const fd = stream === "stdout" ? 1 : 2
  for await (const bytes of container[stream]) {
    await Promise.all([to.onEvent?.({ type: "output", stream, bytes }), to.log.write(fd, bytes)])
  }
}

interface StopSignals {
  readonly signal?: AbortSignal
  readonly force?: AbortSignal
  readonly ended: AbortSignal
}

/** Waits for the first of: the gear's own end, an overrun limit, the caller's wish; and ends the gear for the last two. */
async function stopWhenNeeded(
  container: Container,
  watched: { readonly base: string; readonly limits: Limits },
  signals: StopSignals,
): Promise<Ended | undefined> {
  const watching = new AbortController()
  const watch = AbortSignal.any([signals.ended, watching.signal])
  try {
    const endedBy = await Promise.race([watchLimits(watched, watch), whenCancelled(signals, watch)])
    if (endedBy !== undefined) await stop(container, signals)
    return endedBy
  } finally {
    watching.abort()
  }
}

async function whenCancelled(signals: StopSignals, ended: AbortSignal): Promise<Ended | undefined> {
  const wishes = [signals.signal, signals.force].filter((signal) => signal !== undefined)
  const cancelled = AbortSignal.any(wishes)
  await aborted(AbortSignal.any([cancelled, ended]))
  return cancelled.aborted ? "cancelled" : undefined
}

/** Asks the gear to end, and ends it when it does not, or when the caller will not wait. */
async function stop(container: Container, signals: StopSignals): Promise<void> {
  if (signals.force?.aborted !== true) {
    await container.kill("SIGTERM")
    const enough = signals.force === undefined ? signals.ended : AbortSignal.any([signals.ended, signals.force])
    // Rejects when there is nothing to wait for any more.
    await delay(GRACE_MS, enough).catch(() => undefined)
    if (signals.ended.aborted) return
  }
  await container.kill("SIGKILL")
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
}

async function tellProgress(
  running: { readonly container: Container; readonly startMs: number },
  options: RunJobOptions,
  ended: AbortSignal,
): Promise<void> {
  if (options.onEvent === undefined) return
  try {
    for (;;) {
      await delay(1000, ended)
      const memoryBytes = running.container.memoryBytes?.()
      await options.onEvent({
        type: "progress",
        runMs: monotonicMs() - running.startMs,
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
      })
    }
  } catch (error) {
    // When the gear ends, so does the telling.
    if (!ended.aborted) throw error
  }
}
