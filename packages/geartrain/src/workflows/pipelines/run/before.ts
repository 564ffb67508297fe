import type { DatumRecord } from "../datums/datum-record.ts"
import type { Commit, PipelineOrigin } from "../folders/commit.ts"
import { type CommitStore, outputOf } from "../folders/commit-store.ts"

/** The newest output of a pipeline. */
export interface Before {
  readonly commit: Commit
  readonly origin: PipelineOrigin
  readonly byId: ReadonlyMap<string, DatumRecord>
}

/** Nothing where the pipeline has never run. */
export async function openBefore(pipeline: string, store: CommitStore): Promise<Before | undefined> {
  const of = outputOf(pipeline)
  const commit = await store.newest(of)
  if (commit?.origin.kind !== "pipeline") return undefined
  const datums = await store.datums(of, commit.number)
  return { commit, origin: commit.origin, byId: new Map(datums.map((datum) => [datum.id, datum])) }
}
