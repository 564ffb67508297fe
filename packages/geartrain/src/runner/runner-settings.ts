/** How a runner was started. */
export interface RunnerSettings {
  readonly name: string
  readonly slots: number
  readonly labels: Readonly<Record<string, string>>
  /** How many bytes of inputs are kept for later jobs. */
  readonly cacheBytes: number
  /** How many bytes of gears are kept for later jobs. */
  readonly gearBytes: number
  /** Ends when it has had no job for so long. */
  readonly idleExitMs?: number
  /** Takes jobs once, and ends when they have. */
  readonly once?: boolean
}

/** What ends a runner. */
export interface RunnerSignals {
  /** Aborted: takes no more jobs, and ends when those that it has are finished. */
  readonly drain: AbortSignal
  /** Aborted: kills what it has, gives it back, and ends. */
  readonly release: AbortSignal
}
