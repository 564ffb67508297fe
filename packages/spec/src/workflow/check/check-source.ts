import type { JsonPath } from "../../json/json-path.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import { type NamedSource, readSource } from "../sources/read-source.ts"
import { type FoundSource, isFileSource } from "../sources/walk-sources.ts"
import { globFaults, groupsOf } from "./check-globs.ts"
import { isBroken, type StepScope } from "./step-scope.ts"
import { unknownFault, type WorkflowFault } from "./workflow-fault.ts"

/** A place that names a source, with its whole path in the document. */
export type PlacedSource = Omit<FoundSource, "of"> & { readonly of: FoundSource["of"] | "output" }

/** Whether a source names something that is there, and that fits where it is named. What gears give is not known here. */
export function findSourceFaults(found: PlacedSource, scope: StepScope): readonly WorkflowFault[] {
  const source = readSource(found.from)
  if (source === undefined) return [unreadable(found, scope)]
  return [...namedFaults(found, source, scope), ...patternFaults(found, source)]
}

function unreadable({ from, path }: PlacedSource, { workflow }: StepScope): WorkflowFault {
  const problem = `${JSON.stringify(from.slice(0, 100))} says not where it comes from`
  const [first = "", ...rest] = from.split(".")
  const group = nearestName(first, ["inputs", "parameters", "steps", "each"])
  if (group !== undefined && rest.length > 0 && rest[0] !== "" && group !== first) {
    return { path, problem, fix: `Write ${[group, ...rest].join(".")}` }
  }
  if (Object.hasOwn(workflow.steps, first)) return { path, problem, fix: `Write steps.${from}` }
  if (rest.length === 0 && Object.hasOwn(workflow.inputs ?? {}, from))
    return { path, problem, fix: `Write inputs.${from}` }
  if (rest.length === 0 && Object.hasOwn(workflow.parameters ?? {}, from)) {
    return { path, problem, fix: `Write parameters.${from}` }
  }
  return { path, problem, fix: "Write inputs.NAME, parameters.NAME, steps.STEP.OUTPUT or each.NAME" }
}

function namedFaults(found: PlacedSource, source: NamedSource, scope: StepScope): readonly WorkflowFault[] {
  switch (source.kind) {
    case "input":
      return inputFaults(found, source.name, scope)
    case "parameter":
      return parameterFaults(found, source.name, scope)
    case "step":
      return stepFaults(found, source, scope)
    case "each":
      return eachFaults(found, source, scope)
  }
}

const TAKES_VALUE: ReadonlySet<PlacedSource["of"]> = new Set(["value", "text", "condition"])

function inputFaults(found: PlacedSource, name: string, scope: StepScope): readonly WorkflowFault[] {
  if (isBroken(scope, "inputs", name)) return []
  const { inputs = {} } = scope.workflow
  const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined
  if (input === undefined) return [unknownFault(found.path, "input", { name, known: Object.keys(inputs) })]
  if (TAKES_VALUE.has(found.of)) return [filesForValue(found)]
  if (found.of === "scatter" && (input.takes ?? "file") === "file") {
    return [
      {
        path: found.path,
        problem: `input "${name}" is one file, and a scatter takes several`,
        fix: `Say takes: files at the input "${name}", or read it without a scatter`,
      },
    ]
  }
  return []
}

function parameterFaults(found: PlacedSource, name: string, scope: StepScope): readonly WorkflowFault[] {
  const { parameters = {} } = scope.workflow
  if (isBroken(scope, "parameters", name)) return []
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (parameter === undefined) {
    const inputs = Object.keys(scope.workflow.inputs ?? {})
    const fault = unknownFault(found.path, "parameter", { name, known: Object.keys(parameters) })
    return [inputs.includes(name) ? { ...fault, fix: `Write inputs.${name}` } : fault]
  }
  if (found.of === "scatter" && parameter.type !== "list") {
    return [
      {
        path: found.path,
        problem: `parameter "${name}" is of type ${parameter.type}, and a scatter takes a list`,
        fix: `Say type: list at the parameter "${name}"`,
      },
    ]
  }
  return takesFiles(found) ? [valueForFiles(found, `parameters.${name}`)] : []
}

