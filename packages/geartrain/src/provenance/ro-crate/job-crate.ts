import type { Gear, JobRecord } from "@geartrain/spec"
import { actionEntities } from "./action-entities.ts"
import { CRATE_FILE, type Crate, type CrateEntity, reference } from "./crate.ts"
import { CRATE_CONTEXTS, CRATE_VERSION, PROCESS_PROFILE } from "./crate-terms.ts"
import type { CratedJob } from "./crated-job.ts"
import { gearEntities } from "./gear-entities.ts"

/** What people say of a crate, and no record knows. */
export interface CrateDescription {
  readonly name?: string
  /** A URL, or a sentence. */
  readonly license?: string
  readonly author?: { readonly name: string; readonly orcid?: string }
  /** ISO 8601. */
  readonly published: string
}

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
  return {
    "@context": CRATE_CONTEXTS,
    "@graph": [DESCRIPTOR, rootEntity(jobs, { entities, description }), PROFILE, ...entities],
  }
}

const DESCRIPTOR: CrateEntity = {
  "@id": CRATE_FILE,
  "@type": "CreativeWork",
  conformsTo: reference(CRATE_VERSION),
  about: reference("./"),
}

const PROFILE: CrateEntity = {
  "@id": PROCESS_PROFILE,
  "@type": "CreativeWork",
  name: "Process Run Crate",
  version: "0.5",
}

/** The profile wants a licence, and allows a sentence where there is none to link to. */
const NO_LICENSE = "No licence was stated: ask who published these files"

function rootEntity(
  jobs: readonly CratedJob[],
  crate: { readonly entities: readonly CrateEntity[]; readonly description: CrateDescription },
): CrateEntity {
  const { entities, description } = crate
  const files = entities.filter(isFile).map(reference)
  const actions = entities.filter((entity) => entity["@type"] === "CreateAction").map(reference)
  return {
    "@id": "./",
    "@type": "Dataset",
    conformsTo: reference(PROCESS_PROFILE),
    name: description.name ?? crateTitle(jobs.map(({ record }) => record)),
    description: `Inputs, outputs and records of ${jobs.length === 1 ? "one job" : `${jobs.length} jobs`}, each with what decided its result`,
    datePublished: description.published,
    license: licenseOf(description.license),
    ...(description.author === undefined ? {} : { author: reference(authorId(description.author)) }),
    hasPart: files,
    mentions: actions,
  }
}

function isFile(entity: CrateEntity): boolean {
  return entity["@type"] === "File" && !entity["@id"].startsWith("#")
}

/** What a crate is called where nobody says. */
export function crateTitle(records: readonly JobRecord[]): string {
  const names = [...new Set(records.map(({ gear }) => `${gear.name} ${gear.version}`))]
  return `Results of ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more gears` : ""}`
}

function licenseOf(license: string | undefined): CrateEntity["license"] {
  if (license === undefined) return NO_LICENSE
  return /^https?:\/\//.test(license) ? reference(license) : license
}

function authorEntity(author: CrateDescription["author"]): CrateEntity | undefined {
  return author === undefined ? undefined : { "@id": authorId(author), "@type": "Person", name: author.name }
}

function authorId(author: NonNullable<CrateDescription["author"]>): string {
  return author.orcid ?? `#person-${encodeURIComponent(author.name)}`
}
