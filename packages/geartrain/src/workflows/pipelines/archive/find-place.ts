import type { ArchiveQuery } from "@geartrain/spec/workflow"
import type { FolderSource } from "../folders/commit-folder.ts"
import { versionedPlace } from "../folders/commit-store.ts"
import type { PipelineArchives } from "./pipeline-archives.ts"

/**
 * A place of an archive as what can be committed. What it holds is asked when it is read: paths, versions and digests, and no bytes.
 *
 * @throws {GeartrainError} LOGIN_NEEDED, SERVER_ADDRESS_INVALID; when it is read what `PipelineArchives.list` throws.
 */
export async function findPlace(
  query: ArchiveQuery,
  archives: Pick<PipelineArchives, "addressOf" | "list">,
): Promise<FolderSource> {
  const server = await archives.addressOf(query)
  const of = versionedPlace({ ...query, server })
  return {
    of,
    read: async (signal) => {
      const { id, files } = await archives.list(query, signal)
      return { of, origin: { kind: "archive", ...query, server, id }, server, files }
    },
  }
}
