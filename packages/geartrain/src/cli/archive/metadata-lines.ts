import type { JsonValue } from "@geartrain/spec"
import type { MetadataChange, MetadataFault } from "@geartrain/spec/archive"
import { formatCount } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"

/** More would push the rest off the screen; `--json` has them all. */
const MOST_LISTED = 30
const MOST_FAULTS = 10
const LONGEST_VALUE = 60

/** What a job changes in a hierarchy, place by place: `+` is new, `~` replaced, `=` stays as somebody wrote it, `!` has no place to go to. */
export function changeLines(changes: readonly MetadataChange[], paint: Paint, most = MOST_LISTED): readonly string[] {
  const listed = changes.slice(0, most)
  const places = [...new Set(listed.map(({ place }) => place))]
  const lines = places.flatMap((place) => {
    const rows = listed.filter((change) => change.place === place).map((change) => rowOf(change, paint))
    const table = textTable([{ title: "" }, { title: "" }, { title: "" }], rows)
    const level = place.id === "" ? "" : ` (${place.level})`
    return [`${paint.bold(escapeText(place.path))}${level}`, ...table.map((line) => `  ${line}`)]
  })
  const rest = changes.length - listed.length
  return rest === 0 ? lines : [...lines, `… and ${formatCount(rest, "more change", "more changes")}`]
}

function rowOf(change: MetadataChange, paint: Paint): string[] {
  const name = escapeText(
    [change.file, change.field.join(".")].filter((part) => part !== undefined && part !== "").join(" "),
  )
  switch (change.kind) {
    case "set":
      return [paint.green("+"), name, shown(change.after)]
    case "tag":
      return [paint.green("+"), name, shown(change.after)]
    case "file":
      return change.before === undefined
        ? [paint.green("+"), name, "an output of the job"]
        : [paint.yellow("~"), name, `the job's output, not ${shown(change.before)}`]
    case "replace":
      return [paint.yellow("~"), name, `${shown(change.before)} → ${shown(change.after)}`]
    case "kept":
      return [paint.dim("="), name, `stays ${shown(change.before)}, the job said ${shown(change.after)}`]
    case "dropped":
      return [paint.yellow("!"), name, `left out: ${change.why ?? ""}`]
  }
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? "" : JSON.stringify(value)
  return escapeText(text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`)
}

/** Faults or warnings of what a job wrote, as a compiler tells them. */
export function faultLines(faults: readonly MetadataFault[]): readonly string[] {
  const lines = faults.slice(0, MOST_FAULTS).map(({ line, column, problem, fix }) => {
    return escapeText(`.metadata.json:${line}:${column} ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`)
  })
  return faults.length > MOST_FAULTS ? [...lines, `… and ${faults.length - MOST_FAULTS} more`] : lines
}

/** How many of the changes would be written. */
export function countWritten(changes: readonly MetadataChange[]): number {
  return changes.filter(({ kind }) => kind !== "kept" && kind !== "dropped").length
}
