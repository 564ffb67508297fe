import { countsAsTrue, isJsonArray, isJsonObject, memberOf, showJson, textOf } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { nearestName } from "../text/did-you-mean.ts"
import type { FaultFinder } from "./fault-finder.ts"
import { fixFor } from "./fix-for-violation.ts"
import type { Mend } from "./manifest-fault.ts"
import { INPUT_BASES, MANIFEST_MEMBERS } from "./manifest-schema.ts"
import { mendFor } from "./mend-value.ts"

/**
 * Turns what a manifest breaks of the rules into faults for its author: one for each member that is too many or missing, at its own place, and
 * for a value of several forms the faults of the form that was meant.
 */
export function explainViolations(violations: readonly SchemaViolation[], finder: FaultFinder): void {
  const manifest = finder.document.value
  for (const violation of violations) {
    if (isInputForm(violation)) explainInput(violation, finder)
    else for (const narrowed of narrow(violation)) explainOne(narrowed, finder, manifest)
  }
}

function explainOne(violation: SchemaViolation, finder: FaultFinder, manifest: JsonValue): void {
  const { path, keyword, problem, names } = violation
  if (path.length === 0 && keyword === "additionalProperties") explainUnknownMembers(names, finder, manifest)
  else if (path.length === 0 && keyword === "required") explainMissingMember(names[0] ?? "", finder, manifest)
  else if (keyword === "not") {
    const item = valueAt(manifest, path)
    // What is no object has neither, and yet breaks the rule, as "required" asks objects only.
    if (!isJsonObject(item)) return
    finder.atKey([...path, "optional"], {
      keyword,
      problem: '"default" and "optional" exclude each other: what has a default is never missing',
      fix: 'Remove "optional", or remove "default"',
      ...(countsAsTrue(memberOf(item, "optional") ?? null) ? {} : { mend: { kind: "remove" } }),
    })
  } else {
    const value = valueAt(manifest, path)
    const isType = keyword === "anyOf" && path.at(-1) === "type"
    const told = isType ? `${showJson(value ?? null)} is no type of JSON Schema` : problem
    finder.atValue(path, { keyword, problem: told, fix: fixFor(violation, value), ...mending(violation, value) })
  }
}

function mending(violation: SchemaViolation, value: JsonValue | undefined): { readonly mend?: Mend } {
  const mend = mendFor(violation, value)
  return mend === undefined ? {} : { mend }
}

function explainUnknownMembers(names: readonly string[], finder: FaultFinder, manifest: JsonValue): void {
  for (const name of names) {
    finder.atKey([name], {
      keyword: "additionalProperties",
      problem: `"${name}" is no member of a gear manifest`,
      fix: unknownMemberFix(name, valueAt(manifest, [name])),
      ...unknownMemberMend(name, manifest),
    })
  }
}

/** A name that is nearly one that is missing can be no other. */
function unknownMemberMend(name: string, manifest: JsonValue): { readonly mend?: Mend } {
  if (name === "$schema") return { mend: { kind: "remove" } }
  const meant = nearestName(name, MANIFEST_MEMBERS)
  const isFree = meant !== undefined && isJsonObject(manifest) && !Object.hasOwn(manifest, meant)
  return isFree ? { mend: { kind: "rename", to: meant } } : {}
}

function unknownMemberFix(name: string, value: JsonValue | undefined): string {
  const meant = nearestName(name, MANIFEST_MEMBERS)
  if (meant !== undefined) return `Rename it to "${meant}"`
  if (name === "$schema") return "Remove it: a manifest has no schema of its own"
  if (isJsonObject(value) && INPUT_BASES.includes(textOf(memberOf(value, "base") ?? null)))
    return 'Move it into "inputs"'
  if (isJsonObject(value) && (Object.hasOwn(value, "type") || Object.hasOwn(value, "default")))
    return 'Move it into "config"'
  return 'Remove it, or move it into "custom"'
}

/** What to write for each member that has to be there. */
const EXAMPLES: Readonly<Record<string, string>> = {
  author: '"author": "Name of who wrote the algorithm"',
  config: '"config": {}',
  description: '"description": "What the gear does, in a few sentences"',
  inputs: '"inputs": {}',
  label: '"label": "Name for people"',
  license: '"license": "MIT", or another SPDX identifier, or "Other"',
  name: '"name": "name-for-programs"',
  source: '"source": "", or the address of the source code',
  url: '"url": "", or the address of the documentation',
  version: '"version": "1.0.0"',
}

function explainMissingMember(name: string, finder: FaultFinder, manifest: JsonValue): void {
  const others = isJsonObject(manifest) ? Object.keys(manifest).filter((key) => !MANIFEST_MEMBERS.includes(key)) : []
  const misspelt = others.find((other) => nearestName(other, MANIFEST_MEMBERS) === name)
  finder.atValue([], {
    keyword: "required",
    problem: `"${name}" is missing`,
    fix: misspelt === undefined ? `Add ${EXAMPLES[name] ?? `"${name}"`}` : `Rename "${misspelt}" to "${name}"`,
  })
}

function isInputForm({ path, keyword }: SchemaViolation): boolean {
  return keyword === "anyOf" && path.length === 2 && path[0] === "inputs"
}

