/** Of several waits one after the other, the first. */
export const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5_000

/**
 * How long the next wait is: twice as long each time, but never longer than five seconds.
 *
 * @example
 *   longerWait(200) // => 400
 *   longerWait(4000) // => 5000
 */
export function longerWait(ms: number): number {
  return Math.min(2 * ms, LONGEST_WAIT_MS)
}

/** @throws The signal's reason, as soon as there is one. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, ms)
    signal?.addEventListener("abort", stop, { once: true })
    if (signal?.aborted === true) stop()
  })
}
