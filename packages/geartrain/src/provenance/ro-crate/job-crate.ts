import type { Gear, JobRecord } from "@geartrain/spec"
import { actionEntities } from "./action-entities.ts"
import type { Crate } from "./crate.ts"
import { authorEntity, type CrateDescription, descriptorEntity, PROFILES, rootEntity } from "./crate-root.ts"
import { CRATE_CONTEXTS } from "./crate-terms.ts"
import type { CratedJob } from "./crated-job.ts"
import { gearEntities } from "./gear-entities.ts"

/**
 * Describes jobs as an RO-Crate that conforms to the Process Run Crate profile: one action a job, with the gear as its instrument, its files
 * and config values as objects, its outputs as results.
 *
 * Files of one content that several jobs have in common are one entity each time they lie in one place, so that a chain of jobs can be followed.
 *
 * @param gears  The gears that are still known, by id; of another, what the job's record says of it is told.
 * @see https://w3id.org/ro/crate/1.1
 * @see https://w3id.org/ro/wfrun/process/0.5
 */
export function jobCrate(
  jobs: readonly CratedJob[],
  gears: ReadonlyMap<string, Gear>,
  description: CrateDescription,
): Crate {
  const author = authorEntity(description.author)
  const described = [
    ...jobs.flatMap(({ record }) => gearEntities(record, gears.get(record.gear.id))),
    ...jobs.flatMap((job) => actionEntities(job, author)),
    ...(author === undefined ? [] : [author]),
  ]
  const entities = [...new Map(described.map((entity) => [entity["@id"], entity])).values()]
  const root = rootEntity(entities, {
    title: crateTitle(jobs.map(({ record }) => record)),
    says: `Inputs, outputs and records of ${jobs.length === 1 ? "one job" : `${jobs.length} jobs`}, each with what decided its result`,
    profiles: [PROFILES.process],
    description,
  })
  return { "@context": CRATE_CONTEXTS, "@graph": [descriptorEntity(), root, PROFILES.process, ...entities] }
}

/** What a crate is called where nobody says. */
export function crateTitle(records: readonly JobRecord[]): string {
  const names = [...new Set(records.map(({ gear }) => `${gear.name} ${gear.version}`))]
  return `Results of ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more gears` : ""}`
}
