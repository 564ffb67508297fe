import type { GearId, JobPhase } from "@geartrain/spec"
import type { AttemptName, ClaimedJob, FinishRequest } from "@geartrain/spec/server"
import { nowMs } from "../../system/clock.ts"

/**
 * Why an attempt does not come to its own end.
 *
 * `cancel`: somebody wants the job cancelled; it is finished as that. `stale`: it is, or may be, somebody else's by now; nothing more is said of
 * it. `release`: the runner ends, and gives it back.
 */
export type Ending = "cancel" | "release" | "stale"

/** Each may follow those before it. */
const ORDER: readonly Ending[] = ["cancel", "release", "stale"]

export function keyOf({ job, attempt }: AttemptName): string {
  return `${job}-${attempt}`
}

/** An attempt that this runner answers for, from its claim until the server has its result. */
export class RunningAttempt {
  readonly name: AttemptName
  readonly key: string
  /** Absent when the gear has ended: its result is only to be told. */
  readonly gear: GearId | undefined
  /** Milliseconds since 1970. */
  readonly sinceMs = nowMs()
  /** Told with each heartbeat. */
  phase: JobPhase = "preparing"
  /** What the server has taken of its end; undefined when it was not told, or wanted to hear no more. */
  report: FinishRequest | undefined
  readonly #cancel = new AbortController()
  readonly #kill = new AbortController()
  #ending: Ending | undefined

  constructor(claimed: Pick<ClaimedJob, "job" | "attempt"> & { readonly gear?: Pick<ClaimedJob["gear"], "id"> }) {
    this.name = { job: claimed.job, attempt: claimed.attempt }
    this.key = keyOf(claimed)
    this.gear = claimed.gear?.id
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Aborted: the gear is asked to end. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal
  }

  /** Aborted: the gear is killed, and what is fetched or sent for it is given up. */
  get killed(): AbortSignal {
    return this.#kill.signal
  }

  end(ending: Ending): void {
    if (this.#ending !== undefined && ORDER.indexOf(ending) <= ORDER.indexOf(this.#ending)) return
    this.#ending = ending
    this.#cancel.abort()
    if (ending !== "cancel") this.#kill.abort()
  }
}
