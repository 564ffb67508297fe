import { canonicalJson, type JsonObject, type JsonValue, type StepBudget } from "@geartrain/spec"
import { COMPARISONS, type Comparison, type MetadataTest, readMetadataPath } from "@geartrain/spec/rules"
import type { Explained } from "./explained.ts"
import type { FileFacts, RuleFacts } from "./rule-facts.ts"
import { readyText } from "./test-text.ts"

/** Compares a value of a file's, or of a place around it, with what a rule wants. A value that is not there fits nothing but `exists: false`. */
export function testMetadata(
  test: MetadataTest,
  file: FileFacts,
  { facts, budget }: { readonly facts: RuleFacts; readonly budget: StepBudget },
): Explained {
  const comparison = COMPARISONS.find((name) => test[name] !== undefined) ?? "exists"
  const bound = test[comparison] as JsonValue
  const found = findValue(test.metadata, file, facts)
  const wanted =
    comparison === "exists"
      ? bound === true
        ? "that it is there"
        : "that it is not there"
      : `${WORDS[comparison]} ${shown(bound)}`.trimStart()
  const holds =
    comparison === "exists"
      ? (found !== undefined) === bound
      : found !== undefined && compare({ comparison, found, bound }, budget)
  const is = found === undefined ? "is not there" : `is ${shown(found)}`
  return {
    test: "metadata",
    holds,
    says: holds ? `${test.metadata} ${is}` : `${test.metadata} ${is}, wanted ${wanted}`,
    wanted,
    ...(found === undefined ? {} : { found: shown(found) }),
  }
}

const WORDS: Readonly<Record<Comparison, string>> = {
  exists: "there",
  equals: "",
  differs: "anything but",
  below: "below",
  atMost: "at most",
  above: "above",
  atLeast: "at least",
  matches: "what begins as this says:",
}

/** The value that a path leads to. Keys come from outside: only own members count. */
function findValue(path: string, file: FileFacts, facts: RuleFacts): JsonValue | undefined {
  const reading = readMetadataPath(path)
  if (typeof reading === "string") throw new TypeError(`A stored rule has a path that is none: ${reading}`)
  let value: JsonValue | undefined = reading.of === "file" ? fileFields(file) : placeFields(reading.of, file, facts)
  for (const member of reading.members) {
    if (typeof value !== "object" || value === null) return undefined
    value = Object.hasOwn(value, member) ? (value as JsonObject)[member] : undefined
  }
  return value ?? undefined
}

function fileFields(file: FileFacts): JsonObject {
  const { name, type, modality, classification, tags, info, sizeBytes, version } = file
  return {
    name,
    classification,
    tags,
    info,
    size: sizeBytes,
    version,
    ...(type === undefined ? {} : { type }),
    ...(modality === undefined ? {} : { modality }),
  }
}

function placeFields(level: string, file: FileFacts, facts: RuleFacts): JsonObject | undefined {
  for (let place = facts.places.get(file.place); place !== undefined; place = facts.places.get(place.parent)) {
    if (place.level === level) return place.fields
  }
  return undefined
}

function compare(
  {
    comparison,
    found,
    bound,
  }: { readonly comparison: Comparison; readonly found: JsonValue; readonly bound: JsonValue },
  budget: StepBudget,
): boolean {
  switch (comparison) {
    case "exists":
      return true
    case "equals":
      return canonicalJson(found) === canonicalJson(bound)
    case "differs":
      return canonicalJson(found) !== canonicalJson(bound)
    case "matches":
      return (
        typeof found === "string" &&
        readyText({ regex: String(bound) }, { budget, glob: false, ignoreCase: false }).matches(found)
      )
    default:
      return ordered(found, bound, ORDERS[comparison])
  }
}

const ORDERS = {
  below: (order: number) => order < 0,
  atMost: (order: number) => order <= 0,
  above: (order: number) => order > 0,
  atLeast: (order: number) => order >= 0,
}

/** Numbers with numbers, and texts with texts, as times of ISO 8601 are ordered; what is of two kinds has no order. */
function ordered(found: JsonValue, bound: JsonValue, holds: (order: number) => boolean): boolean {
  if (typeof found === "number" && typeof bound === "number") return holds(found - bound)
  if (typeof found === "string" && typeof bound === "string") return holds(found < bound ? -1 : found > bound ? 1 : 0)
  return false
}

function shown(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length <= 100 ? text : `${text.slice(0, 97)}…`
}
