import type { TraceAction, TraceEvent } from "@geartrain/ports"
import { comparePaths } from "@geartrain/spec"

/** What a job did to one name or address, however often. */
export interface SeenSubject {
  readonly subject: string
  readonly actions: readonly TraceAction[]
  /** Some attempt of it did not fail. */
  readonly succeeded: boolean
}

/** A gear may look for names without end. */
const MOST_SUBJECTS = 200_000

interface Seen {
  readonly actions: Set<TraceAction>
  succeeded: boolean
}

/** What a job did, each name and address once. */
export class TraceSummary {
  readonly #seen = new Map<string, Seen>()
  #left = 0

  /** Adds what happened. Bound, so that it can be handed over as it is. */
  readonly event = ({ action, subject, succeeded }: TraceEvent): void => {
    const key = action === "connect" ? `:${subject}` : subject
    let seen = this.#seen.get(key)
    if (seen === undefined) {
      if (this.#seen.size >= MOST_SUBJECTS) {
        this.#left += 1
        return
      }
      seen = { actions: new Set(), succeeded: false }
      this.#seen.set(key, seen)
    }
    // What succeeded says what was done; what failed alone, what was wanted.
    if (succeeded && !seen.succeeded) seen.actions.clear()
    if (succeeded || !seen.succeeded) seen.actions.add(action)
    seen.succeeded ||= succeeded
  }

  /** Events that were not kept, since there were too many names. */
  get left(): number {
    return this.#left
  }

  /** In the order of their names. */
  subjects(): readonly SeenSubject[] {
    return [...this.#seen]
      .map(([key, { actions, succeeded }]) => ({
        subject: key.startsWith(":") ? key.slice(1) : key,
        actions: [...actions].toSorted(),
        succeeded,
      }))
      .toSorted((a, b) => comparePaths(a.subject, b.subject))
  }
}
