import { type Culprit, isEnded, type JobRecord } from "@geartrain/spec"
import { formatCount, formatDuration, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { shellWord } from "../output/shell-word.ts"
import { textTable } from "../output/text-table.ts"

/** Where outputs were put, if anywhere. */
export interface Placed {
  readonly folder: string | undefined
}

/** What is said when a job has ended: how, how long, what came out and where, and the command to type next. */
export function outcomeLines(
  record: JobRecord,
  placed: Placed,
  means: { readonly paint: Paint; readonly id: (id: string) => string },
): string[] {
  const { paint, id } = means
  return [
    `${stateSentence(record, paint)}${figures(record)}`,
    ...failureLines(record, paint),
    ...outputLines(record, placed, paint),
    ...skippedLines(record, paint),
    `${paint.cyan("→")} ${nextCommand(record, id)}`,
  ]
}

/** State in word and colour, with the time it took and, for one that failed, why. */
export function stateSentence(record: JobRecord, paint: Paint): string {
  const took = record.usage === undefined ? "" : ` after ${formatDuration(record.usage.wallMs)}`
  if (record.state === "complete") return `${paint.green("complete")}${took}`
  const failure = record.failure
  const why = failure === undefined ? "" : ` ${paint.bold(failure.reason)}: ${escapeText(failure.message)}`
  if (record.state === "cancelled") return `${paint.yellow("cancelled")}${why}`
  return record.state === "failed" ? `${paint.red("failed")}${why}` : `${record.state}${took}`
}

function figures(record: JobRecord): string {
  const peak = record.usage?.peakMemoryBytes
  const memory = peak === undefined ? [] : [`peak memory ${formatSize(peak)}`]
  const total = record.outputs.reduce((sum, file) => sum + file.sizeBytes, 0)
  const outputs =
    record.outputs.length === 0 ? "no outputs" : `${formatCount(record.outputs.length, "output")}, ${formatSize(total)}`
  return ["", ...memory, outputs].join(" · ")
}

/** What is to blame, in words that answer the question of whoever sent the data. */
const BLAME: Readonly<Record<Culprit, string>> = {
  gear: "the gear, not your data",
  input: "an input",
  config: "how the run was set up, not your data",
  resources: "the limits of the run, not your data",
  platform: "this machine, not your data",
  user: "nobody: it was asked for",
  unknown: "unknown; read the log",
}

export function failureLines(record: JobRecord, paint: Paint): string[] {
  const { failure } = record
  if (failure === undefined || record.state === "cancelled") return []
  const evidence = failure.evidence === undefined ? [] : [`  ${paint.dim("evidence")}  ${escapeText(failure.evidence)}`]
  return [`  ${paint.dim("to blame")}  ${BLAME[failure.culprit]}`, ...evidence]
}

/** More would push the rest off the screen; the folder has them all. */
const MOST_LISTED = 10

function outputLines(record: JobRecord, placed: Placed, paint: Paint): string[] {
  if (record.outputs.length === 0) return []
  const listed = record.outputs.slice(0, MOST_LISTED)
  const rows = listed.map((file) => [escapeText(file.path), formatSize(file.sizeBytes)])
  const rest = record.outputs.length - listed.length
  const table = textTable([{ title: "" }, { title: "", align: "right" }], rows).map((line) => `  ${line}`)
  const where = placed.folder === undefined ? "kept in the store" : `in ${paint.bold(escapeText(placed.folder))}`
  return [`outputs ${where}`, ...table, ...(rest > 0 ? [`  … and ${formatCount(rest, "more", "more")}`] : [])]
}

function skippedLines(record: JobRecord, paint: Paint): string[] {
  const listed = record.skippedOutputs.slice(0, MOST_LISTED)
  const rest = record.skippedOutputs.length - listed.length
  const warning = paint.yellow("warning")
  const lines = listed.map(
    (file) => `${warning} output "${escapeText(file.path)}" was left out: ${escapeText(file.why)}`,
  )
  return rest > 0
    ? [...lines, `${warning} ${formatCount(rest, "more output", "more outputs")} left out: gear show ${record.id}`]
    : lines
}

/** The last line of every job: what to type next. */
export function nextCommand(record: JobRecord, id: (id: string) => string): string {
  if (!isEnded(record.state)) return `gear logs -f ${id(record.id)}`
  if (record.failure !== undefined) return escapeText(record.failure.next.replaceAll(record.id, id(record.id)))
  if (record.gear.development === true) return `gear import ${shellWord(record.gear.origin.reference)}`
  // A key is in no record, so that a job that had one is not run again from its record.
  const hasKey = Object.values(record.invocation.inputs).some((input) => input.base === "api-key")
  return `gear ${hasKey ? "show" : "verify"} ${id(record.id)}`
}
