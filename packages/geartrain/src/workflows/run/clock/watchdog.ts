import type { RunClock } from "./run-clock.ts"

/** After so long without an event, people want to know what is waited for. */
const QUIET_MS = 60_000

/** Says what a run waits for whenever nothing has happened in it for long. */
export class Watchdog {
  readonly #clock: RunClock
  readonly #tell: () => void
  #stop: (() => void) | undefined
  #isTouched = false

  /** @param tell  Called each time; is not called any more after `end`. */
  constructor(clock: RunClock, tell: () => void) {
    this.#clock = clock
    this.#tell = tell
    this.#arm()
  }

  /** Something has happened. */
  touch(): void {
    this.#isTouched = true
  }

  end(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  // One timer at a time: a run has thousands of events, and most of them are soon followed by another.
  #arm(): void {
    this.#isTouched = false
    this.#stop = this.#clock.after(QUIET_MS, () => {
      if (!this.#isTouched) this.#tell()
      if (this.#stop !== undefined) this.#arm()
    })
  }
}
