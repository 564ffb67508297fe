import { nowIso } from "../../../system/clock.ts"

/** Time as a run knows it, so that a test need not wait. */
export interface RunClock {
  /** ISO 8601, UTC. */
  now(): string
  /** Calls once, later; what it answers takes that back. */
  after(ms: number, call: () => void): () => void
}

/** The machine's own. Waiting keeps no program alive. */
export const MACHINE_CLOCK: RunClock = {
  now: nowIso,
  after: (ms, call) => {
    const timer = setTimeout(call, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
