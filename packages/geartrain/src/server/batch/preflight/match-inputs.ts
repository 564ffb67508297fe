import { findInvocationFaults, type GearManifest, type JsonObject, StepBudget } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import { globPattern } from "@geartrain/spec/rules"
import type { BatchRequest, InputPattern } from "../batch-request.ts"

/** A file that may be taken for an input. */
export interface Candidate {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly digest: string
  readonly tags: readonly string[]
  /** Labels from the target on, of the place that it lies in; empty for the target itself. */
  readonly path: string
  /** As config.json describes it. */
  readonly object: JsonObject
}

/** What was found for one input. */
export interface InputMatch {
  readonly input: string
  readonly required: boolean
  /** Files that fit, the first of them. */
  readonly fitting: readonly ShownFile[]
  readonly fittingCount: number
  /** Where none fits: files that come nearest, and why they do not. */
  readonly misses: readonly (ShownFile & { readonly because: string })[]
}

export interface ShownFile {
  readonly id: string
  readonly name: string
  readonly path: string
}

/** What a target comes to. */
export interface TargetMatch {
  readonly outcome: "fits" | "ambiguous" | "no-match"
  readonly says: string
  readonly matches: readonly InputMatch[]
  /** The files of the job, by input; only when it fits. */
  readonly inputs: Readonly<Record<string, readonly Candidate[]>>
}

/**
 * Finds the files of one target: for each input just one has to fit, or as many as there are where the gear takes several. A missing file wins over
 * several: what cannot run needs no choice.
 *
 * @param picks  Files that somebody picked, by input: ids.
 */
export function matchInputs(
  {
    manifest,
    request,
    picks,
  }: {
    readonly manifest: GearManifest
    readonly request: Pick<BatchRequest, "inputs" | "optional">
    readonly picks: Readonly<Record<string, string>>
  },
  candidates: readonly Candidate[],
): TargetMatch {
  const budget = new StepBudget()
  const taken = readAdditions(manifest).inputs ?? {}
  const found = Object.entries(manifest.inputs).flatMap(([input, declared]) => {
    if (declared.base !== "file") return []
    const policy = request.optional ?? "ignore"
    const isOptional = declared["optional"] === true
    const pattern = request.inputs?.[input]
    // Whoever says what a file has to be wants one.
    if (isOptional && policy === "ignore" && pattern === undefined && picks[input] === undefined) return []
    const required = !isOptional || policy === "require"
    const many = Object.hasOwn(taken, input) && taken[input]?.takes !== "file"
    const why = (file: Candidate): string | undefined =>
      unfitBecause({ manifest, input, pattern, pick: picks[input], budget }, file)
    return [{ input, required, many, ...sortOut(candidates, why) }]
  })
  const matches = found.map(
    ({ input, required, fitting, misses }): InputMatch => ({
      input,
      required,
      fitting: fitting.slice(0, MOST_SHOWN).map(shownFile),
      fittingCount: fitting.length,
      misses:
        fitting.length > 0
          ? []
          : misses.slice(0, MOST_MISSES).map(({ file, because }) => ({ ...shownFile(file), because })),
    }),
  )
  const missing = found.filter(({ required, fitting }) => required && fitting.length === 0)
  if (missing.length > 0) {
    return { outcome: "no-match", says: missing.map(missingWords).join("; "), matches, inputs: {} }
  }
  const several = found.filter(({ many, fitting }) => !many && fitting.length > 1)
  if (several.length > 0) {
    const told = several.map(({ input, fitting }) => `${fitting.length} files fit input "${input}": ${listed(fitting)}`)
    return { outcome: "ambiguous", says: told.join("; "), matches, inputs: {} }
  }
  const inputs = Object.fromEntries(
    found.flatMap(({ input, fitting }) => (fitting.length === 0 ? [] : [[input, fitting]])),
  )
  const told = Object.entries(inputs).map(([input, files]) => `"${input}" is ${listed(files)}`)
  return { outcome: "fits", says: told.length === 0 ? "The gear takes no files" : told.join(", "), matches, inputs }
}

const MOST_SHOWN = 20
const MOST_MISSES = 3

interface Miss {
  readonly file: Candidate
  readonly because: string
}

function sortOut(
  candidates: readonly Candidate[],
  why: (file: Candidate) => string | undefined,
): { readonly fitting: readonly Candidate[]; readonly misses: readonly Miss[] } {
  const fitting: Candidate[] = []
  const misses: Miss[] = []
  for (const file of candidates) {
    const because = why(file)
    if (because === undefined) fitting.push(file)
    else misses.push({ file, because })
  }
  return { fitting, misses }
}

function unfitBecause(
  {
    manifest,
    input,
    pattern,
    pick,
    budget,
  }: {
    readonly manifest: GearManifest
    readonly input: string
    readonly pattern: InputPattern | undefined
    readonly pick: string | undefined
    readonly budget: StepBudget
  },
  file: Candidate,
): string | undefined {
  if (pick !== undefined && file.id !== pick) return "another file was picked"
  const declared = manifest.inputs[input]
  if (declared === undefined) return "the gear has no such input"
  const alone = { ...manifest, config: {}, inputs: { [input]: declared } }
  const [fault] = findInvocationFaults(alone, { config: {}, inputs: { [input]: { ...file.object, name: file.name } } })
  if (fault !== undefined) return fault.problem
  if (pick !== undefined || pattern === undefined) return undefined
  if (pattern.name !== undefined && !isLike(pattern.name, file.name, budget))
    return `its name is not like "${pattern.name}"`
  const type = file.object["type"]
  if (pattern.type !== undefined && type !== pattern.type)
    return `its type is ${JSON.stringify(type ?? null)}, wanted "${pattern.type}"`
  return pattern.tag !== undefined && !file.tags.includes(pattern.tag) ? `it is not tagged "${pattern.tag}"` : undefined
}

function isLike(glob: string, name: string, budget: StepBudget): boolean {
  const reading = globPattern(glob)
  return reading.ok && reading.pattern.search(name, budget)
}

function missingWords({ input, misses }: { readonly input: string; readonly misses: readonly Miss[] }): string {
  const [nearest] = misses
  if (nearest === undefined) return `There is no file at all for input "${input}"`
  return `No file fits input "${input}"; of ${misses.length} the nearest is "${nearest.file.name}": ${nearest.because}`
}

function listed(files: readonly Candidate[]): string {
  const shown = files
    .slice(0, 5)
    .map(({ name }) => `"${name}"`)
    .join(", ")
  return files.length > 5 ? `${shown} and ${files.length - 5} more` : shown
}

function shownFile({ id, name, path }: Candidate): ShownFile {
  return { id, name, path }
}
