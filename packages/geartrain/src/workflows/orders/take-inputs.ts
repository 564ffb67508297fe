import { basename } from "node:path"
import { type ContextInput, GeartrainError, type OutputFile } from "@geartrain/spec"
import {
  type AwaitedFiles,
  compilePathGlob,
  type KnownFile,
  type OpenFiles,
  type PlannedInput,
} from "@geartrain/spec/workflow"

/** What other jobs of the plan have given. */
export interface GivenFiles {
  /** Of a job that is done, in the order of its record. */
  outputsOf(key: string): readonly OutputFile[] | "skipped"
  /** Keys of the jobs that an open step became, in the order of its items. */
  keysOf(step: string): readonly string[]
}

/** What a job reads, all of it known. */
export interface TakenInputs {
  /** By the name of the input; of one that takes several, `input/name`. */
  readonly files: ReadonlyMap<string, KnownFile>
  readonly contexts: Readonly<Record<string, ContextInput["value"]>>
}

/**
 * Puts together what goes into a job, once all that it reads of is done. A plan and a run both do it by this, so that they come to one invocation.
 *
 * Of a gather, items that were skipped are left out; where two files have one name, each gets its index before it, `0003-out.bam`.
 *
 * @param options.isOptional  Whether the gear does without this input: then no file is none. Default: it does not.
 * @returns undefined where something that it reads was skipped, so that the job is skipped as well.
 * @throws {GeartrainError} WORKFLOW_FILES_UNFIT where an input gets another number of files than it takes.
 */
export function takeInputs(
  job: { readonly key: string; readonly inputs: Readonly<Record<string, PlannedInput>> },
  given: GivenFiles,
  { isOptional = () => false }: { readonly isOptional?: (input: string) => boolean } = {},
): TakenInputs | undefined {
  const files = new Map<string, KnownFile>()
  const contexts: Record<string, ContextInput["value"]> = Object.create(null)
  for (const [name, input] of Object.entries(job.inputs)) {
    if (input.takes === "value") {
      if (input.value !== undefined) contexts[name] = input.value as ContextInput["value"]
      continue
    }
    const taken = takeFiles(input, given)
    if (taken === "skipped") return undefined
    if (input.takes !== "file") {
      for (const file of tellApart(input.takes, taken)) files.set(`${name}/${file.name}`, file)
      continue
    }
    const [file, ...more] = taken
    if (file === undefined && isOptional(name)) continue
    if (file === undefined || more.length > 0) throw unfit({ job: job.key, input: name }, input, taken)
    files.set(name, { ...file, name: basename(file.name) })
  }
  return { files, contexts }
}

/**
 * The files that an input gets, or an output of the workflow gives, in order.
 *
 * @returns `skipped` where a part of it reads of jobs that were all skipped.
 */
export function takeFiles(input: PlannedInput, given: GivenFiles): readonly KnownFile[] | "skipped" {
  const taken: KnownFile[] = []
  for (const part of input.parts ?? []) {
    if ("digest" in part) {
      taken.push(part)
      continue
    }
    const keys = "jobs" in part ? part.jobs : given.keysOf(part.step)
    let skipped = 0
    for (const key of keys) {
      const outputs = given.outputsOf(key)
      if (outputs === "skipped") skipped += 1
      else for (const file of pick(outputs, part)) taken.push(file)
    }
    if (keys.length > 0 && skipped === keys.length) return "skipped"
  }
  return taken
}

/** The outputs that a part picks, in the order of their paths. */
export function pick(outputs: readonly OutputFile[], part: AwaitedFiles | OpenFiles): readonly KnownFile[] {
  const glob = part.files === undefined ? undefined : compilePathGlob(part.files)
  return outputs
    .filter(
      (file) =>
        (part.output === undefined || file.output === part.output) &&
        (glob === undefined || glob.match(file.path) !== undefined),
    )
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, digest, sizeBytes, type, executable }) => ({
      ...{ name: path, digest, sizeBytes },
      ...(type === undefined ? {} : { type }),
      ...(executable === undefined ? {} : { executable }),
    }))
}

/** Gives every file a name of its own: the last part of its path, or in a folder its path. */
export function tellApart(takes: "files" | "folder", files: readonly KnownFile[]): readonly KnownFile[] {
  const names = files.map((file) => (takes === "folder" ? file.name : basename(file.name)))
  const isTwice = new Set(names).size < names.length
  const digits = Math.max(4, String(files.length).length)
  return files.map((file, index) => {
    const name = names[index] ?? file.name
    return { ...file, name: isTwice ? before(name, String(index).padStart(digits, "0")) : name }
  })
}

function before(path: string, index: string): string {
  const slash = path.lastIndexOf("/") + 1
  return `${path.slice(0, slash)}${index}-${path.slice(slash)}`
}

function unfit(
  at: { readonly job: string; readonly input: string },
  input: PlannedInput,
  taken: readonly KnownFile[],
): GeartrainError {
  const makers = (input.parts ?? []).flatMap((part) =>
    "digest" in part ? [] : "jobs" in part ? part.jobs : [part.step],
  )
  const wanted = (input.parts ?? []).flatMap((part) =>
    "digest" in part ? [] : [part.output === undefined ? `files "${part.files ?? "*"}"` : `output "${part.output}"`],
  )
  const names = taken.slice(0, 3).map(({ name }) => `"${name}"`)
  const gave =
    taken.length === 0 ? "nothing" : `${taken.length} files, ${names.join(", ")}${taken.length > 3 ? " …" : ""}`
  const from = makers.length === 0 ? "its source" : `"${makers.slice(0, 3).join('", "')}"`
  return new GeartrainError(
    "WORKFLOW_FILES_UNFIT",
    `Cannot run "${at.job}": input "${at.input}" takes one file, and ${wanted[0] ?? "what was given"} of ${from} is ${gave}`,
    {
      details: { ...at, from: makers.slice(0, 10), files: taken.slice(0, 10).map(({ name }) => name) },
      hint:
        taken.length === 0
          ? "Look at what it wrote: gear workflow status RUN names its job, gear show JOB its outputs"
          : `Pick one of them: files: '${taken[0]?.name ?? ""}' beside from:`,
    },
  )
}
