import { type Digest, GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { type Metadata, parseMetadata } from "@geartrain/spec/archive"
import { fileIdsByName } from "../../archive/files/find-file.ts"
import {
  type FoundVersion,
  findVersions,
  VERSIONS_AT_ONCE,
  type WantedVersion,
} from "../../archive/files/find-versions.ts"
import { fileOf, type StoredFile } from "../../archive/files/server-file.ts"
import { findPlace, placesAbove } from "../../archive/places/find-place.ts"
import { resolvePath, splitFilePath } from "../../archive/places/resolve-path.ts"
import { saveJobResults } from "../../archive/results/save-job-results.ts"
import type { Queries } from "../../database/database.ts"
import type { FiledFile, FileReference, JobArchive } from "../job-archive.ts"

/** The server's own archive, as jobs need it. */
export const archiveForJobs: JobArchive = {
  findFiles: filedFiles,
  findPlace: async (queries, reference) => {
    const found = await resolvePath(queries, reference)
    if (found?.kind !== "place") return undefined
    const { type, id, project, group_id: group, parent } = found.place
    const above = type === "analysis" ? await findPlace(queries, parent) : undefined
    return { type, id, project, group, ...(above === undefined ? {} : { parent: { type: above.type, id: parent } }) }
  },
  findContexts: async (queries, place, names) => {
    const row = await findPlace(queries, place.id)
    if (row === undefined) return {}
    const line = await placesAbove(queries, row)
    const contexts = line.map(({ info }) => memberOf(JSON.parse(info) as JsonValue, "context"))
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = contexts.map((context) => memberOf(context, name)).find((found) => found !== undefined)
        return value === undefined ? [] : [[name, value] as const]
      }),
    )
  },
  saveResults: async (write, results) => {
    // Files lie in places, and not in folders of them: as on Flywheel, what lies deeper is no file of the place. It stays with the job, and is
    // read there (`openOutput`).
    const outputs = results.outputs.filter(({ name }) => !name.includes("/"))
    const { saved } = await saveJobResults(write, {
      place: results.destination.id,
      outputs,
      metadata: metadataOf(results.metadata),
      job: results.job,
      byUser: results.user,
    })
    return saved.map(({ file }) => ({ name: file.name, file: file.id, version: file.version }))
  },
}

async function filedFiles(
  queries: Queries,
  references: readonly FileReference[],
): Promise<ReadonlyMap<FileReference, FiledFile>> {
  const wanted = await wantedVersions(queries, references)
  const found = new Map<FileReference, FiledFile>()
  for (let at = 0; at < wanted.length; at += VERSIONS_AT_ONCE) {
    const some = wanted.slice(at, at + VERSIONS_AT_ONCE)
    for (const [index, version] of (await findVersions(queries, some)).entries()) {
      const reference = some[index]?.reference
      if (version !== undefined && reference !== undefined) found.set(reference, filedFile(version))
    }
  }
  return found
}

/** The files that references name by their id, and those that they name by where they lie, of which each place is looked for once. */
async function wantedVersions(
  queries: Queries,
  references: readonly FileReference[],
): Promise<readonly (WantedVersion & { readonly reference: FileReference })[]> {
  const wanted: (WantedVersion & { readonly reference: FileReference })[] = []
  const byPlace = new Map<string, { readonly reference: FileReference; readonly name: string }[]>()
  for (const reference of new Set(references)) {
    const [, file, version] = /^file:([0-9a-f]{24})(?:@(\d{1,9}))?$/.exec(reference) ?? []
    if (file !== undefined) {
      wanted.push({ reference, file, ...(version === undefined ? {} : { version: Number(version) }) })
      continue
    }
    const lies = splitFilePath(reference)
    if (lies === undefined) continue
    const there = byPlace.get(lies.place) ?? []
    there.push({ reference, name: lies.name })
    byPlace.set(lies.place, there)
  }
  for (const [path, named] of byPlace) {
    const found = await resolvePath(queries, path)
    if (found?.kind !== "place") continue
    const ids = await fileIdsByName(
      queries,
      found.place.id,
      named.map(({ name }) => name),
    )
    for (const { reference, name } of named) {
      const file = ids.get(name)
      if (file !== undefined) wanted.push({ reference, file })
    }
  }
  return wanted
}

function filedFile({ file, placeType, version, digest, sizeBytes }: FoundVersion): FiledFile {
  return {
    id: file.id,
    version,
    name: file.name,
    // The archive writes digests only.
    digest: digest as Digest,
    sizeBytes,
    project: file.project,
    place: { type: placeType, id: file.place },
    object: describeFile(file, { version, sizeBytes }),
  }
}

/** The file as config.json tells of it. */
function describeFile(row: StoredFile, of: { readonly version: number; readonly sizeBytes: number }): JsonObject {
  const { type, mimetype, modality, classification, tags, info, memberCount } = fileOf(row)
  return {
    ...(type === undefined ? {} : { type }),
    mimetype,
    ...(modality === undefined ? {} : { modality }),
    classification: Object.fromEntries(Object.entries(classification).map(([key, values]) => [key, [...values]])),
    tags: [...tags],
    info,
    size: of.sizeBytes,
    ...(memberCount === undefined ? {} : { zip_member_count: memberCount }),
    file_id: row.id,
    version: of.version,
  }
}

function metadataOf(value: JsonValue | undefined): Metadata | undefined {
  if (value === undefined) return undefined
  const { metadata, faults } = parseMetadata(JSON.stringify(value))
  if (metadata !== undefined) return metadata
  throw new GeartrainError(
    "METADATA_UNFIT",
    `Cannot use the job's .metadata.json: ${faults[0]?.problem ?? "it is none"}`,
    { details: { faults: faults.slice(0, 20).map((fault) => ({ ...fault })) } },
  )
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined
}
