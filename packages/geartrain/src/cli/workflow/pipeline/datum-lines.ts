import { describeDatum } from "../../../workflows/pipelines/datums/datum.ts"
import type { DatumRecord } from "../../../workflows/pipelines/datums/datum-record.ts"
import type { ArchiveOrigin, DatumCounts, FolderOrigin } from "../../../workflows/pipelines/folders/commit.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import type { Paint } from "../../output/paint.ts"

/** So many datums are told one by one; `--json` has all. */
export const MOST_TOLD = 50

/** How many datums came to what, in a line. */
export function countsLine({ total, kept, reused, run, failed, recovered, removed }: DatumCounts): string {
  const counts = [
    [run, "run"],
    [reused, "reused"],
    [kept, "kept"],
    [failed, "failed"],
    [recovered, "recovered"],
    [removed, "removed"],
  ] as const
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return `${formatCount(total, "datum", "datums")}${told.length === 0 ? "" : `: ${told.join(", ")}`}`
}

/** What pipelines read, for people. */
export function describeOrigin(origin: FolderOrigin | ArchiveOrigin): string {
  if (origin.kind === "folder") return origin.path
  const { server, place, type, tag, modality } = origin
  const only = Object.entries({ type, tag, modality }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  )
  return `${place} of ${server}${only.length === 0 ? "" : `, ${only.join(", ")}`}`
}

/** A datum's outcome in a line. */
export function datumLine(datum: DatumRecord, paint: Paint): string {
  const { state, how, why, problem } = datum
  const word = state === "complete" ? how : state
  const painted = state === "failed" ? paint.red(word) : state === "recovered" ? paint.yellow(word) : word
  const more = problem === undefined || how === "kept" ? "" : `\n    ${escapeText(problem)}`
  return `${painted.padEnd(9 + painted.length - word.length)} ${escapeText(describeDatum(datum.parts))}  ${paint.dim(escapeText(why))}${more}`
}
