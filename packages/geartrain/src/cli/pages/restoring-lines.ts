import type { RestoringStep } from "../../engine/freeing/plan-restoring.ts"
import type { RestoredStep } from "../../engine/freeing/restore-outputs.ts"
import { formatCount, formatDuration, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"

/** More outputs of one job say no more. */
const MOST_NAMES = 3

/** The jobs that have to run, one after the other, with what comes of each and how long it took. */
export function restoringLines(steps: readonly RestoringStep[], id: (id: string) => string): readonly string[] {
  const rows = steps.map(({ job, outputs }, index) => [
    String(index + 1),
    id(job.id),
    escapeText(`${job.gear.name}@${job.gear.version}`),
    outputs.length <= MOST_NAMES ? outputs.map(({ path }) => escapeText(path)).join(", ") : `${outputs.length} outputs`,
    formatSize(outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    `took ${formatDuration(job.tookMs)}`,
  ])
  return rows.length === 0 ? [] : textTable(COLUMNS, rows)
}

const COLUMNS = [
  { title: "" },
  { title: "JOB" },
  { title: "GEAR" },
  { title: "MAKES AGAIN" },
  { title: "SIZE", align: "right" },
  { title: "" },
] as const

/** What a job gave again, and is stored. */
export function restoredLine(
  { record, restored, verification, job }: RestoredStep,
  { paint, id }: { readonly paint: Paint; readonly id: (id: string) => string },
): string {
  const bytes = restored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const outputs =
    restored.length === 1 ? `"${escapeText(restored[0]?.path ?? "")}"` : formatCount(restored.length, "output")
  const what = `${outputs} of job ${id(record.id)}, ${formatSize(bytes)}, with the digest of the record`
  return `${paint.green("restored")}  ${what}; job ${id(job.id)} on ${verification.provider}`
}

/** What came out otherwise than the record says, then and now. */
export function otherwiseLines(
  { record, otherwise }: Pick<RestoredStep, "record" | "otherwise">,
  { paint, id }: { readonly paint: Paint; readonly id: (id: string) => string },
): readonly string[] {
  const rows = otherwise.map(({ path, digest, now }) => [
    escapeText(path),
    id(digest),
    now === undefined ? "is missing" : id(now),
  ])
  return [
    `${paint.red("different")}  not restored, since job ${id(record.id)} does not give the same again`,
    ...textTable([{ title: "OUTPUT" }, { title: "THEN" }, { title: "NOW" }], rows),
  ]
}
