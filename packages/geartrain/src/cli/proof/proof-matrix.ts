import type { Digest, JobRecord, JsonObject } from "@geartrain/spec"
import type { ProvenCase } from "../../compose/proof/prove.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { shortId } from "../output/reply.ts"
import { type Column, textTable } from "../output/text-table.ts"

/** One output of one case, under all providers. */
export interface MatrixRow {
  /** Of a test. */
  readonly name?: string
  readonly path: string
  /** In the order of the columns: undefined where nothing was put out, null where the run came to no end. */
  readonly files: readonly (OutputMark | undefined | null)[]
  /** One of those that came to an end is otherwise than the first. */
  readonly differs: boolean
}

interface OutputMark {
  readonly digest: Digest
  readonly executable: boolean
}

/** More rows say no more to people; `--json` has them. */
const MOST_ROWS = 60
const MOST_JSON_ROWS = 10_000

/**
 * Puts the outputs of all runs side by side, case by case in the order of their paths. A recorded job stands before the runs that are held
 * against it.
 */
export function matrixRows(cases: readonly ProvenCase[]): readonly MatrixRow[] {
  return cases.flatMap((one) => {
    const jobs = columnJobs(one)
    const paths = new Set(jobs.flatMap((job) => job?.outputs.map(({ path }) => path) ?? []))
    return [...paths].toSorted().map((path) => {
      const files = jobs.map((job) => (job === undefined ? null : fileOf(job, path)))
      const decided = files.filter((file) => file !== null).map(keyOf)
      const differs = decided.some((key) => key !== decided[0])
      return { ...(one.name === undefined ? {} : { name: one.name }), path, files, differs }
    })
  })
}

/** Whether the first job of a case is one of an earlier day, with a column of its own. */
function isRecorded({ runs }: ProvenCase): boolean {
  return runs.every(({ verdict }) => verdict !== "first")
}

function columnJobs(one: ProvenCase): readonly (JobRecord | undefined)[] {
  const jobs = one.runs.map(({ verdict, job }) => (verdict === "undecided" ? undefined : job))
  return one.first !== undefined && isRecorded(one) ? [one.first, ...jobs] : jobs
}

function fileOf({ outputs }: JobRecord, path: string): OutputMark | undefined {
  const file = outputs.find((output) => output.path === path)
  return file === undefined ? undefined : { digest: file.digest, executable: file.executable === true }
}

function keyOf(file: OutputMark | undefined): string {
  return file === undefined ? "" : `${file.digest} ${file.executable}`
}

/** The matrix for people: at most so many rows, those that differ first. */
export function matrixLines(cases: readonly ProvenCase[], paint: Paint): readonly string[] {
  const rows = matrixRows(cases)
  const shown = new Set(rows.toSorted((a, b) => Number(b.differs) - Number(a.differs)).slice(0, MOST_ROWS))
  const isNamed = cases.some(({ name }) => name !== undefined)
  const cells = rows
    .filter((row) => shown.has(row))
    .map((row) => [...(isNamed ? [escapeText(row.name ?? "")] : []), escapeText(row.path), ...fileCells(row, paint)])
  const table = cells.length === 0 ? [] : textTable(columnsOf(cases, isNamed), cells)
  const left = rows.filter((row) => !shown.has(row))
  if (left.length === 0) return table
  const differing = left.filter(({ differs }) => differs).length
  const of = differing === 0 ? "all of them the same" : `${differing} of which differ`
  return [...table, `and ${formatCount(left.length, "more row")}, ${of}: --json has them`]
}

function columnsOf(cases: readonly ProvenCase[], isNamed: boolean): readonly Column[] {
  const [one] = cases
  const then =
    one?.first !== undefined && isRecorded(one) ? [{ title: `THEN, ${one.first.provider?.name ?? "?"}` }] : []
  const providers = one?.runs.map(({ provider }) => ({ title: provider.toUpperCase() })) ?? []
  return [...(isNamed ? [{ title: "TEST" }] : []), { title: "OUTPUT" }, ...then, ...providers]
}

function fileCells({ files }: MatrixRow, paint: Paint): readonly string[] {
  const first = files.find((file) => file !== null)
  return files.map((file) => {
    if (file === null) return paint.yellow("undecided")
    const mark = file?.executable === true ? " +x" : ""
    const text = file === undefined ? "missing" : `${shortId(file.digest)}${mark}`
    return keyOf(file) === keyOf(first ?? undefined) ? text : paint.red(text)
  })
}

/** The matrix for programs: those rows that differ first where there are very many. */
export function matrixData(cases: readonly ProvenCase[]): JsonObject {
  const rows = matrixRows(cases).toSorted((a, b) => Number(b.differs) - Number(a.differs))
  return {
    columns: columnsOf(cases, false)
      .slice(1)
      .map(({ title }) => title.toLowerCase()),
    outputs: rows.slice(0, MOST_JSON_ROWS).map(({ name, path, files, differs }) => ({
      ...(name === undefined ? {} : { test: name }),
      path,
      same: !differs,
      digests: files.map((file) => file?.digest ?? null),
    })),
    leftOut: Math.max(0, rows.length - MOST_JSON_ROWS),
  }
}
