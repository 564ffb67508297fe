import { type Destination, type Digest, GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { type Metadata, parseMetadata } from "@geartrain/spec/archive"
import { findFile } from "../../archive/files/find-file.ts"
import { fileOf, type StoredFile } from "../../archive/files/server-file.ts"
import { findPlace, placesAbove } from "../../archive/places/find-place.ts"
import { resolvePath } from "../../archive/places/resolve-path.ts"
import { saveJobResults } from "../../archive/results/save-job-results.ts"
import type { Queries } from "../../database/database.ts"
import type { FiledFile, JobArchive } from "../job-archive.ts"

/** The server's own archive, as jobs need it. */
export const archiveForJobs: JobArchive = {
  findFile: async (queries, reference) => {
    const [, id, version] = /^file:([0-9a-f]{24})(?:@(\d{1,9}))?$/.exec(reference) ?? []
    if (id !== undefined) return filedFile(queries, await findFile(queries, { id }), version)
    const found = await resolvePath(queries, reference)
    return found?.kind === "file" ? filedFile(queries, found.file, undefined) : undefined
  },
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

async function filedFile(
  queries: Queries,
  row: StoredFile | undefined,
  asked: string | undefined,
): Promise<FiledFile | undefined> {
  if (row === undefined) return undefined
  const place = await findPlace(queries, row.place)
  const number = asked === undefined ? row.version : Number(asked)
  const version = await queries
    .selectFrom("file_versions")
    .select(["digest", "size_bytes"])
    .where("file", "=", row.id)
    .where("version", "=", number)
    .executeTakeFirst()
  if (place === undefined || version === undefined) return undefined
  const at: Destination = { type: place.type, id: place.id }
  const { digest, size_bytes: sizeBytes } = version
  return {
    id: row.id,
    version: number,
    name: row.name,
    // The archive writes digests only.
    digest: digest as Digest,
    sizeBytes,
    project: row.project,
    place: at,
    object: describeFile(row, { version: number, sizeBytes }),
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
