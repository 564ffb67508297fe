import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile } from "../files/find-file.ts"
import type { StoredFile } from "../files/server-file.ts"
import { fileNotFound } from "../names/not-found.ts"
import { type OpenContent, openStored } from "./open-content.ts"

/** One version of a file, ready to be read. */
export interface OpenFile extends OpenContent {
  readonly file: StoredFile
  readonly version: number
}

/**
 * Opens a file to be read.
 *
 * @param request.version  Default: the newest.
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND
 */
export async function openFile(
  ports: Pick<ArchivePorts, "database" | "access" | "blobs">,
  caller: Caller,
  request: { readonly id: string; readonly version?: number | undefined },
): Promise<OpenFile> {
  const file = await needFile(ports, caller, { id: request.id, right: "read", action: "file.download" })
  const number = request.version ?? file.version
  const version = await ports.database.read
    .selectFrom("file_versions")
    .selectAll()
    .where("file", "=", file.id)
    .where("version", "=", number)
    .executeTakeFirst()
  if (version === undefined) throw fileNotFound(`${file.id}, version ${number}`)
  const { name, mimetype } = file
  return openStored(ports, {
    ...{ file, name, mimetype, version: number },
    digest: version.digest,
    sizeBytes: version.size_bytes,
  })
}