function stepFaults(
  found: PlacedSource,
  source: Extract<NamedSource, { readonly kind: "step" }>,
  scope: StepScope,
): readonly WorkflowFault[] {
  const { steps } = scope.workflow
  if (!Object.hasOwn(steps, source.step) && !isBroken(scope, "steps", source.step)) {
    return [unknownFault(found.path, "step", { name: source.step, known: Object.keys(steps) })]
  }
  if (TAKES_VALUE.has(found.of)) return [filesForValue(found)]
  if (source.output === undefined && found.files === undefined && found.of !== "exists") {
    return [
      {
        path: found.path,
        problem: `"${found.from}" names all files of a step`,
        fix: `Name an output, ${found.from}.OUTPUT, or pick files: files: "*.txt"`,
      },
    ]
  }
  return []
}

function eachFaults(
  found: PlacedSource,
  source: Extract<NamedSource, { readonly kind: "each" }>,
  { step }: StepScope,
): readonly WorkflowFault[] {
  const { path, from } = found
  const over = step?.scatter?.over ?? {}
  if (found.of === "scatter" || step?.scatter === undefined) {
    const problem =
      found.of === "scatter"
        ? "a scatter cannot go over its own items"
        : `"${from}" is an item of a scatter, and here is none`
    return [{ path, problem, fix: "Name an input, a parameter or a step" }]
  }
  const items = Object.hasOwn(over, source.name) ? over[source.name] : undefined
  if (items === undefined) return [unknownFault(path, "item", { name: source.name, known: Object.keys(over) })]
  const isFile = isFileSource(items) && readSource(items.from)?.kind !== "parameter"
  if (found.of === "exists" || (takesFiles(found) && (!isFile || source.group !== undefined))) {
    return [valueForFiles(found, source.group === undefined && isFile ? "an item that is always there" : `"${from}"`)]
  }
  return source.group === undefined ? [] : groupFaults(found, source, isFileSource(items) ? items.glob : undefined)
}

function groupFaults(
  { path, from }: PlacedSource,
  { name, group = 0 }: { readonly name: string; readonly group?: number },
  glob: string | undefined,
): readonly WorkflowFault[] {
  const groups = glob === undefined ? 0 : groupsOf(glob)
  if (group <= groups || (glob !== undefined && globFaults(glob, []).length > 0)) return []
  const has = glob === undefined ? "has no glob" : `has ${groups === 1 ? "one group" : `${groups} groups`} in its glob`
  return [
    {
      path,
      problem: `"${from}" is what group ${group} caught, and "${name}" ${has}`,
      fix: "Put what is wanted of the name into ( ) in the glob of the scatter",
    },
  ]
}

function takesFiles({ of }: PlacedSource): boolean {
  return of === "input" || of === "exists" || of === "output"
}

function filesForValue({ path, from, of }: PlacedSource): WorkflowFault {
  const fix =
    of === "condition" ? `Ask whether they exist: exists: ${from}` : "Name a parameter or an item of the scatter here"
  return { path, problem: `"${from}" gives files, and here is wanted a value`, fix }
}

function valueForFiles({ path, from, of }: PlacedSource, what: string): WorkflowFault {
  const value = what === `"${from}"` || what === from ? `"${from}" is a value` : `"${from}" is ${what}`
  const fix =
    of === "exists"
      ? "Compare values with equals, in, atLeast, atMost or fits"
      : "Name an input or an output of a step here; values go into the config"
  return { path, problem: `${value}, and here are wanted files`, fix }
}

function patternFaults(found: PlacedSource, source: NamedSource): readonly WorkflowFault[] {
  const base = found.path.slice(0, -1)
  const faults: WorkflowFault[] = []
  for (const name of ["files", "glob"] as const) {
    const pattern = found[name]
    if (pattern === undefined) continue
    const path: JsonPath = [...base, name]
    if (source.kind === "parameter") {
      faults.push({ path, problem: `"${found.from}" gives values, which have no paths`, fix: `Remove "${name}"` })
    } else faults.push(...globFaults(pattern, path))
  }
  return faults
}
