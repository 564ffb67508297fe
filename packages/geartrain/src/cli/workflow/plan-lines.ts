import type { JsonValue } from "@geartrain/spec"
import type { PlannedJob, PlanReason, WorkflowPlan } from "@geartrain/spec/workflow"
import { formatCount, formatDuration, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { textTable } from "../output/text-table.ts"

/** More rows than that nobody reads: those of one step and one reason are told together. */
const MOST_ROWS = 60

/** A plan as people read it: what each job does and why, and what it all comes to. */
export function planLines(plan: WorkflowPlan, notes: readonly string[]): readonly string[] {
  const jobs = plan.jobs.length <= MOST_ROWS ? plan.jobs.map(jobRow) : groupRows(plan.jobs)
  const open = plan.open.map(({ step, awaits }) => [
    escapeText(step),
    "open",
    `known when ${named(awaits)} ${awaits.length === 1 ? "is" : "are"} done`,
    "",
    "",
  ])
  const table = textTable(
    [
      { title: "JOB" },
      { title: "DOES" },
      { title: "WHY" },
      { title: "TIME", align: "right" },
      { title: "OUTPUT", align: "right" },
    ],
    [...jobs, ...open],
  )
  return [...table, "", ...totalLines(plan), ...notes.map((note) => `note: ${escapeText(note)}`)]
}

/** Why a job does what it does, as people read it. */
export function reasonText(reason: PlanReason): string {
  const { kind, component = "", jobs = [] } = reason
  if (kind === "same") return "done before, with all of this the same"
  if (kind === "new") return "its gear has no earlier job"
  if (kind === "changed") return `${component}: ${shown(reason.before)} → ${shown(reason.now)}`
  if (kind === "awaits") return `after ${named(jobs)}`
  if (kind === "asked") return "asked not to reuse"
  if (kind === "bytes")
    return jobs.length === 0
      ? "its bytes are gone, and are to be delivered"
      : `its bytes are gone, and ${named(jobs)} ${jobs.length === 1 ? "reads" : "read"} them`
  if (kind === "condition") return `${component}${reason.now === undefined ? "" : ` is ${shown(reason.now)}`}`
  return `reads of ${named(jobs)}, which is left out`
}

function jobRow(job: PlannedJob): string[] {
  const { key, each, action, reason, expected } = job
  const items =
    each === undefined
      ? ""
      : ` ${Object.entries(each)
          .map(([, value]) => shown(value))
          .join(" ")}`
  return [
    `${escapeText(key)}${items}`,
    action,
    reasonText(reason),
    ...(action === "skip" || action === "reuse" ? ["", ""] : figures(expected)),
  ]
}

function figures(expected: PlannedJob["expected"]): [string, string] {
  const { wallMs, outputBytes } = expected ?? {}
  return [wallMs === undefined ? "" : formatDuration(wallMs), outputBytes === undefined ? "" : formatSize(outputBytes)]
}

/** Jobs of one step that do the same for the same kind of reason are one row, with the first of them as an example. */
function groupRows(jobs: readonly PlannedJob[]): string[][] {
  const groups = new Map<string, { readonly first: PlannedJob; count: number; wallMs: number; bytes: number }>()
  for (const job of jobs) {
    const id = `${job.step} ${job.action} ${job.reason.kind} ${job.reason.component ?? ""}`
    const group = groups.get(id) ?? { first: job, count: 0, wallMs: 0, bytes: 0 }
    group.count += 1
    group.wallMs += job.expected?.wallMs ?? 0
    group.bytes += job.expected?.outputBytes ?? 0
    groups.set(id, group)
  }
  const rows = [...groups.values()].map(({ first, count, wallMs, bytes }) => {
    const [, action = "", why = "", ...rest] = jobRow(first)
    if (count === 1) return jobRow(first)
    const isDone = action === "reuse" || action === "skip"
    const cells = isDone ? rest : [wallMs === 0 ? "" : formatDuration(wallMs), bytes === 0 ? "" : formatSize(bytes)]
    return [`${escapeText(first.step)} × ${count}`, action, `such as ${escapeText(first.key)}: ${why}`, ...cells]
  })
  if (rows.length <= MOST_ROWS) return rows
  return [...rows.slice(0, MOST_ROWS), [`… ${rows.length - MOST_ROWS} more`, "", "all of them: --json", "", ""]]
}

function totalLines(plan: WorkflowPlan): readonly string[] {
  const counts = new Map<string, number>()
  let [wallMs, savedMs, bytes] = [0, 0, 0]
  for (const { action, expected } of plan.jobs) {
    counts.set(action, (counts.get(action) ?? 0) + 1)
    if (action === "reuse") savedMs += expected?.wallMs ?? 0
    else if (action !== "skip") {
      wallMs += expected?.wallMs ?? 0
      bytes += expected?.outputBytes ?? 0
    }
  }
  const words = [...counts].map(([action, count]) => `${count} ${action}`)
  const open = plan.open.length === 0 ? "" : `, and ${formatCount(plan.open.length, "step")} still open`
  return [
    `${formatCount(plan.jobs.length, "job")}: ${words.length === 0 ? "nothing to do" : words.join(", ")}${open}`,
    ...(wallMs === 0
      ? []
      : [`expected from earlier jobs: ${formatDuration(wallMs)} one after the other, ${formatSize(bytes)} of output`]),
    ...(savedMs === 0 ? [] : [`saved by reuse: ${formatDuration(savedMs)}`]),
    ...transferLines(plan),
    ...cleanupLines(plan),
  ]
}

function transferLines({ transfers }: WorkflowPlan): readonly string[] {
  return (["stage-in", "stage-out"] as const).flatMap((kind) => {
    const some = transfers.filter((transfer) => transfer.kind === kind)
    if (some.length === 0) return []
    const known = some.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0)
    const unknown = some.filter(({ sizeBytes }) => sizeBytes === undefined).length
    const rest = unknown === 0 ? "" : `, ${unknown} of sizes not known yet`
    return [`${kind}: ${formatCount(some.length, "file")}, ${formatSize(known)}${rest}`]
  })
}

function cleanupLines({ cleanup, options }: WorkflowPlan): readonly string[] {
  if (cleanup.length === 0) return []
  const bytes = cleanup.reduce((sum, each) => sum + (each.bytes ?? 0), 0)
  const size = bytes === 0 ? "" : `, about ${formatSize(bytes)}`
  const when = options.cleanup === "leaf" ? "at the end" : "as soon as nothing reads them"
  return [`clean-up: outputs of ${formatCount(cleanup.length, "job")} go ${when}${size}`]
}

function named(keys: readonly string[]): string {
  const some = keys.slice(0, 3).map(escapeText)
  return `${some.join(", ")}${keys.length > 3 ? " …" : ""}`
}

/** A value briefly: a digest by its first digits, a long text by its beginning. */
function shown(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing"
  const text =
    typeof value === "string" ? value.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "$1") : JSON.stringify(value)
  return escapeText(text.length > 60 ? `${text.slice(0, 59)}…` : text)
}
