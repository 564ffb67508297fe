import type { CrateEntity } from "../crate.ts"
import type { CrateGraph, RunProfile } from "./crate-graph.ts"

/** What a profile asks for, as one check. */
export interface CrateRule {
  /** Stable; the part before the slash is the specification that asks. */
  readonly id: string
  /** `must`: without it the crate does not conform. */
  readonly level: "must" | "should"
  readonly says: string
  /** Only for crates that name this profile; absent: for all. */
  readonly profile?: RunProfile
  /** Entities that break the rule; undefined stands for the crate as a whole. */
  readonly broken: (graph: CrateGraph) => readonly (CrateEntity | undefined)[]
}

/** A rule that every entity has to keep that it is about. */
export function eachRule(
  rule: Omit<CrateRule, "broken"> & {
    readonly about: (graph: CrateGraph) => readonly CrateEntity[]
    readonly keeps: (entity: CrateEntity, graph: CrateGraph) => boolean
  },
): CrateRule {
  const { about, keeps, ...said } = rule
  return { ...said, broken: (graph) => about(graph).filter((entity) => !keeps(entity, graph)) }
}

/** A rule about the entity that stands for the whole crate. Where there is none, another rule says so. */
export function rootRule(
  rule: Omit<CrateRule, "broken"> & { readonly keeps: (root: CrateEntity, graph: CrateGraph) => boolean },
): CrateRule {
  return eachRule({ ...rule, about: ({ root }) => (root === undefined ? [] : [root]) })
}
