import type { BoxConstraint, BoxMount } from "@geartrain/ports"
import type { HeldCondition, JobId } from "@geartrain/spec"

/** What the conditions of a run come to, all together. */
export interface Experiment {
  /** For the record. */
  readonly conditions: readonly HeldCondition[]
  readonly environment: Readonly<Record<string, string>>
  /** Libraries that go before those of the gear, by their paths in the box. */
  readonly preloads: readonly string[]
  readonly mounts: readonly BoxMount[]
  readonly constraints: readonly BoxConstraint[]
  readonly seenAs?: JobId
}

/** Where libraries that were brought along lie in the box. */
const LIBRARY_FOLDER = "/run/geartrain"

/** Where the box has a library of this machine. */
export function libraryPath(source: string): string {
  return `${LIBRARY_FOLDER}/${source.slice(source.lastIndexOf("/") + 1)}`
}

/**
 * The environment of a run that is held to something: what a condition sets goes over the gear's own, and its libraries before the gear's.
 *
 * @see ld.so(8), LD_PRELOAD
 */
export function heldEnvironment(
  own: Readonly<Record<string, string>>,
  experiment: Pick<Experiment, "environment" | "preloads"> | undefined,
): Readonly<Record<string, string>> {
  if (experiment === undefined) return own
  const { environment, preloads } = experiment
  const ownPreload = own["LD_PRELOAD"]
  const libraries = [...preloads, ...(ownPreload === undefined || ownPreload === "" ? [] : [ownPreload])]
  return { ...own, ...environment, ...(preloads.length === 0 ? {} : { LD_PRELOAD: libraries.join(":") }) }
}
