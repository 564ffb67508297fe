import { GeartrainError } from "@geartrain/spec"
import type { RuleSchedule } from "@geartrain/spec/rules"
import { Cron } from "croner"

/**
 * When a schedule comes next after a time.
 *
 * @returns null for one that never comes again.
 * @throws {GeartrainError} RULE_INVALID for what is no schedule.
 * @example
 *   nextTime({ cron: "0 3 * * *", timeZone: "Europe/Zurich" }, Date.UTC(2026, 0, 1)) // => 1767232800000
 */
export function nextTime(schedule: RuleSchedule, afterMs: number): number | null {
  try {
    const cron = new Cron(schedule.cron, { timezone: schedule.timeZone ?? "UTC", paused: true })
    const [first, second] = cron.nextRuns(2, new Date(afterMs))
    if (first !== undefined && second !== undefined && second.getTime() - first.getTime() < LEAST_BETWEEN_MS) {
      throw new RangeError("it comes more often than once a minute")
    }
    return first?.getTime() ?? null
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new GeartrainError(
      "RULE_INVALID",
      `Cannot take schedule "${schedule.cron}" in time zone ${schedule.timeZone ?? "UTC"}: ${problem}`,
      {
        hint: "Write for example cron: 0 3 * * *, timeZone: Europe/Zurich",
        cause: error,
      },
    )
  }
}

const LEAST_BETWEEN_MS = 60_000
