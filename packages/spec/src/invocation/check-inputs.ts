import { suffixesOf } from "../files/file-type.ts"
import { isFolderName } from "../files/folder-name.ts"
import { isJsonArray, isJsonObject, memberOf, showJson, textOf } from "../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { StepBudget } from "../pattern/step-budget.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { listWords } from "../text/list-words.ts"
import { faultAt, type InvocationFault } from "./invocation-fault.ts"
import { unknownName } from "./unknown-name.ts"

/** Holds the given inputs against the manifest: their names, whether all that are required are there, and what each file has to be. */
export function checkInputs(
  manifest: GearManifest,
  inputs: Readonly<Record<string, JsonObject>>,
): readonly InvocationFault[] {
  const budget = new StepBudget()
  const faults: InvocationFault[] = []
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(manifest.inputs, name)) faults.push(unknownName(manifest, "inputs", name))
  }
  for (const [name, input] of Object.entries(manifest.inputs)) {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (given === undefined) {
      // A context that is not given is one that was not found, which a gear has to reckon with.
      if (input.base !== "context" && memberOf(input, "optional") !== true) faults.push(missingFault(name, input))
    } else if (input.base === "file") faults.push(...fileFaults({ name, input, file: given }, budget))
  }
  return faults
}

function missingFault(name: string, input: JsonObject): InvocationFault {
  const types = wantedTypes(input)
  const kind = types.length === 0 ? "a file" : `a file of type ${listWords(types.map(showJson), "or")}`
  const isKey = input["base"] === "api-key"
  return faultAt(["inputs", name], {
    keyword: "required",
    problem: isKey ? `input "${name}" is missing, which is an API key` : `input "${name}" is missing`,
    fix: isKey ? "Give a key for it" : `Give ${kind} for it${endings(types)}`,
  })
}

interface GivenFile {
  readonly name: string
  readonly input: JsonObject
  readonly file: JsonObject
}

function fileFaults(given: GivenFile, budget: StepBudget): readonly InvocationFault[] {
  const { name, input, file } = given
  const faults: InvocationFault[] = []
  const fileName = memberOf(file, "name")
  if (typeof fileName !== "string" || !isFolderName(fileName)) faults.push(fileNameFault(name, fileName))
  if (!isFolderName(name)) faults.push(inputNameFault(name))
  for (const [member, rule] of Object.entries(input)) {
    if (["base", "description", "optional"].includes(member) || !isJsonObject(rule)) continue
    // A type that is not known is none of those that are wanted; of other members only those that are known can be wrong.
    const value = Object.hasOwn(file, member) ? file[member] : member === "type" ? null : undefined
    if (value === undefined) continue
    const [violation] = validateDraft04(rule, value, { budget })
    if (violation === undefined) continue
    faults.push(
      faultAt(["inputs", name, member, ...violation.path], {
        keyword: violation.keyword,
        problem:
          member === "type" ? typeProblem(given, value) : `input "${name}": the file's ${member}: ${violation.problem}`,
        fix:
          violation.culprit === "schema" ? "Ask the author of the gear to mend its manifest" : fileFix(member, input),
      }),
    )
  }
  return faults
}

function typeProblem({ name, input, file }: GivenFile, value: JsonValue): string {
  const fileName = showJson(memberOf(file, "name") ?? null)
  const types = wantedTypes(input)
  const wanted = types.length === 0 ? "another" : listWords(types.map(showJson), "or")
  const found = value === null ? "is of no type that its name tells" : `is of type ${showJson(value)}`
  return `input "${name}": the file ${fileName} ${found}, wanted ${wanted}`
}

function fileFix(member: string, input: JsonObject): string {
  if (member !== "type") return "Give another file"
  return `Give a file of that type${endings(wantedTypes(input))}, or state the type of this one`
}

/** The types that an input takes, where it names them. */
function wantedTypes(input: JsonObject): readonly string[] {
  const rule = memberOf(input, "type")
  const types = isJsonObject(rule) ? memberOf(rule, "enum") : undefined
  return isJsonArray(types) ? types.map(textOf) : []
}

/** How the names of files of some types end, in parentheses. */
function endings(types: readonly string[]): string {
  const suffixes = types.flatMap(suffixesOf)
  return suffixes.length === 0 ? "" : ` (${suffixes.slice(0, 6).join(", ")})`
}

function fileNameFault(name: string, fileName: JsonValue | undefined): InvocationFault {
  return faultAt(["inputs", name, "name"], {
    keyword: "name",
    problem: `input "${name}": ${showJson(fileName ?? null)} cannot be the name of a file`,
    fix: "Give the file a name without folders, of at most 255 bytes",
  })
}

function inputNameFault(name: string): InvocationFault {
  return faultAt(["inputs", name], {
    keyword: "name",
    problem: `input ${showJson(name)} cannot be the name of a folder, which it becomes`,
    fix: "Ask the author of the gear to rename it",
  })
}
