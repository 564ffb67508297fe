import { type Digest, GeartrainError } from "@geartrain/spec"
import { readChunks } from "../../../system/read-chunks.ts"
import type { ByteRange } from "../../http/content-headers.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile } from "../files/find-file.ts"
import type { StoredFile } from "../files/server-file.ts"
import { fileNotFound } from "../names/not-found.ts"

/** One version of a file, ready to be read. */
export interface OpenFile {
  readonly file: StoredFile
  readonly version: number
  readonly digest: string
  readonly sizeBytes: number
  /**
   * All of its bytes, or some.
   *
   * @throws {GeartrainError} BLOB_NOT_FOUND; BLOB_DIGEST_MISMATCH at the end of all, when they are damaged.
   */
  bytes(range?: { readonly first: number; readonly last: number }): AsyncIterable<Uint8Array>
}

/**
 * Opens a file to be read.
 *
 * @param request.version  Default: the newest.
 * @throws {GeartrainError} ARCHIVE_FILE_NOT_FOUND
 */
export async function openFile(
  ports: ArchivePorts,
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
  const digest = version.digest as Digest
  return {
    file,
    version: number,
    digest,
    sizeBytes: version.size_bytes,
    bytes: (range) => (range === undefined ? ports.blobs.get(digest) : readStretch(ports, digest, range)),
  }
}

/**
 * Holds a range against the size of a file.
 *
 * @throws {GeartrainError} RANGE_UNFIT when it begins behind the end.
 */
export function fitRange(range: ByteRange, sizeBytes: number): { readonly first: number; readonly last: number } {
  const last = Math.min(range.last ?? sizeBytes - 1, sizeBytes - 1)
  if (range.first <= last) return { first: range.first, last }
  throw new GeartrainError("RANGE_UNFIT", `Cannot read from byte ${range.first} on: the file has ${sizeBytes} bytes`, {
    details: { sizeBytes },
  })
}

/** A store on this machine is read where the bytes are; of one that sends from the beginning only, all that stands before them is passed over. */
async function* readStretch(
  ports: ArchivePorts,
  digest: Digest,
  { first, last }: { readonly first: number; readonly last: number },
): AsyncGenerator<Uint8Array, void> {
  const path = await ports.blobs.locate?.(digest)
  if (path !== undefined) {
    yield* readChunks(path, { start: first, end: last + 1 })
    return
  }
  const stretch = ports.blobs.getStretch?.(digest, { first, last })
  if (stretch !== undefined) {
    yield* stretch
    return
  }
  let position = 0
  for await (const chunk of ports.blobs.get(digest)) {
    const part = chunk.subarray(Math.max(0, first - position), Math.max(0, last + 1 - position))
    position += chunk.length
    if (part.length > 0) yield part
    if (position > last) return
  }
}
