/**
 * Holds the shape of the source against budget.json: sizes of files and folders, comments, type escapes, and what tests reach.
 * A file or folder that may be larger is named under `exceptions`, with its number of lines or entries and why.
 */
import { readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { complain } from "./source/complain.ts"
import { components } from "./source/components.ts"
import { countEscapes, countLines } from "./source/count-lines.ts"
import { type ImportGraph, importGraph, importsOf, reachedFrom } from "./source/import-graph.ts"
import { isTest, parseFiles, type SourceFile } from "./source/source-file.ts"
import { TOP } from "./top.ts"

interface Budget {
  readonly lines: { readonly median: number; readonly p95: number; readonly most: number }
  readonly entriesPerFolder: number
  readonly importsPerFile: number
  readonly folderCycles: number
  readonly commentDensity: { readonly least: number; readonly most: number }
  readonly testsImport: number
  readonly testsReach: number
  readonly anyPer1000Lines: number
  readonly suppressionsPer1000Lines: number
  readonly exceptions: Readonly<
    Record<
      string,
      { readonly lines?: number; readonly entries?: number; readonly imports?: number; readonly because: string }
    >
  >
}

const FORBIDDEN_NAMES = new Set(["utils", "helpers", "common", "misc", "lib", "types", "manager"])

const budget = JSON.parse(readFileSync(join(TOP, "budget.json"), "utf8")) as Budget
const files = parseFiles(
  "{packages/*/{src,test},plugins/*/src}/**/*.ts",
  "scripts/**/*.ts",
  "bench/**/*.ts",
  "conformance/**/*.ts",
)
const source = files.filter(({ path }) => /^(packages|plugins)\/[^/]+\/src\//.test(path) && !isTest(path))
const graph = importGraph(files)

const faults = [
  ...sizeFaults(source),
  ...folderFaults(files.filter(({ path }) => !isTest(path))),
  ...nameFaults(files),
  ...importFaults(source),
  ...cycleFaults(source, graph),
  ...commentFaults(source),
  ...escapeFaults(source),
  ...reachFaults(source, files, graph),
]
complain(faults, summary())

function sizeFaults(of: readonly SourceFile[]): readonly string[] {
  const sizes = of.map((file) => countLines(file).lines).sort((a, b) => a - b)
  const over = of.flatMap((file) => {
    const { lines } = countLines(file)
    const most = budget.exceptions[file.path]?.lines ?? budget.lines.most
    return lines > most ? [`${file.path}: ${lines} lines, limit ${most}; split it, or name it in budget.json`] : []
  })
  return [
    ...over,
    ...atMost("lines of a file, median", quantile(sizes, 0.5), budget.lines.median),
    ...atMost("lines of a file, 95th percentile", quantile(sizes, 0.95), budget.lines.p95),
  ]
}

function folderFaults(of: readonly SourceFile[]): readonly string[] {
  const entries = new Map<string, Set<string>>()
  for (const { path } of of) {
    for (let child = path; dirname(child) !== "."; child = dirname(child)) {
      const folder = dirname(child)
      entries.set(folder, (entries.get(folder) ?? new Set()).add(child))
    }
  }
  return [...entries].flatMap(([folder, { size }]) =>
    atMost(`${folder}: entries`, size, budget.exceptions[folder]?.entries ?? budget.entriesPerFolder),
  )
}

function nameFaults(of: readonly SourceFile[]): readonly string[] {
  return of
    .filter(({ path }) => path.split("/").some((part) => FORBIDDEN_NAMES.has(basename(part, ".ts"))))
    .map(({ path }) => `${path}: a name that says nothing; name what is inside`)
}

function importFaults(of: readonly SourceFile[]): readonly string[] {
  // A door is a list of what is behind it.
  const rooms = of.filter(({ path }) => basename(path) !== "index.ts")
  return rooms.flatMap((file) => {
    const most = budget.exceptions[file.path]?.imports ?? budget.importsPerFile
    return atMost(`${file.path}: imports`, importsOf(file).length, most)
  })
}

/** Cycles between rooms, and between the folders of a package, types included; those between files are found by the check of rooms. */
function cycleFaults(of: readonly SourceFile[], imports: ImportGraph): readonly string[] {
  const folders = new Map<string, Set<string>>()
  for (const { path } of of) {
    const folder = roomOf(path)
    const targets = folders.get(folder) ?? new Set()
    for (const target of imports.get(path) ?? []) if (roomOf(target) !== folder) targets.add(roomOf(target))
    folders.set(folder, targets)
  }
  const cycles = components(folders)
  return cycles.length > budget.folderCycles ? cycles.map((cycle) => `cycle of folders: ${cycle.join(", ")}`) : []
}

/** `packages/spec/src/errors` for any file below it; a package's door for itself. */
function roomOf(path: string): string {
  return path.split("/").slice(0, 4).join("/")
}

function commentFaults(of: readonly SourceFile[]): readonly string[] {
  const density = commentDensity(of)
  const { least, most } = budget.commentDensity
  return density >= least && density <= most
    ? []
    : [`comment density ${density.toFixed(2)}, wanted ${least} to ${most}`]
}

function commentDensity(of: readonly SourceFile[]): number {
  const counts = of.map(countLines)
  const comments = sum(counts.map((count) => count.comments))
  return comments / (comments + sum(counts.map((count) => count.code)))
}

function escapeFaults(of: readonly SourceFile[]): readonly string[] {
  const thousands = sum(of.map((file) => countLines(file).code)) / 1000
  const escapes = of.map(countEscapes)
  return [
    ...atMost("any per 1000 lines", sum(escapes.map(({ any }) => any)) / thousands, budget.anyPer1000Lines),
    ...atMost(
      "suppressions per 1000 lines",
      sum(escapes.map(({ suppressions }) => suppressions)) / thousands,
      budget.suppressionsPer1000Lines,
    ),
  ]
}

function reachFaults(of: readonly SourceFile[], all: readonly SourceFile[], imports: ImportGraph): readonly string[] {
  const { imported, reached } = reach(of, all, imports)
  const missing = of.filter(({ path }) => !reached.has(path)).map(({ path }) => `  reached by no test: ${path}`)
  const short = atLeast("source files that tests reach", reached.size / of.length, budget.testsReach)
  return [
    ...atLeast("source files that a test imports", imported.size / of.length, budget.testsImport),
    ...short,
    ...(short.length > 0 ? missing : []),
  ]
}

function reach(of: readonly SourceFile[], all: readonly SourceFile[], imports: ImportGraph) {
  const paths = new Set(of.map(({ path }) => path))
  const tests = all.map(({ path }) => path).filter((path) => isTest(path) || /^packages\/[^/]+\/test\//.test(path))
  const direct = tests.flatMap((test) => [...(imports.get(test) ?? []), test.replace(/\.test\.ts$/, ".ts")])
  const keep = (found: Iterable<string>): ReadonlySet<string> => new Set([...found].filter((path) => paths.has(path)))
  return { imported: keep(direct), reached: keep(reachedFrom(imports, direct)) }
}

function summary(): string {
  const sizes = source.map((file) => countLines(file).lines).sort((a, b) => a - b)
  const { imported, reached } = reach(source, files, graph)
  return [
    `${source.length} files`,
    `lines median ${quantile(sizes, 0.5)}, p95 ${quantile(sizes, 0.95)}, most ${sizes.at(-1)}`,
    `comments ${percent(commentDensity(source))}`,
    `tests import ${percent(imported.size / source.length)}, reach ${percent(reached.size / source.length)}`,
  ].join("; ")
}

function atMost(what: string, found: number, limit: number): readonly string[] {
  return found > limit ? [`${what}: ${round(found)}, limit ${limit}`] : []
}

function atLeast(what: string, found: number, limit: number): readonly string[] {
  return found < limit ? [`${what}: ${percent(found)}, wanted ${percent(limit)}`] : []
}

/** Nearest rank. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}
