import type { JobRecord, JsonObject, JsonValue } from "@geartrain/spec"
import {
  leavesOf,
  METADATA_LEVELS,
  type Metadata,
  type MetadataChange,
  type MetadataFault,
  type MetadataLevel,
  type Place,
  type PlaceMetadata,
  planChanges,
} from "@geartrain/spec/archive"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import { readMetadata } from "../../engine/phases/read-metadata.ts"
import type { ArchiveWork } from "./use-hierarchy.ts"

/** What a job says of its surroundings, and what that changes. */
export interface PlannedMetadata {
  /** The job wrote a `.metadata.json`. */
  readonly isThere: boolean
  readonly metadata?: Metadata
  readonly faults: readonly MetadataFault[]
  readonly warnings: readonly MetadataFault[]
  /** Sentences on outputs that platforms do not keep. */
  readonly notes: readonly string[]
  /** Without a hierarchy, everything that the job said. */
  readonly changes: readonly MetadataChange[]
}

/** Platforms keep so many outputs of a job, and will fail one with more. */
const MOST_SAVED = 100

/** Reads what a job wrote to `.metadata.json`, and works out what it and the job's outputs change in a hierarchy. */
export async function planMetadata(
  record: JobRecord,
  ports: Pick<EnginePorts, "blobs">,
  work: Pick<ArchiveWork, "archive" | "destination"> | undefined,
): Promise<PlannedMetadata> {
  const result = await readMetadata(record, ports)
  const { metadata, faults, warnings } = result ?? { metadata: undefined, faults: [], warnings: [] }
  const saved = record.outputs.filter((file) => !file.path.includes("/") && file.path !== ".metadata.json")
  const below = record.outputs.filter((file) => file.path.includes("/")).length
  const notes = [
    ...(below === 0 ? [] : [`${below} outputs lie in sub-folders, which platforms do not keep: zip them`]),
    ...(saved.length <= MOST_SAVED
      ? []
      : [`${saved.length} outputs are more than the ${MOST_SAVED} that platforms keep`]),
  ]
  const changes =
    work === undefined
      ? saidChanges(metadata)
      : planChanges(work.archive.hierarchy, {
          destination: work.destination,
          metadata: metadata ?? { parts: {} },
          saved: saved.map((file) => ({ name: file.path, fields: file.type === undefined ? {} : { type: file.type } })),
        })
  return {
    isThere: result !== undefined,
    ...(metadata === undefined ? {} : { metadata }),
    faults,
    warnings,
    notes: work === undefined ? [] : notes,
    changes,
  }
}

/** What a job said, where nothing is known of its surroundings. */
function saidChanges(metadata: Metadata | undefined): readonly MetadataChange[] {
  if (metadata === undefined) return []
  const parts = METADATA_LEVELS.flatMap((level) => saidOf(level, metadata.parts[level]))
  return [...parts, ...saidOf("subject", metadata.sessionSubject)]
}

function saidOf(level: MetadataLevel, part: PlaceMetadata | undefined): readonly MetadataChange[] {
  if (part === undefined) return []
  const place: Place = { level, id: "", label: level, path: `the ${level}`, fields: {}, files: [] }
  const said = leavesOf(part.fields, []).filter(({ path }) => path.length > 0)
  const files = part.files.flatMap(({ name: file, ...fields }) =>
    leavesOf(fields, []).map(
      ({ path, leaf }): MetadataChange => ({ kind: "set", place, file, field: path, after: leaf }),
    ),
  )
  return [...said.map(({ path, leaf }): MetadataChange => ({ kind: "set", place, field: path, after: leaf })), ...files]
}

/** The changes for programs. */
export function changesData(changes: readonly MetadataChange[]): readonly JsonObject[] {
  return changes.map(({ kind, place, file, field, before, after, why }) => ({
    kind,
    place: place.path,
    ...(file === undefined ? {} : { file }),
    field: [...field],
    ...withValue("before", before),
    ...withValue("after", after),
    ...(why === undefined ? {} : { why }),
  }))
}

function withValue(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}
