import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { isOfTheLine, persist } from "../../../archive/transfer/persist.ts"

/**
 * Does what a run asks of its server for as long as the run goes on: a server that is away is waited for. What is done has to come to the same when
 * it is done twice.
 *
 * @throws {GeartrainError} INTERRUPTED when the signal is aborted meanwhile, and what the server refuses.
 */
export type Patience = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

/** @param tell  Told once each time that the server goes away, why; and when it is back. */
export function openPatience(tell: (says: string) => void): Patience {
  let isAway = false
  return async (work, signal) => {
    const watched = async () => {
      try {
        const result = await work()
        if (isAway) tell("the server is back")
        isAway = false
        return result
      } catch (error) {
        if (!signal.aborted && !isAway && isOfTheLine(error)) {
          isAway = true
          tell(`${error instanceof Error ? error.message : String(error)}; the run waits for it`)
        }
        throw error
      }
    }
    try {
      return await persist(watched, { signal, patienceMs: Number.POSITIVE_INFINITY })
    } catch (error) {
      throw signal.aborted && !isGeartrainError(error) ? interrupted(error) : error
    }
  }
}

export function interrupted(cause?: unknown): GeartrainError<"INTERRUPTED"> {
  return new GeartrainError("INTERRUPTED", "Cannot wait for the server: the run was interrupted", {
    hint: "Go on with it later: gear workflow resume RUN",
    ...(cause === undefined ? {} : { cause }),
  })
}
