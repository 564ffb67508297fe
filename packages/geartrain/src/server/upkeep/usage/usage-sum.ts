import type { Limits, Usage } from "@geartrain/spec"

/** An attempt that has ended: what it was given, and what it took. */
export interface EndedAttempt {
  /** From its start to its end, as the server saw it. */
  readonly elapsedMs: number
  /** Absent: nobody could measure it, as of one whose runner vanished. */
  readonly usage: Usage | undefined
  readonly asked: Limits & { readonly cpus?: number }
}

/** Sums over attempts. */
export interface UsageSum {
  readonly attempts: number
  readonly wallMs: number
  readonly cpuMs: number
  /** What it would have been, had every processor that was asked for been busy: beside `cpuMs` it tells how much was asked for in vain. */
  readonly askedCpuMs: number
  /** Bytes of memory times milliseconds, of those that asked for an amount and could be measured. */
  readonly askedMemoryByteMs: number
  readonly peakMemoryByteMs: number
  /** Attempts that nobody could measure. */
  readonly unmeasured: number
}

export const NO_USAGE: UsageSum = {
  attempts: 0,
  wallMs: 0,
  cpuMs: 0,
  askedCpuMs: 0,
  askedMemoryByteMs: 0,
  peakMemoryByteMs: 0,
  unmeasured: 0,
}

/**
 * Adds one attempt.
 *
 * @example
 *   const usage = { wallMs: 1000, cpuMs: 500, method: "cgroup" } as const
 *   addAttempt(NO_USAGE, { elapsedMs: 1200, usage, asked: { cpus: 2 } }).askedCpuMs // => 2000
 */
export function addAttempt(sum: UsageSum, { elapsedMs, usage, asked }: EndedAttempt): UsageSum {
  const wallMs = usage?.wallMs ?? elapsedMs
  const cores = asked.cpus ?? asked.cpuCores ?? 1
  const isWeighed = asked.memoryBytes !== undefined && usage?.peakMemoryBytes !== undefined
  return {
    attempts: sum.attempts + 1,
    wallMs: sum.wallMs + wallMs,
    cpuMs: sum.cpuMs + (usage?.cpuMs ?? 0),
    askedCpuMs: sum.askedCpuMs + cores * wallMs,
    askedMemoryByteMs: sum.askedMemoryByteMs + (isWeighed ? (asked.memoryBytes ?? 0) * wallMs : 0),
    peakMemoryByteMs: sum.peakMemoryByteMs + (isWeighed ? (usage?.peakMemoryBytes ?? 0) * wallMs : 0),
    unmeasured: sum.unmeasured + (usage?.cpuMs === undefined ? 1 : 0),
  }
}
