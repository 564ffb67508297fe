import { countsAsTrue, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { META_SCHEMA } from "../schema/meta-schema.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { configVariable } from "./config-variable.ts"
import type { FaultFinder } from "./fault-finder.ts"
import { fixFor } from "./fix-for-violation.ts"
import { lintPatterns } from "./lint-patterns.ts"
import type { Mend } from "./manifest-fault.ts"
import { valueOfType } from "./mend-value.ts"

/**
 * Finds what is wrong with the config of a manifest that the specification accepts.
 *
 * Errors: a default that breaks its own rules (`default`), bounds that no value keeps (`bounds`), a pattern that cannot be used (`pattern`), and
 * `optional` as a text that says no and counts as yes (`optional`). Warnings: rules of JSON Schema that are misspelt and so do nothing
 * (`misspelt`), and values that a gear does not find in its environment (`variable`, `object`).
 */
export function lintConfig(config: JsonObject, finder: FaultFinder): void {
  for (const [name, item] of Object.entries(config)) {
    if (!isJsonObject(item)) continue
    const path = ["config", name]
    lintDefault(item, path, finder)
    lintBounds(item, path, finder)
    lintPatterns(item, path, finder)
    lintOptional(item, path, finder)
    lintKeywords(item, path, finder)
    lintType(item, path, finder)
  }
  lintVariables(config, finder)
}

function lintDefault(item: JsonObject, path: JsonPath, finder: FaultFinder): void {
  const value = memberOf(item, "default")
  if (value === undefined) return
  const at = [...path, "default"]
  const violations = validateDraft04(item, value, {
    numberText: (inner) => finder.document.numberText([...at, ...inner]),
  })
  const [first] = violations.filter((violation) => violation.culprit === "value")
  if (first === undefined) return
  const inner = first.path.length === 0 ? "" : ` in its item ${first.path.join("/")}`
  finder.atValue(at, {
    keyword: "default",
    problem: `the default breaks the rules of "${path[1]}"${inner}: ${first.problem}`,
    fix: defaultFix(first, value),
    ...defaultMend({ ...item, default: valueOfType(first.wanted, value) ?? null }, first),
  })
}

/** Only a default that keeps all its rules afterwards is written in another type. */
function defaultMend(mended: JsonObject, { keyword, path }: SchemaViolation): { readonly mend?: Mend } {
  const value = mended["default"] ?? null
  const isMended = keyword === "type" && path.length === 0 && value !== null && keepsDefault(mended)
  return isMended ? { mend: { kind: "replace", value } } : {}
}

function keepsDefault(item: JsonObject): boolean {
  const value = memberOf(item, "default")
  return value === undefined || validateDraft04(item, value).length === 0
}

function defaultFix(violation: Parameters<typeof fixFor>[0], value: JsonValue): string {
  if (value === null) return 'Remove it, and write "optional": true where the value may be missing'
  if (violation.path.length > 0) return "Mend the default, or the rule"
  if (violation.keyword === "enum") return `Write one of the enum, or add ${showJson(value)} to it`
  return violation.keyword === "type" ? fixFor(violation, value) : "Mend the default, or the rule"
}

const BOUNDS: readonly (readonly [least: string, most: string])[] = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
]

function lintBounds(item: JsonObject, path: JsonPath, finder: FaultFinder): void {
  for (const [least, most] of BOUNDS) {
    const low = memberOf(item, least)
    const high = memberOf(item, most)
    if (typeof low !== "number" || typeof high !== "number" || low <= high) continue
    finder.atValue([...path, least], {
      keyword: "bounds",
      problem: `no value can have both ${least} ${low} and ${most} ${high}`,
      fix: "Exchange the two, or mend one",
    })
  }
}

function lintOptional(item: JsonObject, path: JsonPath, finder: FaultFinder): void {
  const optional = memberOf(item, "optional")
  if (optional === undefined || typeof optional === "boolean") return
  const saysNo = typeof optional === "string" && /^\s*(?:false|no|0|off)\s*$/i.test(optional)
  finder.atValue([...path, "optional"], {
    keyword: "optional",
    problem: saysNo
      ? `the text ${showJson(optional)} counts as true`
      : `found ${showJson(optional)}, wanted true or false`,
    fix: saysNo ? "Remove it, or write false without quotes" : `Write ${countsAsTrue(optional)}`,
    ...(saysNo ? {} : { mend: { kind: "replace", value: countsAsTrue(optional) } }),
    severity: saysNo ? "error" : "warning",
  })
}

const KEYWORDS = [...Object.keys(META_SCHEMA["properties"] as JsonObject), "default", "optional", "base"]

/** What other languages of forms call the rules of JSON Schema. */
const KEYWORD_ALIASES: Readonly<Record<string, string>> = {
  allowed: "enum",
  choices: "enum",
  max: "maximum",
  min: "minimum",
  options: "enum",
  regex: "pattern",
  values: "enum",
}

function lintKeywords(item: JsonObject, path: JsonPath, finder: FaultFinder): void {
  for (const keyword of Object.keys(item)) {
    if (KEYWORDS.includes(keyword) || keyword === "$ref") continue
    const alias = Object.hasOwn(KEYWORD_ALIASES, keyword) ? KEYWORD_ALIASES[keyword] : undefined
    const meant = alias ?? nearestName(keyword, KEYWORDS)
    if (meant === undefined || Object.hasOwn(item, meant)) continue
    finder.atKey([...path, keyword], {
      keyword: "misspelt",
      problem: `"${keyword}" is no rule of JSON Schema, and does nothing`,
      fix: `Rename it to "${meant}"`,
      severity: "warning",
      ...renameMend(item, keyword, meant),
    })
  }
}

/** Only where the rule is well-formed under its right name, and the default keeps it. */
function renameMend(item: JsonObject, keyword: string, meant: string): { readonly mend?: Mend } {
  const { [keyword]: value = null, ...rest } = item
  const renamed = { ...rest, [meant]: value }
  const isSafe = validateDraft04(META_SCHEMA, renamed).length === 0 && keepsDefault(renamed)
  return isSafe && meant !== "default" ? { mend: { kind: "rename", to: meant } } : {}
}

function lintType(item: JsonObject, path: JsonPath, finder: FaultFinder): void {
  if (memberOf(item, "type") !== "object") return
  finder.atValue([...path, "type"], {
    keyword: "object",
    problem: "a job cannot start when this value is given, since an object has no place in the environment",
    fix: "Take it apart into several values, or take it as a file",
    severity: "warning",
  })
}

function lintVariables(config: JsonObject, finder: FaultFinder): void {
  const owners = new Map<string, string>()
  for (const name of Object.keys(config)) {
    const variable = configVariable(name)
    const owner = variable === undefined ? undefined : owners.get(variable)
    if (variable !== undefined && owner === undefined) owners.set(variable, name)
    else {
      finder.atKey(["config", name], {
        keyword: "variable",
        problem:
          variable === undefined
            ? "no environment variable tells this value, since its name has no letter or digit"
            : `this value and "${owner}" have one environment variable, ${variable}`,
        fix: "Rename it",
        severity: "warning",
      })
    }
  }
}