function explainInput(violation: SchemaViolation, finder: FaultFinder): void {
  const { path } = violation
  const input = valueAt(finder.document.value, path)
  if (!isJsonObject(input)) {
    finder.atValue(path, {
      keyword: "type",
      problem: `found ${showJson(input ?? null)}, wanted an input, which is an object`,
      fix: 'Write {"base": "file", "description": "…"}',
    })
    return
  }
  const base = memberOf(input, "base")
  const form = typeof base === "string" ? INPUT_BASES.indexOf(base) : -1
  if (typeof base === "string" && form !== -1) {
    for (const inner of (violation.branches[form] ?? []).flatMap(narrow)) explainInputPart(inner, base, finder)
  } else if (base === undefined) explainMissingBase(path, input, finder)
  else {
    const meant = typeof base === "string" ? nearestName(base, INPUT_BASES) : undefined
    finder.atValue([...path, "base"], {
      keyword: "enum",
      problem: `found ${showJson(base)}, wanted "file", "context" or "api-key"`,
      fix: meant === undefined ? 'Write "file" for a file' : `Write "${meant}"`,
    })
  }
}

function explainMissingBase(path: JsonPath, input: JsonObject, finder: FaultFinder): void {
  // A file has no default, and its type is never a word: so this is a config value that stands in the wrong place.
  const isConfig = Object.hasOwn(input, "default") || typeof memberOf(input, "type") === "string"
  finder.atValue(path, {
    keyword: "required",
    problem: '"base" is missing, which says what kind of input it is',
    fix: isConfig ? 'Move it into "config", since it is no file' : 'Add "base": "file"',
  })
}

function explainInputPart(violation: SchemaViolation, base: string, finder: FaultFinder): void {
  const { path, keyword, problem, names } = violation
  const value = valueAt(finder.document.value, path)
  if (keyword === "additionalProperties") {
    for (const name of names) {
      const isOptional = name === "optional"
      const meant = nearestName(name, ["description", "read-only"])
      const remove = isOptional ? `Remove it: an input of base "${base}" is never required` : "Remove it"
      finder.atKey([...path, name], {
        keyword,
        problem: `an input of base "${base}" has no "${name}"`,
        fix: meant === undefined ? remove : `Rename it to "${meant}"`,
        ...(isOptional ? { mend: { kind: "remove" } } : {}),
      })
    }
    return
  }
  const isOwn = ["description", "optional", "read-only"].includes(String(path[2]))
  const isDirective = path.length === 3 && keyword === "type" && !isOwn
  const meant = isDirective ? ownMemberLike(String(path[2]), finder.document.value, path) : undefined
  if (meant !== undefined) {
    const told = { problem: `"${path[2]}" is no member of an input`, fix: `Rename it to "${meant}"` }
    finder.atKey(path, { keyword, ...told, mend: { kind: "rename", to: meant } })
    return
  }
  finder.atValue(path, {
    keyword,
    problem: isDirective ? `${problem} that the file's "${path[2]}" has to match` : problem,
    fix: isDirective ? directiveFix(String(path[2]), value) : fixFor(violation, value),
    ...(isDirective ? {} : mending(violation, value)),
  })
}

/** The member of every file input that was meant by a misspelt one, where it is not there already. */
function ownMemberLike(name: string, manifest: JsonValue, path: JsonPath): string | undefined {
  const meant = nearestName(name, ["description", "optional"])
  const input = valueAt(manifest, path.slice(0, -1))
  return meant !== undefined && isJsonObject(input) && !Object.hasOwn(input, meant) ? meant : undefined
}

/** What to write where a rule for a member of the file's description is no rule but a value. */
function directiveFix(name: string, value: JsonValue | undefined): string {
  if (name === "default") return "Remove it: a file has no default"
  if (name === "enum" || name === "pattern")
    return `Put it into the rule of a member, such as "type": {"enum": ["nifti"]}`
  if (name === "required") return 'Remove it: an input is required unless it has "optional": true'
  const values = Array.isArray(value) ? value : [value]
  return `Write {"enum": ${showJson(values)}}`
}

/** The violations that tell more: where just one of several forms could have been meant, those of that form. */
function narrow(violation: SchemaViolation): readonly SchemaViolation[] {
  const { keyword, branches, path } = violation
  if (keyword !== "anyOf" && keyword !== "oneOf") return [violation]
  const likely = branches.filter((branch) => !branch.some((inner) => isOtherKind(inner, path)))
  const meant = branches.length === 1 ? branches[0] : likely.length === 1 ? likely[0] : undefined
  return meant === undefined || meant.length === 0 ? [violation] : meant.flatMap(narrow)
}

/** Whether a form fails because the value is of another kind altogether. */
function isOtherKind(inner: SchemaViolation, path: JsonPath): boolean {
  return inner.path.length === path.length && (inner.keyword === "type" || inner.keyword === "enum")
}

function valueAt(root: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = root
  for (const step of path) {
    if (typeof step === "number") value = isJsonArray(value) ? value[step] : undefined
    else value = isJsonObject(value) ? memberOf(value, step) : undefined
  }
  return value
}
