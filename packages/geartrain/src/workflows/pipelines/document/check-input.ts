import { canonicalJson, type JsonObject, type JsonPath } from "@geartrain/spec"
import { isPlaceId } from "@geartrain/spec/archive"
import { type PipelineInput, readPathGlob } from "@geartrain/spec/workflow"
import type { DocumentFault } from "../../../documents/read-yaml.ts"
import { type Combinator, type FolderInput, folderInputs, formsOf, inputName, partsOf } from "./input-tree.ts"

const OF_A_FOLDER = [
  "name",
  "to",
  "glob",
  "joinOn",
  "outerJoin",
  "groupBy",
  "emptyFiles",
  "reference",
] as const satisfies readonly (keyof PipelineInput)[]

/** Finds what no schema can say of an input, and of those in it. */
export function checkInput(input: PipelineInput, path: JsonPath = ["input"], inside: readonly Combinator[] = []) {
  const forms = formsOf(input)
  if (forms.length !== 1) return [formFault(forms, path)]
  const parts = partsOf(input)
  if (parts === undefined) return checkFolder(input, path, inside)
  const faults: DocumentFault[] = OF_A_FOLDER.filter((name) => input[name] !== undefined).map((name) => ({
    path: [...path, name],
    problem: `"${name}" is of a folder, and this is a ${parts.by}`,
    fix: `Write it in the inputs under ${parts.by}`,
  }))
  for (const [index, part] of parts.of.entries()) {
    faults.push(...checkInput(part, [...path, parts.by, index], [...inside, parts.by]))
  }
  return faults
}

/**
 * Finds inputs that have one name and read different things: a datum is known by that name and its paths, so one of two would be taken for the other.
 */
export function checkNames(input: PipelineInput): readonly DocumentFault[] {
  const first = new Map<string, FolderInput>()
  const faults: DocumentFault[] = []
  for (const one of folderInputs(input)) {
    const name = inputName(one)
    const other = first.get(name)
    if (other === undefined) first.set(name, one)
    else if (OF_A_NAME.some((member) => one[member] !== other[member]) || !isSame(one, other)) {
      const [is, was] = [readOf(one), readOf(other)]
      const by = is === was ? `"${is}" is read in two ways` : `"${was}" and "${is}" are`
      faults.push({
        path: ["input"],
        problem: is === was ? `${by} under the name "${name}"` : `${by} both called "${name}"`,
        fix: "Give one of them another: name: NAME",
      })
    }
  }
  return faults
}

const OF_A_NAME = ["to", "emptyFiles"] as const satisfies readonly (keyof PipelineInput)[]

function isSame(one: PipelineInput, other: PipelineInput): boolean {
  return formsOf(one)[0] === formsOf(other)[0] && readOf(one) === readOf(other)
}

/** What an input reads, as people write it. */
function readOf({ folder, archive, pipeline }: PipelineInput): string | undefined {
  if (archive === undefined) return folder ?? pipeline
  const { place, ...rest } = archive
  return Object.keys(rest).length === 0 ? place : `${place} ${canonicalJson(rest as JsonObject)}`
}

function formFault(forms: readonly string[], path: JsonPath): DocumentFault {
  return {
    path,
    problem: forms.length === 0 ? "it says not what it reads" : `it has ${forms.join(" and ")}`,
    fix: "Write just one of folder, archive, pipeline, cross, union, join and group",
  }
}

function checkFolder(input: PipelineInput, path: JsonPath, inside: readonly Combinator[]): readonly DocumentFault[] {
  if (input.glob === undefined) {
    return [{ path, problem: '"glob" is missing', fix: 'Add it: glob: "/*" is a datum for each file and folder in it' }]
  }
  const read = readPathGlob(input.glob)
  if (!read.ok) {
    const { at, problem, hint } = read.fault
    return [{ path: [...path, "glob"], problem: `at ${at + 1}, ${problem}`, fix: hint }]
  }
  const { groups } = read.glob
  const faults: DocumentFault[] = [...checkPlace(input, path)]
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(inputName(input))) {
    faults.push({ path, problem: `"${inputName(input)}" cannot be its name`, fix: 'Give it one: name: "scans"' })
  }
  for (const name of ["joinOn", "groupBy"] as const) {
    const highest = Math.max(0, ...[...(input[name] ?? "").matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))
    if (highest > groups) {
      const fix = groups === 0 ? "Put ( ) around what is to be compared in the glob" : `Write $1 to $${groups}`
      faults.push({ path: [...path, name], problem: `it has $${highest}, and the glob has ${groups} groups`, fix })
    }
  }
  const wanted = { joinOn: "join", groupBy: "group", outerJoin: "join" } as const
  for (const [name, by] of Object.entries(wanted)) {
    if (input[name as "joinOn"] !== undefined && !inside.includes(by)) {
      faults.push({ path: [...path, name], problem: `"${name}" is for inputs of a ${by}`, fix: "Remove it" })
    }
  }
  if (inside.at(-1) === "join" && input.joinOn === undefined) {
    faults.push({ path, problem: '"joinOn" is missing', fix: 'Say what has to be equal: joinOn: "$1"' })
  }
  if (inside.at(-1) === "group" && input.groupBy === undefined) {
    faults.push({ path, problem: '"groupBy" is missing', fix: 'Say what has to be equal: groupBy: "$1"' })
  }
  return faults
}

/** What a place is has to be asked of the server; that a path leads to none is known before. */
function checkPlace({ archive }: PipelineInput, path: JsonPath): readonly DocumentFault[] {
  if (archive === undefined) return []
  const steps = archive.place.split("/").filter((step) => step !== "")
  const at = [...path, "archive", "place"]
  const [first = ""] = steps
  if (steps.length === 0 || (steps.length === 1 && !isPlaceId(first))) {
    const fix = `Name a project, or a place in one: place: ${first === "" ? "GROUP" : first}/PROJECT`
    return [{ path: at, problem: `"${archive.place}" is no place with files`, fix }]
  }
  if (!steps.includes("files")) return []
  return [{ path: at, problem: `"${archive.place}" is a file`, fix: "Name its place, and the file in the glob" }]
}
