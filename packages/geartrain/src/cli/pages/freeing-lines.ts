import type { FreeingResult } from "../../compose/stores/free-bytes.ts"
import { formatCount, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { textTable } from "../output/text-table.ts"
import { madeAgainText } from "./made-again.ts"

interface FreeingMeans {
  readonly id: (id: string) => string
  /** Nothing was removed. */
  readonly dryRun: boolean
}

/** A page is for reading; programs take --json. */
const MOST_ROWS = 50

/** What went, or would, with what speaks for it; and what stayed, with the reason. */
export function freeingLines({ freed, kept }: FreeingResult, means: FreeingMeans): readonly string[] {
  const gone = freed.map(({ path, sizeBytes, job, lastUsed, way }) => [
    escapeText(path),
    formatSize(sizeBytes),
    means.id(job.id),
    lastUsed.slice(0, 10),
    madeAgainText({ ...way.job, path: way.path }),
  ])
  const stayed = kept.map(({ path, sizeBytes, job, lastUsed, why }) => [
    escapeText(path),
    formatSize(sizeBytes),
    means.id(job.id),
    lastUsed.slice(0, 10),
    escapeText(why),
  ])
  return [
    ...table(`${means.dryRun ? "WOULD BE" : ""} FREED`.trim(), gone),
    ...table("KEPT", stayed),
    ...(freed.length === 0 ? ["no bytes to free"] : [freedLine({ freed, dryRun: means.dryRun })]),
  ]
}

function freedLine({ freed, dryRun }: Pick<FreeingResult, "freed"> & { readonly dryRun: boolean }): string {
  const bytes = freed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const what = `the bytes of ${formatCount(freed.length, "output")}, ${formatSize(bytes)}, which can be made again`
  return `${dryRun ? "would free" : "freed"} ${what}`
}

function table(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const columns = [title, "SIZE", "JOB", "LAST USED", title === "KEPT" ? "WHY" : "PROOF"]
  const more = rows.length > MOST_ROWS ? [`… and ${rows.length - MOST_ROWS} more: --json has them`] : []
  return [
    ...textTable(
      columns.map((name) => ({ title: name, ...(name === "SIZE" ? { align: "right" as const } : {}) })),
      rows.slice(0, MOST_ROWS),
    ),
    ...more,
  ]
}
