import { basename } from "node:path"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { FileSource } from "../../formats/file-source.ts"
import { type Stats, stat } from "../../system/files.ts"
import { readChunks } from "../../system/read-chunks.ts"
import { systemCode } from "../../system/system-code.ts"
import type { Stores } from "../engine-ports.ts"

/**
 * A file of the user's, to be compared.
 *
 * @throws {GeartrainError} INPUT_NOT_FOUND; INPUT_NOT_A_FILE, since a named pipe can be read only once.
 */
export async function fileSource(path: string): Promise<FileSource> {
  const stats = await statOf(path)
  if (!stats.isFile()) {
    throw new GeartrainError("INPUT_NOT_A_FILE", `Cannot compare "${path}": it is no regular file`, {
      details: { path },
      hint: "Name a file",
    })
  }
  return {
    name: basename(path),
    chunks: (how) => readChunks(path, how === undefined ? {} : { buffers: "reused" }),
    part: (start, end) => readChunks(path, { start, end }),
  }
}

/** Bytes of the store, under a name that tells their format. */
export function blobSource(
  blob: { readonly digest: Digest; readonly name: string },
  stores: Pick<Stores, "blobs">,
): FileSource {
  return { name: basename(blob.name), chunks: () => stores.blobs.get(blob.digest) }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    const code = systemCode(error)
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error
    throw new GeartrainError("INPUT_NOT_FOUND", `Cannot compare "${path}": there is no such file`, {
      details: { path },
      hint: "Name two files, two jobs or two gears",
      cause: error,
    })
  }
}
