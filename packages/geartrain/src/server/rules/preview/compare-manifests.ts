import { canonicalJson, type GearManifest, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { gearFaults } from "../store/rule-gear.ts"

/** One thing that another version of a gear does otherwise. */
export interface ManifestChange {
  readonly kind: "config" | "input"
  readonly name: string
  readonly change: "appears" | "vanishes" | "changes-default" | "changes-type" | "becomes-required" | "becomes-optional"
  readonly before?: JsonValue
  readonly after?: JsonValue
  /** The rule sets it, so that the change is about this rule, too. */
  readonly used: boolean
}

/** What moving a rule to another version of its gear means. */
export interface VersionChanges {
  readonly changes: readonly ManifestChange[]
  /** What of the rule does not fit the other version: it could not be moved as it is. */
  readonly faults: readonly string[]
}

/** Compares what two versions of a gear take, as far as a rule is concerned. */
export function compareManifests(rule: Rule, before: GearManifest, after: GearManifest): VersionChanges {
  const config = compareMembers(before.config, after.config).map(({ name, from, to }): ManifestChange | undefined => {
    const used = Object.hasOwn(rule.config ?? {}, name)
    return changeOf({ kind: "config", name, used }, from, to)
  })
  const inputs = compareMembers(before.inputs, after.inputs).map(({ name, from, to }): ManifestChange | undefined => {
    const used = Object.hasOwn(rule.inputs ?? {}, name) || Object.hasOwn(rule.fixed ?? {}, name)
    return changeOf({ kind: "input", name, used }, from, to)
  })
  return {
    changes: [...config, ...inputs].filter((change) => change !== undefined),
    faults: gearFaults(rule, after),
  }
}

function compareMembers(
  before: Readonly<Record<string, JsonObject>>,
  after: Readonly<Record<string, JsonObject>>,
): readonly { readonly name: string; readonly from: JsonObject | undefined; readonly to: JsonObject | undefined }[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
    name,
    from: Object.hasOwn(before, name) ? before[name] : undefined,
    to: Object.hasOwn(after, name) ? after[name] : undefined,
  }))
}

type About = Pick<ManifestChange, "kind" | "name" | "used">

function changeOf(about: About, from: JsonObject | undefined, to: JsonObject | undefined): ManifestChange | undefined {
  if (from === undefined) return { ...about, change: "appears", ...given("after", to?.["default"]) }
  if (to === undefined) return { ...about, change: "vanishes", ...given("before", from["default"]) }
  const member = about.kind === "config" ? "type" : "base"
  if (!same(from[member], to[member]) || (about.kind === "input" && !same(from["type"], to["type"]))) {
    const named = same(from[member], to[member]) ? "type" : member
    return { ...about, change: "changes-type", ...given("before", from[named]), ...given("after", to[named]) }
  }
  if (!same(from["default"], to["default"])) {
    return {
      ...about,
      change: "changes-default",
      ...given("before", from["default"]),
      ...given("after", to["default"]),
    }
  }
  const [wasOptional, isOptional] = [from["optional"] === true, to["optional"] === true]
  if (wasOptional === isOptional) return undefined
  return { ...about, change: isOptional ? "becomes-optional" : "becomes-required" }
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return canonicalJson(a) === canonicalJson(b)
}

function given(name: "before" | "after", value: JsonValue | undefined): Partial<ManifestChange> {
  return value === undefined ? {} : { [name]: value }
}
