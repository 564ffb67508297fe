import { delay } from "../../system/clock.ts"

/** Something that a server has to do again and again. */
export interface UpkeepTick {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<unknown>
}

/**
 * Keeps doing things until `signal` is aborted, each in its own time and one run of it after the other. What fails is told, and done again the
 * next time: a database that was away is one that comes back.
 */
export async function keepTicking(
  ticks: readonly UpkeepTick[],
  options: { readonly signal: AbortSignal; readonly report: (name: string, error: unknown) => void },
): Promise<void> {
  const { signal, report } = options
  await Promise.all(
    ticks.map(async ({ name, everyMs, run }) => {
      while (!signal.aborted) {
        await run().catch((error: unknown) => report(name, error))
        await delay(everyMs, signal).catch(() => undefined)
      }
    }),
  )
}
