import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { delay, monotonicMs } from "../../system/clock.ts"
import { randomFraction } from "../../system/random.ts"

export interface RetryOptions {
  readonly signal?: AbortSignal
  /** How long to go on trying. Default: for ever. */
  readonly forMs?: number
  readonly onFailure?: (error: unknown, waitMs: number) => void
}

const FIRST_WAIT_MS = 500
const MOST_WAIT_MS = 30_000

/**
 * Asks until there is an answer: after every failure that may pass, a longer and random wait, so that a thousand runners do not come back at
 * once.
 *
 * @throws what `ask` threw, when asking again cannot help, or `forMs` is over; the signal's reason.
 */
export async function untilAnswered<Answer>(ask: () => Promise<Answer>, options: RetryOptions = {}): Promise<Answer> {
  const startMs = monotonicMs()
  for (let failures = 0; ; failures++) {
    options.signal?.throwIfAborted()
    try {
      return await ask()
    } catch (error) {
      if (!mayPass(error) || monotonicMs() - startMs >= (options.forMs ?? Number.POSITIVE_INFINITY)) throw error
      const waitMs = waitAfter(failures, error)
      options.onFailure?.(error, waitMs)
      await delay(waitMs, options.signal)
    }
  }
}

/** Whether the same question can have another answer some time later. */
export function mayPass(error: unknown): boolean {
  return isGeartrainError(error) && (error.retry === "later" || error.details["retryAfterMs"] !== undefined)
}

/**
 * @returns milliseconds: anything up to twice as much after each failure, and no less than the server asked for.
 */
export function waitAfter(failures: number, error?: unknown): number {
  const asked = error instanceof GeartrainError ? Number(error.details["retryAfterMs"] ?? 0) : 0
  const most = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 16), MOST_WAIT_MS)
  return Math.max(Math.min(asked, MOST_WAIT_MS), randomFraction() * most)
}
