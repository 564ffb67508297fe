import { delay } from "../../../system/clock.ts"
import { EVENTS_TOPIC } from "../../database/events/server-event.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { stepEvents } from "./step-events.ts"
import { beginScheduled, nextScheduleMs, stepSweeps } from "./sweeps.ts"

/** Without a signal rules look again after so long: a line to the database that was cut says nothing. */
const LONGEST_WAIT_MS = 60_000
/** After an error: a database that does not answer is not asked more often. */
const PAUSE_MS = 2_000

/**
 * Lets the rules follow what happens, until `signal` is aborted. Several servers may do so at once.
 *
 * @param options.report  Told of what stopped a step: it is tried again.
 */
export async function runRules(
  ports: RulesPorts,
  options: { readonly signal: AbortSignal; readonly report: (error: unknown) => void },
): Promise<void> {
  const { signal, report } = options
  while (!signal.aborted) {
    try {
      if (await stepRules(ports)) continue
      // Asked for before looking once more, so that nothing falls in between.
      const enough = new AbortController()
      const timeoutMs = await waitMs(ports)
      const until = AbortSignal.any([signal, enough.signal])
      const woken = ports.database.signals.wait([EVENTS_TOPIC], { timeoutMs, signal: until })
      if (await stepRules(ports)) enough.abort()
      await woken
    } catch (error) {
      if (signal.aborted) return
      report(error)
      await delay(PAUSE_MS, signal).catch(() => {
        // Aborted: the loop ends.
      })
    }
  }
}

/** One step of all that rules have to do. @returns Whether there may be more. */
export async function stepRules(ports: RulesPorts): Promise<boolean> {
  await beginScheduled(ports)
  const events = await stepEvents(ports)
  // In turns: a long sweep holds up nobody's new files.
  const sweeps = await stepSweeps(ports)
  return events || sweeps
}

async function waitMs(ports: RulesPorts): Promise<number> {
  const next = await nextScheduleMs(ports)
  return next === undefined ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, Math.max(0, next - ports.now()))
}
