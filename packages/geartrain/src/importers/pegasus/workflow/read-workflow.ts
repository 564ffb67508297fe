import type { JsonValue } from "@geartrain/spec"
import { type ReplicaCatalog, readReplicaEntries } from "../catalogs/replica-catalog.ts"
import { readSites, type SiteCatalog } from "../catalogs/site-catalog.ts"
import { readTransformations, type TransformationCatalog } from "../catalogs/transformation-catalog.ts"
import { asList, asMap, asText, faultAt, inside, type JsonMap, neededText, type Place } from "../place.ts"
import type { PegasusDocument } from "../yaml/pegasus-document.ts"
import type { AbstractJob, AbstractWorkflow } from "./abstract-workflow.ts"
import { readHooks, readMetadata } from "./hooks.ts"
import { readProfiles } from "./profiles.ts"
import { readJob } from "./read-job.ts"

const KNOWN = new Set([
  "pegasus",
  "name",
  "version",
  "jobs",
  "jobDependencies",
  "profiles",
  "hooks",
  "metadata",
  "siteCatalog",
  "replicaCatalog",
  "transformationCatalog",
])

/**
 * Reads a workflow of format 5.0 as Pegasus' own programs write it, which is not always as its schema says: what can be understood is
 * taken, and what is not known is listed in `unknown`.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line.
 */
export function readWorkflow(document: PegasusDocument): AbstractWorkflow {
  const place: Place = { document }
  const top = asMap(document.value, place)
  if (!Object.hasOwn(top, "jobs")) {
    throw faultAt(
      place,
      "it has no jobs: this is no workflow",
      "Give the workflow's own file; catalogs go with --catalogs",
    )
  }
  const jobs = readJobs(top["jobs"], inside(place, "jobs"))
  const catalogs = readCatalogs(top, place)
  return {
    file: document.file,
    format: typeof top["pegasus"] === "undefined" ? "5.0" : asText(top["pegasus"], inside(place, "pegasus")),
    name: neededText(top, "name", place),
    jobs,
    dependencies: readDependencies(top["jobDependencies"], jobs, inside(place, "jobDependencies")),
    profiles: readProfiles(top["profiles"], inside(place, "profiles")),
    hooks: readHooks(top["hooks"], inside(place, "hooks")),
    metadata: readMetadata(top["metadata"], inside(place, "metadata")),
    ...catalogs,
    unknown: Object.keys(top).filter((key) => !KNOWN.has(key)),
  }
}

function readJobs(value: JsonValue | undefined, place: Place): readonly AbstractJob[] {
  const entries = asList(value, place)
  if (entries.length === 0) throw faultAt(place, "it has no job")
  const seen = new Set<string>()
  return entries.map((entry, index) => {
    const at = inside(place, index)
    const job = readJob(asMap(entry, at), at)
    if (seen.has(job.id))
      throw faultAt(inside(at, "id"), `two jobs have the id "${job.id}"`, "Give each job an id of its own")
    seen.add(job.id)
    return job
  })
}

function readDependencies(
  value: JsonValue | undefined,
  jobs: readonly AbstractJob[],
  place: Place,
): ReadonlyMap<string, readonly string[]> {
  const known = new Set(jobs.map(({ id }) => id))
  const dependencies = new Map<string, string[]>()
  for (const [index, entry] of asList(value, place).entries()) {
    const at = inside(place, index)
    const map = asMap(entry, at)
    const parent = neededText(map, "id", at)
    if (!known.has(parent)) throw faultAt(inside(at, "id"), `there is no job "${parent}"`)
    const children = dependencies.get(parent) ?? []
    const within = inside(at, "children")
    for (const [nth, child] of asList(map["children"], within).entries()) {
      const id = asText(child, inside(within, nth))
      if (!known.has(id)) throw faultAt(inside(within, nth), `there is no job "${id}"`)
      children.push(id)
    }
    dependencies.set(parent, children)
  }
  return dependencies
}

interface Inlined {
  readonly replicas?: ReplicaCatalog
  readonly transformations?: TransformationCatalog
  readonly sites?: SiteCatalog
}

function readCatalogs(top: JsonMap, place: Place): Inlined {
  const replicas = catalogOf(top, "replicaCatalog", place)
  const transformations = catalogOf(top, "transformationCatalog", place)
  const sites = catalogOf(top, "siteCatalog", place)
  return {
    ...(replicas === undefined ? {} : { replicas: readReplicaEntries(replicas, inside(place, "replicaCatalog")) }),
    ...(transformations === undefined
      ? {}
      : { transformations: readTransformations(transformations, inside(place, "transformationCatalog")) }),
    ...(sites === undefined ? {} : { sites: readSites(sites, inside(place, "siteCatalog")) }),
  }
}

/** A catalog that lies elsewhere, `$ref`, is looked for among those that are given. */
function catalogOf(top: JsonMap, key: string, place: Place): JsonMap | undefined {
  const value = top[key]
  if (value === undefined || value === null) return undefined
  const catalog = asMap(value, inside(place, key))
  return Object.hasOwn(catalog, "$ref") ? undefined : catalog
}
