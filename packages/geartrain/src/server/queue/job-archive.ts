import type { Destination, Digest, JsonObject, JsonValue } from "@geartrain/spec"
import type { FinishOutput } from "@geartrain/spec/server"
import type { Queries, Write } from "../database/database.ts"

/** What jobs need of the archive. */
export interface JobArchive {
  /** Each that there is, by its reference; none that is in the trash. Many are found as fast as few. */
  findFiles(queries: Queries, references: readonly FileReference[]): Promise<ReadonlyMap<FileReference, FiledFile>>
  findPlace(queries: Queries, reference: string): Promise<FiledPlace | undefined>
  /** Values of context inputs, each from the nearest place upwards that has it; those that are not found are left out. */
  findContexts(
    queries: Queries,
    place: Destination,
    names: readonly string[],
  ): Promise<Readonly<Record<string, JsonValue>>>
  /**
   * Saves a job's outputs at its destination as new versions, and applies its metadata, in the transaction that ends the job.
   *
   * @throws {GeartrainError} METADATA_INVALID; PLACE_NOT_FOUND when the destination is gone.
   */
  saveResults(write: Write, results: JobResults): Promise<readonly SavedFile[]>
}

/** `file:<id>`, `file:<id>@<version>`, or a path `group/project/…/files/name`. */
export type FileReference = string

export interface FiledFile {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly digest: Digest
  readonly sizeBytes: number
  readonly project: string
  readonly place: Destination
  /** As config.json describes it: type, mimetype, modality, classification, tags, info and more. */
  readonly object: JsonObject
}

export interface FiledPlace {
  /** A group has no jobs. */
  readonly type: "project" | "subject" | "session" | "acquisition" | "analysis" | "group" | "collection"
  readonly id: string
  readonly project: string
  readonly group: string
  /** The place that an analysis is of. */
  readonly parent?: Destination
}

export interface JobResults {
  readonly job: string
  readonly attempt: number
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  /** Whose job it is. */
  readonly user: string
  readonly project: string
  readonly destination: Destination
  readonly outputs: readonly FinishOutput[]
  /** What the gear wrote to `.metadata.json`. */
  readonly metadata?: JsonValue
}

export interface SavedFile {
  readonly name: string
  readonly file: string
  readonly version: number
}
