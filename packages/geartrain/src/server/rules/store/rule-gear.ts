import { findInvocationFaults, type GearManifest, GeartrainError } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import type { Queries } from "../../database/database.ts"

/** The gear that a rule means at this moment. */
export interface MeantGear {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly manifest: GearManifest
}

/** @returns undefined when the server has no such gear, or it is disabled. */
export async function findMeantGear(queries: Queries, gear: Rule["gear"]): Promise<MeantGear | undefined> {
  let select = queries
    .selectFrom("gears")
    .select(["id", "name", "version", "manifest"])
    .where("name", "=", gear.name)
    .where("state", "=", "enabled")
    .where("superseded_ms", "is", null)
  if (gear.follows !== "name") select = select.where("version", "=", gear.version)
  const row = await select.orderBy("newest", "desc").orderBy("created_ms", "desc").orderBy("id").executeTakeFirst()
  if (row === undefined) return undefined
  return { id: row.id, name: row.name, version: row.version, manifest: JSON.parse(row.manifest) as GearManifest }
}

/**
 * The gear that a rule means, when the rule fits it.
 *
 * @throws {GeartrainError} RULE_INVALID
 */
export async function needMeantGear(queries: Queries, rule: Rule): Promise<MeantGear> {
  const gear = await findMeantGear(queries, rule.gear)
  if (gear === undefined) throw gearMissing(rule)
  const faults = gearFaults(rule, gear.manifest)
  if (faults.length > 0) throw ruleUnfit(rule, faults)
  return gear
}

export function gearMissing(rule: Pick<Rule, "name" | "gear">): GeartrainError {
  const { name, version, follows } = rule.gear
  return ruleUnfit(rule, [
    `there is no enabled gear ${follows === "name" ? name : `${name} ${version}`} on this server`,
  ])
}

/** The input that a file alone is for: the one that the gear requires and the rule does not fix. */
export function loneInput(rule: Pick<Rule, "fixed">, manifest: GearManifest): string | undefined {
  const required = requiredFiles(manifest).filter((name) => !Object.hasOwn(rule.fixed ?? {}, name))
  return required.length === 1 ? required[0] : undefined
}

/** What of a rule does not fit its gear. */
export function gearFaults(rule: Rule, manifest: GearManifest): readonly string[] {
  const faults: string[] = []
  const isFile = (name: string): boolean =>
    Object.hasOwn(manifest.inputs, name) && manifest.inputs[name]?.base === "file"
  for (const name of new Set([...Object.keys(rule.inputs ?? {}), ...Object.keys(rule.fixed ?? {})])) {
    if (!isFile(name)) faults.push(`the gear has no file input "${name}"`)
    else if (Object.hasOwn(rule.inputs ?? {}, name) && Object.hasOwn(rule.fixed ?? {}, name)) {
      faults.push(`input "${name}" is fixed, and chosen by a condition`)
    }
  }
  const required = requiredFiles(manifest).filter((name) => !Object.hasOwn(rule.fixed ?? {}, name))
  if (rule.inputs !== undefined) {
    const missing = required.filter((name) => !Object.hasOwn(rule.inputs ?? {}, name))
    if (missing.length > 0) faults.push(`no condition chooses the required input ${quoted(missing)}`)
  } else if (required.length !== 1) {
    faults.push(
      required.length === 0
        ? "the gear requires no file that the rule could give it; say with inputs which input the file is for"
        : `the gear requires ${quoted(required)}; say with inputs or fixed what each of them gets`,
    )
  }
  // Of inputs only those are known yet that the rule names: what is wrong with the config is plain now.
  const config = findInvocationFaults({ ...manifest, inputs: {} }, { config: rule.config ?? {}, inputs: {} })
  return [...faults, ...config.map(({ problem }) => problem)]
}

function requiredFiles(manifest: GearManifest): readonly string[] {
  return Object.entries(manifest.inputs).flatMap(([name, input]) =>
    input.base === "file" && input["optional"] !== true ? [name] : [],
  )
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ")
}

export function ruleUnfit(rule: Pick<Rule, "name">, problems: readonly string[]): GeartrainError {
  return new GeartrainError("RULE_INVALID", `Cannot take rule "${rule.name}": ${problems.slice(0, 5).join("; ")}`, {
    details: { problems: problems.slice(0, 20) },
    hint: "See what the gear takes with: gear run GEAR --help",
  })
}
