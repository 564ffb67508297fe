import type { ArchiveQuery } from "@geartrain/spec/workflow"
import type { TreeFile } from "../folders/commit.ts"

/** What a place of an archive holds, as it was told. */
export interface ListedPlace {
  readonly id: string
  /** In the order of their paths. */
  readonly files: readonly TreeFile[]
}

/** What pipelines need of archives. */
export interface PipelineArchives {
  /** The address of the server that is meant. Nothing is asked of it. @throws {GeartrainError} LOGIN_NEEDED, SERVER_ADDRESS_INVALID */
  addressOf(query: ArchiveQuery): Promise<string>
  /**
   * Asks what files there are. No bytes of them are read.
   *
   * @throws {GeartrainError} PLACE_NOT_FOUND, also where it may not be read; PLACE_UNFIT; PIPELINE_ARCHIVE_UNFIT, PIPELINE_TOO_LARGE;
   *   SERVER_UNREACHABLE and what else a server answers; the signal's reason.
   */
  list(query: ArchiveQuery, signal?: AbortSignal): Promise<ListedPlace>
  /**
   * Brings bytes into the store that are not there yet, and holds them against their digests.
   *
   * @param server  Its address.
   * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND for what went since it was listed; BLOB_DIGEST_MISMATCH; SERVER_UNREACHABLE.
   */
  bring(server: string, files: readonly TreeFile[], signal?: AbortSignal): Promise<void>
}
