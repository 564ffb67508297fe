import { isJsonArray, isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import type { SchemaViolation } from "../../schema/schema-violation.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import { listWords } from "../../text/list-words.ts"
import type { WorkflowFault } from "../../workflow/check/workflow-fault.ts"
import { WORKFLOW_SCHEMA } from "../workflow-schema.ts"

/** Tells a violation of the workflow's schema in words that mend it. */
export function schemaFaults(violation: SchemaViolation, root: JsonValue): readonly WorkflowFault[] {
  const { path, keyword, names, problem, branches } = violation
  switch (keyword) {
    case "additionalProperties":
      return names.map((name) => unknownMember(violation, name))
    case "required":
      return names.map((name) => ({ path, problem: `"${name}" is missing`, fix: `Add "${name}"` }))
    case "anyOf":
    case "oneOf": {
      const value = valueAt(root, path)
      const meant = branches[meantForm(value, branches.length, path)]
      if (meant !== undefined) return meant.flatMap((inner) => schemaFaults(inner, root))
      return [formFault(path, branches.length)]
    }
    case "enum":
      return [{ path, problem, fix: enumFix(violation, valueAt(root, path)) }]
    case "pattern":
      return [{ path, problem, fix: "Begin with a letter or a digit, and use letters, digits, -, _ and . only" }]
    case "minProperties":
      return [{ path, problem: path.at(-1) === "steps" ? "there is no step" : problem, fix: FIXES[keyword] ?? "" }]
    default:
      return [{ path, problem, fix: FIXES[keyword] ?? "Write it as the schema says" }]
  }
}

const FIXES: Readonly<Record<string, string>> = {
  type: "Write a value of the type that is wanted",
  minimum: "Write a larger number",
  maximum: "Write a smaller number",
  minItems: "Add an item, or remove the list",
  maxItems: "Make several workflows of it",
  minLength: "Write something",
  maxLength: "Shorten it",
  minProperties: "Add one",
  maxProperties: "Make several workflows of it",
  uniqueItems: "Remove the item that is there twice",
}

/** The forms of the schema, by how many there are and what they stand for, in its order. */
const CONDITION_MEMBERS = ["all", "any", "not", "value", "exists"]

/** Which of the forms was meant, by what the value has; -1 where it cannot be told. */
function meantForm(value: JsonValue | undefined, forms: number, path: JsonPath): number {
  if (forms === 5) return only(CONDITION_MEMBERS.map((name) => has(value, name)))
  if (forms === 4) return only([has(value, "from"), isJsonArray(value), has(value, "file"), has(value, "value")])
  if (forms === 3) return isJsonObject(value) ? only([has(value, "from"), has(value, "text")]) : 2
  if (path.length === 2 && path[0] === "steps") return only([has(value, "gear"), has(value, "workflow")])
  return isJsonArray(value) ? 0 : has(value, "from") ? 1 : -1
}

function formFault(path: JsonPath, forms: number): WorkflowFault {
  if (forms === 5) {
    return {
      path,
      problem: "a condition is an object with one of all, any, not, value and exists",
      fix: "Write for example { value: parameters.NAME, equals: 1 }",
    }
  }
  if (forms === 4) {
    return {
      path,
      problem: "an input says where its files come from",
      fix: "Write { from: inputs.NAME }, a list of such, { file: PATH } or { value: … }",
    }
  }
  if (forms === 3) {
    return {
      path,
      problem: "a value is a text, a number, true, false or a list, or says where it comes from",
      fix: "Write a value, { from: parameters.NAME } or { text: … }",
    }
  }
  if (path.length === 2 && path[0] === "steps") {
    return {
      path,
      problem: "a step has either a gear or a workflow",
      fix: "Write gear: NAME@VERSION, or workflow: ./FILE",
    }
  }
  return {
    path,
    problem: "a scatter goes over a list, or over what a source gives",
    fix: "Write a list, or { from: inputs.NAME }",
  }
}

function only(fits: readonly boolean[]): number {
  return fits.filter(Boolean).length === 1 ? fits.indexOf(true) : -1
}

function has(value: JsonValue | undefined, name: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, name)
}

function unknownMember({ path, schemaPath }: SchemaViolation, name: string): WorkflowFault {
  const known = knownMembers(schemaPath)
  const meant = nearestName(name, known)
  const others =
    known.length === 0
      ? "Remove it"
      : `Remove it; there ${known.length === 1 ? "is" : "are"} ${listWords(known, "and")}`
  return {
    path: [...path, name],
    problem: `"${name}" is not known here`,
    fix: meant === undefined ? others : `Rename it to "${meant}"`,
  }
}

/** The members that the schema has at the place of the violation. */
function knownMembers(schemaPath: JsonPath): readonly string[] {
  let at: JsonValue | undefined = WORKFLOW_SCHEMA
  for (const step of schemaPath.slice(0, -1)) {
    const next: JsonValue | undefined = isJsonArray(at)
      ? at[Number(step)]
      : isJsonObject(at)
        ? memberOf(at, String(step))
        : undefined
    at = step === "$ref" && typeof next === "string" ? definition(next) : next
  }
  const properties = isJsonObject(at) ? memberOf(at, "properties") : undefined
  return isJsonObject(properties) ? Object.keys(properties) : []
}

function definition(reference: string): JsonValue | undefined {
  return memberOf(WORKFLOW_SCHEMA["$defs"] as JsonObject, reference.replace("#/$defs/", ""))
}

function enumFix({ wanted }: SchemaViolation, value: JsonValue | undefined): string {
  const words = isJsonArray(wanted) ? wanted.map(String) : []
  const meant = typeof value === "string" ? nearestName(value, words) : undefined
  return `Write ${meant ?? listWords(words, "or")}`
}

function valueAt(root: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = root
  for (const step of path) {
    if (isJsonArray(value)) value = value[Number(step)]
    else value = isJsonObject(value) ? memberOf(value, String(step)) : undefined
  }
  return value
}
