import { basename, resolve } from "node:path"
import { GeartrainError, nearestName } from "@geartrain/spec"
import type { InputSource, KnownFile, WorkflowInput } from "@geartrain/spec/workflow"
import { namedFile } from "./expand/step-inputs.ts"
import type { PlanRequest, WorkflowToPlan } from "./plan-request.ts"

/** How files are looked at. */
export interface FileReading {
  /** @throws {GeartrainError} INPUT_… */
  readonly readFile: (path: string, name: string, input: string) => Promise<KnownFile>
  /** The files of a folder: each by the name of the folder and its path in it, and where it lies. @throws {GeartrainError} INPUT_… */
  readonly listFolder: (path: string, input: string) => Promise<readonly (readonly [name: string, path: string])[]>
}

/**
 * Reads the files that a workflow is given, and those that its documents name, for their digests.
 *
 * @param given  Paths by the name of the input, from where the program runs.
 * @throws {GeartrainError} WORKFLOW_INPUTS_INVALID for names that are not known, missing and too many files; INPUT_…
 */
export async function readGivenFiles(
  workflow: WorkflowToPlan,
  given: ReadonlyMap<string, readonly string[]>,
  reading: FileReading,
): Promise<Pick<PlanRequest, "inputs" | "files">> {
  const whole = workflow.documents.get("")
  if (whole === undefined) throw new RangeError("The workflow was not checked: it has no document")
  const declared = whole.workflow.inputs ?? {}
  const problems = [...problemsOf(declared, given)]
  if (problems.length > 0) throw invalid(whole.workflow.name, problems)
  const wanted: Wanted[] = []
  for (const [name, input] of Object.entries(declared)) {
    const paths = given.get(name) ?? (input.default === undefined ? [] : [resolve(whole.folder, input.default)])
    if (paths.length > 0) wanted.push({ key: name, input: name, takes: input.takes ?? "file", paths })
  }
  const inputs = await readAll(wanted, reading)
  return { inputs, files: await readAll(namedIn(workflow), reading) }
}

function* problemsOf(
  declared: Readonly<Record<string, WorkflowInput>>,
  given: ReadonlyMap<string, readonly string[]>,
): Iterable<string> {
  const names = Object.keys(declared)
  for (const name of given.keys()) {
    if (Object.hasOwn(declared, name)) continue
    const near = nearestName(name, names)
    const has = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`
    yield `input "${name}" is not known: ${near === undefined ? has : `did you mean "${near}"?`}`
  }
  for (const [name, { takes = "file", optional, default: fallback, description }] of Object.entries(declared)) {
    const count = given.get(name)?.length ?? 0
    const about = description === undefined ? "" : ` (${description})`
    if (count === 0 && optional !== true && fallback === undefined)
      yield `input "${name}"${about} is missing: give it with --input ${name}=${takes === "folder" ? "DIR" : "PATH"}`
    if (count > 1 && takes !== "files") yield `input "${name}" takes one ${takes}, and ${count} are given`
  }
}

interface Wanted {
  readonly key: string
  /** As people call it. */
  readonly input: string
  readonly takes: "file" | "files" | "folder"
  readonly paths: readonly string[]
}

/** Files that documents name: in the inputs of steps, and where nothing is given to a sub-workflow. */
function namedIn({ documents }: WorkflowToPlan): readonly Wanted[] {
  const wanted = new Map<string, Wanted>()
  const add = (
    path: string,
    written: string,
    rest: Pick<Wanted, "input" | "takes"> & { readonly folder: string },
  ): void => {
    const key = namedFile(path, written)
    wanted.set(key, { key, input: rest.input, takes: rest.takes, paths: [resolve(rest.folder, written)] })
  }
  for (const [path, { folder, workflow }] of documents) {
    for (const step of Object.values(workflow.steps)) {
      for (const [input, source] of Object.entries<InputSource>(step.inputs ?? {}))
        if ("file" in source) add(path, source.file, { input, takes: "file", folder })
    }
    if (path === "") continue
    for (const [input, { default: written, takes = "file" }] of Object.entries(workflow.inputs ?? {}))
      if (written !== undefined) add(path, written, { input, takes, folder })
  }
  return [...wanted.values()]
}

async function readAll(
  wanted: readonly Wanted[],
  reading: FileReading,
): Promise<Readonly<Record<string, readonly KnownFile[]>>> {
  const places: { readonly key: string; readonly input: string; readonly name: string; readonly path: string }[] = []
  for (const { key, input, takes, paths } of wanted) {
    for (const path of paths) {
      if (takes !== "folder") places.push({ key, input, name: basename(path), path })
      else for (const [name, at] of await reading.listFolder(path, input)) places.push({ key, input, name, path: at })
    }
  }
  const found = Object.fromEntries(wanted.map(({ key }) => [key, [] as KnownFile[]]))
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const some = places.slice(start, start + AT_ONCE)
    const files = await Promise.all(some.map(({ path, name, input }) => reading.readFile(path, name, input)))
    for (const [index, file] of files.entries()) found[some[index]?.key ?? ""]?.push(file)
  }
  return found
}

/** So many files are read at one time. */
const AT_ONCE = 16

function invalid(name: string, problems: readonly string[]): GeartrainError {
  const lines = problems.map((problem) => `  ${problem}`)
  return new GeartrainError(
    "WORKFLOW_INPUTS_INVALID",
    [`Cannot take the files for workflow "${name}":`, ...lines].join("\n"),
    { details: { problems: [...problems] }, hint: "Give each input by its name: --input NAME=PATH" },
  )
}
