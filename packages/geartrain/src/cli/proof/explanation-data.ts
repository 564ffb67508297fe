import type { JsonObject } from "@geartrain/spec"
import type { Explanation } from "../../engine/explain/explanation.ts"
import { countOutcomes, EXIT } from "../../engine/explain/outcome.ts"
import type { Series } from "../../engine/explain/trial-runs.ts"
import { explanationSentence } from "./explanation-sentence.ts"

/** An explanation for programs. The exit code, where it varies, is named `exit code`. */
export function explanationData(explanation: Explanation): JsonObject {
  const { verdict, job, pair, differing, components, circumstances, observed, search, change, unavailable, runs } =
    explanation
  const data = {
    verdict,
    sentence: explanationSentence(explanation),
    job: job.id,
    pair: pair?.map(({ id }) => id) ?? null,
    outputs: differing,
    components,
    circumstances,
    runs,
    ...(observed === undefined ? {} : { unchanged: seriesData({ ...observed, conditions: [] }) }),
    ...(search === undefined ? {} : { tried: search.tried.map(seriesData) }),
    ...(search?.cause === undefined
      ? {}
      : { cause: { ...seriesData(search.cause.series), chance: search.cause.chance } }),
    ...(change === undefined
      ? {}
      : {
          changes: change.tried.map(({ changes, isLikeB, outcome, why }) => ({
            changes,
            isLikeB,
            job: outcome?.job.id ?? null,
            why: why ?? null,
          })),
          change: change.cause ?? null,
        }),
    unavailable,
  }
  return data as unknown as JsonObject
}

function seriesData({ conditions, outcomes, varying, refused }: Series): JsonObject {
  return {
    conditions: conditions.map(({ name, says }) => ({ name, says })),
    jobs: outcomes.map(({ job }) => job.id),
    outcomes: countOutcomes(outcomes),
    varying: varying.map((path) => (path === EXIT ? "exit code" : path)),
    refused: refused === undefined ? null : refused.job.id,
  }
}
