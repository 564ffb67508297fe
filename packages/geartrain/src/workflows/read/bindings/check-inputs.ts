import { resolve } from "node:path"
import { nearestName } from "@geartrain/spec"
import type { FileSource, InputSource, WorkflowFault, WorkflowStep } from "@geartrain/spec/workflow"
import type { InputFace, StepFace } from "../faces/step-face.ts"
import { type KnownDocument, type SourceFace, sourceFace } from "./source-face.ts"

/** A step with what it looks like. */
export interface KnownStep {
  readonly name: string
  readonly step: WorkflowStep
  readonly face: StepFace
}

/** Holds what a step gives to its inputs against what they take. */
export function findInputFaults({ name, step, face }: KnownStep, known: KnownDocument): readonly WorkflowFault[] {
  const path = ["steps", name]
  const given = step.inputs ?? {}
  const faults: WorkflowFault[] = []
  for (const [input, source] of Object.entries(given)) {
    const wanted = face.inputs.get(input)
    const at = [...path, "inputs", input]
    if (wanted === undefined) faults.push(unknownInput(at, input, face))
    else faults.push(...bindingFaults({ at, input, wanted, face, step }, source, known))
  }
  for (const [input, wanted] of face.inputs) {
    if (!wanted.isRequired || Object.hasOwn(given, input)) continue
    faults.push(missingInput(step.inputs === undefined ? path : [...path, "inputs"], input, { wanted, face }))
  }
  return faults
}

function unknownInput(path: readonly string[], input: string, face: StepFace): WorkflowFault {
  const problem = `${face.what} has no input "${input}"`
  const known = [...face.inputs.keys()]
  const meant = nearestName(input, known)
  if (meant !== undefined) return { path, problem, fix: `Rename it to "${meant}"` }
  if (face.items.has(input)) return { path, problem, fix: `Move it to ${face.values}, where there is a "${input}"` }
  const others = known.length === 0 ? "it has none" : `it has ${quoted(known)}`
  return { path, problem, fix: `Remove it: ${others}` }
}

function missingInput(
  path: readonly string[],
  input: string,
  { wanted, face }: { readonly wanted: InputFace; readonly face: StepFace },
): WorkflowFault {
  if (wanted.takes === "key") {
    const problem = `${face.what} asks for an API key, "${input}", which no workflow gives`
    return { path, problem, fix: "Use another gear, or run this one by itself" }
  }
  const type = wanted.wantedType === undefined ? "" : ` of type ${wanted.wantedType}`
  return {
    path,
    problem: `${face.what} needs input "${input}", and it is given nothing`,
    fix: `Add ${input}: { from: … } with ${AMOUNTS[wanted.takes]}${type} under inputs`,
  }
}

const AMOUNTS = { file: "a file", files: "files", folder: "a folder", context: "a value", key: "a key" } as const

interface Binding {
  readonly at: readonly string[]
  readonly input: string
  readonly wanted: InputFace
  readonly face: StepFace
  readonly step: WorkflowStep
}

function bindingFaults(binding: Binding, source: InputSource, known: KnownDocument): readonly WorkflowFault[] {
  const { at, input, wanted, face } = binding
  if (wanted.takes === "key") {
    const problem = `input "${input}" of ${face.what} is an API key, which no workflow gives`
    return [{ path: at, problem, fix: "Remove it" }]
  }
  const isValue = "value" in source
  if (isValue !== (wanted.takes === "context")) {
    const problem = isValue
      ? `input "${input}" of ${face.what} takes ${AMOUNTS[wanted.takes]}, and is given a value`
      : `input "${input}" of ${face.what} takes a value, and is given files`
    return [{ path: at, problem, fix: isValue ? "Write { from: … } or { file: PATH }" : "Write { value: … }" }]
  }
  if (isValue || "file" in source) return []
  const parts = Array.isArray(source) ? (source as readonly FileSource[]) : [source as FileSource]
  const faces = parts.map((part) => sourceFace(part, known, binding.step))
  return [
    ...countFaults(binding, parts, faces),
    ...parts.flatMap((part, index) => {
      const path = Array.isArray(source) ? [...at, String(index), "from"] : [...at, "from"]
      return typeFaults(binding, { part, face: faces[index], path })
    }),
    ...emptyFaults(binding, parts, faces),
  ]
}

function countFaults(
  { at, input, wanted, face, step }: Binding,
  parts: readonly FileSource[],
  faces: readonly (SourceFace | undefined)[],
): readonly WorkflowFault[] {
  if (wanted.takes !== "file") return []
  const [first] = parts
  if (parts.length > 1 && faces.filter((part) => part?.isOptional !== true).length > 1) {
    const problem = `input "${input}" of ${face.what} takes one file, and is given ${parts.length} sources`
    return [{ path: at, problem, fix: "Give it one of them" }]
  }
  if (first === undefined || faces[0]?.count !== "several") return []
  const word = input.replaceAll(/[^A-Za-z0-9_-]/g, "").replace(/^[^A-Za-z]+/, "") || "item"
  const fix =
    step.scatter === undefined
      ? `Run it for each: scatter: { over: { ${word}: { from: ${first.from} } } }, and here { from: each.${word} }`
      : `Add it to over in the scatter, and write { from: each.${word} } here`
  const problem = `input "${input}" of ${face.what} takes one file, and "${first.from}" gives several`
  return [{ path: at, problem, fix }]
}

function typeFaults(
  { input, wanted, face: step }: Binding,
  {
    part,
    face,
    path,
  }: { readonly part: FileSource; readonly face: SourceFace | undefined; readonly path: readonly string[] },
): readonly WorkflowFault[] {
  if (wanted.takes === "folder" || face?.types === undefined || face.types.length === 0) return []
  if (face.types.some(wanted.fitsType)) return []
  const problem = `"${part.from}" gives files of type ${quoted(face.types)}, and input "${input}" of ${step.what} takes ${wanted.wantedType ?? "another"}`
  return [{ path, problem, fix: "Read of another output, or say the type that the files have where they come from" }]
}

/** Nothing of what an input needs may be there. */
function emptyFaults(
  { at, input, wanted, face }: Binding,
  parts: readonly FileSource[],
  faces: readonly (SourceFace | undefined)[],
): readonly WorkflowFault[] {
  if (!wanted.isRequired || !faces.every((part) => part?.isOptional === true)) return []
  const problem = `"${parts[0]?.from ?? ""}" is optional, and ${face.what} needs its input "${input}"`
  const fix = `Give the workflow's input a default, remove its optional, or add when: { exists: ${parts[0]?.from ?? ""} }`
  return [{ path: at, problem, fix }]
}

/** Files that the workflow itself names, by where. */
export function namedFiles(
  { name, step }: KnownStep,
  folder: string,
): readonly { readonly path: readonly string[]; readonly file: string }[] {
  return Object.entries(step.inputs ?? {}).flatMap(([input, source]) =>
    "file" in source ? [{ path: ["steps", name, "inputs", input, "file"], file: resolve(folder, source.file) }] : [],
  )
}

function quoted(names: readonly string[]): string {
  return names
    .slice(0, 10)
    .map((name) => JSON.stringify(name))
    .join(", ")
}
