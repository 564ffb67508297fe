import type { JobRequest } from "../job-request.ts"
import type { Condition } from "./condition.ts"
import { type Experiment, libraryPath } from "./experiment.ts"

/**
 * A request that is held to conditions: an experiment, which is recorded as that, is nobody's `latest` job, and stands for no other.
 *
 * Without conditions it is a plain re-run for a comparison.
 */
export function holdRequest(request: JobRequest, conditions: readonly Condition[]): JobRequest {
  if (conditions.length === 0) return { ...request, forVerification: true }
  return {
    ...request,
    config: Object.assign({}, request.config, ...conditions.map(({ config }) => config)),
    forVerification: true,
    experiment: experimentOf(conditions),
  }
}

function experimentOf(conditions: readonly Condition[]): Experiment {
  const preloads = [...new Set(conditions.flatMap(({ preload }) => preload ?? []))]
  const seenAs = conditions.find((condition) => condition.seenAs !== undefined)?.seenAs
  return {
    conditions: conditions.map(({ name, says }) => ({ name, says })),
    environment: Object.assign({}, ...conditions.map(({ environment }) => environment)),
    preloads: preloads.map(libraryPath),
    mounts: preloads.map((source) => ({ source, target: libraryPath(source), access: "read-only" })),
    constraints: [...new Set(conditions.flatMap(({ constraints }) => constraints ?? []))],
    ...(seenAs === undefined ? {} : { seenAs }),
  }
}
