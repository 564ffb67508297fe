import type { JsonValue } from "@geartrain/spec"
import { CRATE_FILE, type CrateEntity } from "../crate.ts"
import { CRATE_SPECIFICATION, RUN_PROFILES } from "../crate-terms.ts"

/** Who runs, in which family: a profile without its version. */
export type RunProfile = "process" | "workflow" | "provenance"

/** The entities of a crate by identifier, with the two that everything hangs on. */
export interface CrateGraph {
  readonly entities: ReadonlyMap<string, CrateEntity>
  /** What describes the metadata file itself. */
  readonly descriptor: CrateEntity | undefined
  /** What describes the crate as a whole. */
  readonly root: CrateEntity | undefined
  /** Profiles that the root says it conforms to. */
  readonly profiles: ReadonlySet<RunProfile>
}

export function crateGraph(entities: readonly CrateEntity[]): CrateGraph {
  const byId = new Map(entities.map((entity) => [entity["@id"], entity]))
  const descriptor = byId.get(CRATE_FILE) ?? byId.get(LEGACY_FILE) ?? entities.find(describesCrate)
  const [about] = idsIn(descriptor?.["about"])
  const root = about === undefined ? undefined : byId.get(about)
  return { entities: byId, descriptor, root, profiles: new Set(idsIn(root?.["conformsTo"]).flatMap(runProfile)) }
}

/** Identifiers that a property names, whether it has one value or several. */
export function idsIn(value: JsonValue | undefined): readonly string[] {
  return valuesOf(value).flatMap((one) =>
    typeof one === "object" && one !== null && "@id" in one && typeof one["@id"] === "string" ? [one["@id"]] : [],
  )
}

/** JSON-LD makes no difference between one value and a list of one. */
export function valuesOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value as JsonValue]
}

export function hasType(entity: CrateEntity | undefined, ...types: readonly string[]): boolean {
  return valuesOf(entity?.["@type"] as JsonValue | undefined).some((type) => types.includes(String(type)))
}

/** All entities of a type. */
export function withType({ entities }: CrateGraph, type: string): readonly CrateEntity[] {
  return [...entities.values()].filter((entity) => hasType(entity, type))
}

/** What somebody's tool may have read for a name: a text that is not blank, or a reference. */
export function isSaid(value: JsonValue | undefined): boolean {
  return valuesOf(value).some((one) => (typeof one === "string" ? one.trim() !== "" : true))
}

/** `ro-crate-metadata.jsonld` was the name in RO-Crate 1.0. */
const LEGACY_FILE = "ro-crate-metadata.jsonld"

function describesCrate(entity: CrateEntity): boolean {
  return (
    idsIn(entity["conformsTo"]).some((id) => id.startsWith(CRATE_SPECIFICATION)) && idsIn(entity["about"]).length > 0
  )
}

function runProfile(id: string): readonly RunProfile[] {
  const name = id.startsWith(RUN_PROFILES) ? id.slice(RUN_PROFILES.length).split("/")[0] : undefined
  return name === "process" || name === "workflow" || name === "provenance" ? [name] : []
}
