import { countPlan, type PlanCounts } from "../../archive/upload-plan/count-plan.ts"
import type { LeftOut, PlannedFile, PlannedPlace, UploadPlan } from "../../archive/upload-plan/upload-plan.ts"
import { formatCount, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"

/** A page is for reading; programs take --json, which has everything. */
const MOST = { subjects: 8, sessions: 4, acquisitions: 12, files: 3, reasons: 8, examples: 2, warnings: 10 }

/** What an upload would be, as a tree, then what is left out by its reason, then what to look at, then all of it in numbers. */
export function uploadPlanLines(plan: UploadPlan, paint: Paint): readonly string[] {
  const counts = countPlan(plan)
  return [
    `${escapeText(plan.folder)}  ${paint.dim(SORTERS[plan.sorter])}`,
    ...treeLines(plan.places, paint),
    ...leftOutLines(plan.leftOut, paint),
    ...warningLines(plan, paint),
    planSummary(counts),
  ]
}

const SORTERS: Readonly<Record<UploadPlan["sorter"], string>> = {
  bids: "sorted as BIDS",
  dicom: "sorted by the heads of its DICOM files",
  folders: "sorted by its folders",
}

/**
 * All of a plan in one line.
 *
 * @example
 *   planSummary({ subjects: 1, sessions: 2, acquisitions: 5, files: 5, sourceFiles: 2312, sizeBytes: 8.1e9, leftOut: 3 })
 *   // => "1 subject, 2 sessions, 5 acquisitions, 5 files made of 2,312, 7.54 GiB; 3 left out"
 */
export function planSummary(counts: PlanCounts): string {
  const { files, sourceFiles } = counts
  const made = sourceFiles === files ? "" : ` made of ${thousands(sourceFiles)}`
  const what = [
    count(counts.subjects, "subject"),
    count(counts.sessions, "session"),
    count(counts.acquisitions, "acquisition"),
    `${count(files, "file")}${made}`,
    formatSize(counts.sizeBytes),
  ]
  return `${what.join(", ")}; ${counts.leftOut === 0 ? "nothing" : thousands(counts.leftOut)} left out`
}

function count(number: number, noun: string): string {
  return formatCount(number, noun).replace(/^\d+/, thousands(number))
}

function thousands(number: number): string {
  return number.toLocaleString("en-US")
}

function treeLines(places: readonly PlannedPlace[], paint: Paint): readonly string[] {
  const below = Map.groupBy(places, ({ labels }) => JSON.stringify(labels.slice(0, -1)))
  const linesOf = (place: PlannedPlace): readonly string[] => {
    const indent = "  ".repeat(place.labels.length)
    // The project is where the upload goes; whoever asks knows it.
    const head = place.labels.length === 0 ? [] : [`${indent}${placeLine(place, paint)}`]
    const children = (below.get(JSON.stringify(place.labels)) ?? []).filter((each) => each !== place)
    const most = LIMITS[place.labels.length] ?? 0
    const shown = place.level === "acquisition" ? [] : fileLines(place.files, `${indent}  `)
    const more = children.length - most
    return [
      ...head,
      ...shown,
      ...children.slice(0, most).flatMap(linesOf),
      ...(more <= 0 ? [] : [paint.dim(`${indent}  … and ${thousands(more)} more ${NOUNS[place.labels.length]}`)]),
    ]
  }
  const [project] = places
  return project === undefined ? [] : linesOf(project)
}

/** How many places are shown below a project, a subject, a session. */
const LIMITS = [MOST.subjects, MOST.sessions, MOST.acquisitions]
const NOUNS = ["subjects", "sessions", "acquisitions"]

function placeLine({ level, labels, fields, files }: PlannedPlace, paint: Paint): string {
  const facts = [fields["sex"], fields["timestamp"]].filter((fact) => typeof fact === "string")
  const known = facts.length === 0 ? "" : `  ${paint.dim(escapeText(facts.join(", ")))}`
  // A slash tells a place from a file beside it.
  const label = `${escapeText(labels.at(-1) ?? "")}/`
  if (level !== "acquisition") return `${label}${known}`
  const types = [...new Set(files.map((file) => String(file.fields["type"] ?? "other")))].toSorted()
  const members = files.reduce((sum, { content }) => sum + (content.kind === "zip" ? content.members.length : 0), 0)
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const made = members === 0 ? "" : ` of ${thousands(members)}`
  return `${label}  ${paint.dim(`${count(files.length, "file")}${made}: ${escapeText(types.join(", "))}, ${formatSize(sizeBytes)}`)}`
}

function fileLines(files: readonly PlannedFile[], indent: string): readonly string[] {
  const more = files.length - MOST.files
  return [
    ...files
      .slice(0, MOST.files)
      .map(({ name, sizeBytes }) => `${indent}${escapeText(name)}  ${formatSize(sizeBytes)}`),
    ...(more <= 0 ? [] : [`${indent}… and ${count(more, "more file")}`]),
  ]
}

/** By reason, the most frequent first: a thousand broken links are one thing to know. */
export function leftOutLines(leftOut: readonly LeftOut[], paint: Paint): readonly string[] {
  if (leftOut.length === 0) return []
  const reasons = [...Map.groupBy(leftOut, ({ why }) => why)].toSorted(([, a], [, b]) => b.length - a.length)
  const more = reasons.slice(MOST.reasons).reduce((sum, [, items]) => sum + items.length, 0)
  return [
    paint.yellow("LEFT OUT"),
    ...reasons.slice(0, MOST.reasons).flatMap(([why, items]) => {
      const shown = items
        .slice(0, MOST.examples)
        .map(({ path, kind }) => `${escapeText(path)}${kind === "folder" ? "/" : ""}`)
      const rest = items.length - shown.length
      return [`  ${shown.join(", ")}${rest === 0 ? "" : `, … and ${thousands(rest)} more`}: ${escapeText(why)}`]
    }),
    ...(more === 0 ? [] : [`  … and ${thousands(more)} more, for other reasons`]),
  ]
}

function warningLines({ warnings }: UploadPlan, paint: Paint): readonly string[] {
  if (warnings.length === 0) return []
  const more = warnings.length - MOST.warnings
  return [
    paint.yellow("LOOK AT"),
    ...warnings.slice(0, MOST.warnings).map(({ about, says }) => `  ${escapeText(about)} ${escapeText(says)}`),
    ...(more <= 0 ? [] : [`  … and ${thousands(more)} more`]),
  ]
}

/** A plan for programs: all of it, with its numbers. */
export function uploadPlanData(plan: UploadPlan): UploadPlan & { readonly counts: PlanCounts } {
  return { ...plan, counts: countPlan(plan) }
}
