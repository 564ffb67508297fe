import type { JsonValue } from "@geartrain/spec"
import type { CrateEntity } from "../crate.ts"
import { BASE_RULES } from "./base-rules.ts"
import { crateGraph } from "./crate-graph.ts"
import type { CrateRule } from "./crate-rule.ts"
import { PROVENANCE_RULES } from "./provenance-rules.ts"
import { PROCESS_RULES } from "./run-rules.ts"
import { WORKFLOW_RULES } from "./workflow-rules.ts"

/** A rule that a crate breaks, and where. */
export interface CrateFault {
  readonly rule: string
  readonly level: "must" | "should"
  /** What the rule asks for. */
  readonly says: string
  /** Identifier of the entity; absent where it is about the crate as a whole. */
  readonly entity?: string
}

/** What `check-crate.ts` holds crates against. */
export const CRATE_RULES: readonly CrateRule[] = [
  ...BASE_RULES,
  ...PROCESS_RULES,
  ...WORKFLOW_RULES,
  ...PROVENANCE_RULES,
]

/**
 * Holds the metadata of a crate against RO-Crate 1.1 and those run profiles that it says it conforms to, of whatever version.
 *
 * @param document  What `ro-crate-metadata.json` holds, as it was parsed. Anything may be in it.
 * @returns what is broken, in the order of the rules; none when everything is as it has to be.
 * @example
 *   checkCrate([]).map(({ rule }) => rule) // => ["ro-crate/json-ld"]
 */
export function checkCrate(document: JsonValue): readonly CrateFault[] {
  const entities = entitiesOf(document)
  if (entities === undefined) return [{ rule: "ro-crate/json-ld", level: "must", says: JSON_LD }]
  const graph = crateGraph(entities)
  const repeated = repeatedIds(entities).map((entity): CrateFault => ({ ...UNIQUE, entity }))
  const broken = CRATE_RULES.filter(({ profile }) => profile === undefined || graph.profiles.has(profile)).flatMap(
    ({ id, level, says, broken: find }) =>
      find(graph).map(
        (entity): CrateFault => ({
          rule: id,
          level,
          says,
          ...(entity === undefined ? {} : { entity: entity["@id"] }),
        }),
      ),
  )
  return [...repeated, ...broken]
}

const JSON_LD = "the file is a JSON object with @context and @graph, and every entity of the graph has an @id"
const UNIQUE = {
  rule: "ro-crate/entity-unique",
  level: "must",
  says: "every entity is described once",
} as const

function entitiesOf(document: JsonValue): readonly CrateEntity[] | undefined {
  if (!isObject(document) || document["@context"] === undefined || !Array.isArray(document["@graph"])) return undefined
  const graph: readonly JsonValue[] = document["@graph"]
  return graph.every((entity) => isObject(entity) && typeof entity["@id"] === "string")
    ? (graph as readonly CrateEntity[])
    : undefined
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function repeatedIds(entities: readonly CrateEntity[]): readonly string[] {
  const seen = new Set<string>()
  return entities.map((entity) => entity["@id"]).filter((id) => seen.has(id) || !seen.add(id))
}
