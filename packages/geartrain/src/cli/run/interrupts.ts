import { GeartrainError, isGeartrainError } from "@geartrain/spec"

/** What the signals that end a program do to a running job: the first cancels it, the second does so without waiting. */
export interface Interrupts {
  readonly signal: AbortSignal
  readonly force: AbortSignal
  /** 128 + the number of the first signal, once there was one. */
  exitCode(): number | undefined
  /** What to throw for an error that came of a signal, where no record tells of it. Without a signal, the error itself. */
  explain(error: unknown): unknown
  /** Gives the signals back to what they do without us. */
  end(): void
}

/** @see signal(7); a terminal that goes away sends SIGHUP, `gear cancel` and most schedulers send SIGTERM. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * Does something that the user may interrupt, where no record tells of it.
 *
 * @param onFirst  Called at the first signal, to tell the user.
 * @throws {GeartrainError} INTERRUPTED when it ended for a signal.
 */
export async function interruptible<Result>(
  onFirst: () => void,
  work: (interrupts: Interrupts) => Promise<Result>,
): Promise<Result> {
  const interrupts = watchInterrupts(onFirst)
  try {
    return await work(interrupts)
  } catch (error) {
    throw interrupts.explain(error)
  } finally {
    interrupts.end()
  }
}

/** @param onFirst  Called at the first signal, to tell the user. */
export function watchInterrupts(onFirst: (name: keyof typeof EXIT_CODES) => void): Interrupts {
  const cancel = new AbortController()
  const force = new AbortController()
  let code: number | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    if (code !== undefined) {
      force.abort()
      return
    }
    const known = name as keyof typeof EXIT_CODES
    code = EXIT_CODES[known]
    cancel.abort()
    onFirst(known)
  }
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
  for (const name of names) process.on(name, onSignal)
  return {
    signal: cancel.signal,
    force: force.signal,
    exitCode: () => code,
    explain: (error) => (code === undefined || isOtherFault(error) ? error : interrupted(code, error)),
    end: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}

/** A re-run that was cancelled is one that could not be carried out; whatever else has a code came of something else. */
function isOtherFault(error: unknown): boolean {
  return isGeartrainError(error) && !isGeartrainError(error, "JOB_NOT_REPLAYABLE")
}

function interrupted(exitCode: number, cause: unknown): GeartrainError<"INTERRUPTED"> {
  return new GeartrainError("INTERRUPTED", "Cannot finish: it was interrupted", {
    details: { exitCode },
    hint: "Run it again",
    cause,
  })
}
