import type { OutcomeCounts, RunStatistics, Spread, StepStatistics } from "../../workflows/report/run-statistics.ts"
import { formatDuration, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { type Column, textTable } from "../output/text-table.ts"

/** The statistics of a run for people: what came of how many, where the time went, and each step. */
export function statisticsLines(statistics: RunStatistics): readonly string[] {
  const { wallMs, cumulativeMs, cumulativeGearMs, cpuMs, badputMs, savedMs, readBytes, writtenBytes } = statistics
  const figures: readonly (readonly [string, string])[] = [
    ["Wall time", wallMs === undefined ? "not ended" : formatDuration(wallMs)],
    ["Cumulative job time", formatDuration(cumulativeMs)],
    ["  of the gears themselves", formatDuration(cumulativeGearMs)],
    ["  of processors", formatDuration(cpuMs)],
    ["Badput (tries that failed)", formatDuration(badputMs)],
    ["Saved by reuse", formatDuration(savedMs)],
    ["Read, written", `${formatSize(readBytes)}, ${formatSize(writtenBytes)}`],
    ...(statistics.freedBytes === 0 ? [] : [["Freed", formatSize(statistics.freedBytes)] as const]),
  ]
  return [
    ...textTable(COUNT_COLUMNS, [countRow("steps", statistics.steps), countRow("jobs", statistics.jobs)]),
    "",
    ...textTable([{ title: "" }, { title: "", align: "right" }], figures),
    "",
    ...textTable(STEP_COLUMNS, statistics.perStep.map(stepRow)),
  ]
}

function right(title: string): Column {
  return { title, align: "right" }
}

const COUNT_COLUMNS: readonly Column[] = [
  { title: "TYPE" },
  ...["SUCCEEDED", "REUSED", "FAILED", "INCOMPLETE", "SKIPPED", "TOTAL", "RETRIES"].map(right),
]

function countRow(type: string, counts: OutcomeCounts): readonly string[] {
  const { succeeded, reused, failed, incomplete, skipped, total, retries } = counts
  return [type, ...[succeeded, reused, failed, incomplete, skipped, total, retries].map(String)]
}

const STEP_COLUMNS: readonly Column[] = [
  { title: "STEP" },
  ...["JOBS", "REUSED", "FAILED", "TIME MIN", "MAX", "MEAN", "MEMORY MAX", "MEAN", "CPU"].map(right),
]

function stepRow({ step, jobs, runtimeMs, cpuMs, peakMemoryBytes }: StepStatistics): readonly string[] {
  const times = (of: "min" | "max" | "mean"): string => (runtimeMs === undefined ? "" : formatDuration(runtimeMs[of]))
  const memory = (of: "max" | "mean"): string => (peakMemoryBytes === undefined ? "" : formatSize(peakMemoryBytes[of]))
  return [
    escapeText(step),
    ...[jobs.total, jobs.reused, jobs.failed].map(String),
    times("min"),
    times("max"),
    times("mean"),
    memory("max"),
    memory("mean"),
    cpuShare(cpuMs, runtimeMs),
  ]
}

/** Of one processor. */
function cpuShare(cpuMs: Spread | undefined, runtimeMs: Spread | undefined): string {
  if (cpuMs === undefined || runtimeMs === undefined || runtimeMs.total === 0) return ""
  return `${Math.round((100 * cpuMs.total) / runtimeMs.total)} %`
}
