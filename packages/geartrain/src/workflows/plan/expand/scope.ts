import type { Gear, JsonObject, OutputFile } from "@geartrain/spec"
import type { AwaitedFiles, KnownFile, OpenFiles, PlanReason, StepPolicy, Workflow } from "@geartrain/spec/workflow"

/** Files in order: each known, awaited of jobs, or of a step that is still open. */
export type Part = KnownFile | AwaitedFiles | OpenFiles

/** A workflow, or a sub-workflow as one item of its step's scatter. */
export interface Scope {
  /** Of the steps in it: `` or `qc/`. */
  readonly path: string
  /** Of the keys of the jobs in it: `` or `qc[2]/`. */
  readonly key: string
  readonly workflow: Workflow
  readonly parameters: JsonObject
  readonly inputs: ReadonlyMap<string, readonly Part[]>
  /** What its steps have become so far. */
  readonly results: Map<string, StepResult>
  /** What holds for steps that do not say it themselves. */
  readonly policy: StepPolicy
  /** What all jobs in it wait for. */
  readonly after: Waits
  /** Jobs that are done, and whose outputs told how often it is there. */
  readonly toldBy: readonly string[]
  /** It is left out as a whole. */
  readonly skip?: PlanReason
  /** How often it is there, or whether at all, is not known yet. */
  readonly isOpen?: true
}

/** What a step has become. */
export type StepResult =
  | { readonly kind: "jobs"; readonly keys: readonly string[]; readonly gear: Gear }
  | { readonly kind: "open"; readonly step: string; readonly gear: Gear }
  /** A sub-workflow: its outputs, and all that has to be done for it to be done. */
  | { readonly kind: "workflow"; readonly outputs: ReadonlyMap<string, readonly Part[]>; readonly all: Waits }

/** Keys of jobs and of open steps. */
export interface Waits {
  readonly jobs: readonly string[]
  readonly open: readonly string[]
}

export const NOTHING: Waits = { jobs: [], open: [] }

/** What is known of jobs so far: their outputs, that they are left out, or nothing. */
export interface Facts {
  outputsOf(key: string): readonly OutputFile[] | "skipped" | undefined
  /** What an open step became. Undefined: it is still open. */
  keysOf(step: string): readonly string[] | undefined
}

/** Joins what is waited for, each once. */
export function joinWaits(all: readonly Waits[]): Waits {
  const some = all.filter(({ jobs, open }) => jobs.length > 0 || open.length > 0)
  if (some.length < 2) return some[0] ?? NOTHING
  const [jobs, open] = [new Set<string>(), new Set<string>()]
  for (const each of some) {
    for (const key of each.jobs) jobs.add(key)
    for (const step of each.open) open.add(step)
  }
  return { jobs: [...jobs], open: [...open] }
}

/** What has to be done before files are there. */
export function waitsOf(parts: readonly Part[]): Waits {
  return joinWaits(
    parts.map((part) =>
      "jobs" in part ? { jobs: part.jobs, open: [] } : "step" in part ? { jobs: [], open: [part.step] } : NOTHING,
    ),
  )
}

export function waitsOfResult(result: StepResult): Waits {
  if (result.kind === "workflow") return result.all
  return result.kind === "jobs" ? { jobs: result.keys, open: [] } : { jobs: [], open: [result.step] }
}
