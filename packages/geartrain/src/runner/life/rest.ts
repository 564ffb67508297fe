import type { FinishRequest, RunnerRest } from "@geartrain/spec/server"

/** After the first failure; each further one in a row doubles it. */
const FIRST_MS = { full: 60_000, other: 1000 }
const LONGEST_MS = { full: 600_000, other: 60_000 }

/**
 * How long a runner leaves jobs to others after its own machine has failed some: a full disk or a broken provider would otherwise fail every job
 * of a queue, one after the other, in seconds. One job that does not fail by the machine ends it.
 */
export class Rest {
  #inARow = 0
  #untilMs = 0
  #why = ""

  /**
   * Takes note of how an attempt ended.
   *
   * @param nowMs  On a clock that only goes forward.
   * @returns how long no jobs are to be taken from now on; 0 for no rest.
   */
  note({ state, culprit, reason }: Pick<FinishRequest, "state" | "culprit" | "reason">, nowMs: number): number {
    if (state === "cancelled") return 0
    if (state !== "failed" || culprit !== "platform") {
      this.#inARow = 0
      return 0
    }
    const kind = reason === "DISK_FULL" ? "full" : "other"
    const restMs = Math.min(LONGEST_MS[kind], FIRST_MS[kind] * 2 ** Math.min(this.#inARow, 10))
    this.#inARow += 1
    if (nowMs + restMs >= this.#untilMs) this.#why = reason ?? "PLATFORM_FAILED"
    this.#untilMs = Math.max(this.#untilMs, nowMs + restMs)
    return restMs
  }

  /** As it is told to the server; undefined while there is none. */
  told(nowMs: number): RunnerRest | undefined {
    const leftMs = this.leftMs(nowMs)
    return leftMs === 0 ? undefined : { leftMs: Math.ceil(leftMs), why: this.#why }
  }

  /** What is left of it, in milliseconds; 0 for nothing. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs)
  }
}
