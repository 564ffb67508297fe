/** What a traced process did with a path or an address. */
export type TraceAction = "read" | "write" | "execute" | "look" | "connect"

export interface TraceEvent {
  readonly action: TraceAction
  /** Absolute path in the box, or `address:port`. */
  readonly subject: string
  /** Whether the attempt succeeded. A file that was looked for and is not there is telling too. */
  readonly succeeded: boolean
}

export interface TracerCapabilities {
  readonly actions: readonly TraceAction[]
  /** Attempts that failed are seen too. */
  readonly failures: boolean
}

/**
 * What a tracer adds to a box: mounts and words before the command inside of it, and words before the provider's own program outside of it
 * (`Box.around`). The record it writes is out of the gear's reach.
 */
export interface TracePlan {
  readonly mounts: readonly {
    readonly source: string
    readonly target: string
    readonly access: "read-only" | "read-write"
  }[]
  readonly prefix: readonly string[]
  readonly around: readonly string[]
}

/**
 * Watches a command: what it read, wrote, executed and tried to reach.
 *
 * A tracer changes nothing about the result. It is asked for a plan, the command is run with that plan, and then its record is read.
 * What each method promises is written as laws in `laws/tracer.ts`.
 */
export interface Tracer {
  readonly name: string
  readonly capabilities: TracerCapabilities
  /** @param folder  An empty folder on the host, for the tracer's own files. */
  plan(folder: string): Promise<TracePlan>
  /**
   * Reads what was seen, in the order in which it happened, each event as often as it happened.
   *
   * @throws {GeartrainError} TRACE_UNREADABLE when the record is missing, cut short or not the tracer's.
   */
  events(folder: string): AsyncIterable<TraceEvent>
}
