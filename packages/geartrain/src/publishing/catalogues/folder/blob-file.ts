import { dirname } from "node:path"
import type { ArtifactDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError, shortDigest } from "@geartrain/spec"
import { syncFolder } from "../../../system/atomic-write.ts"
import { constants, mkdir, open, rename, rm } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { randomHex } from "../../../system/random.ts"
import { lookAtOnce } from "../../../system/small-file.ts"

/** 1 MiB: as everywhere where bytes are hashed. */
const CHUNK_BYTES = 1024 * 1024

/** Whether a blob of this size is there. Its bytes are compared when it is read. */
export function hasBlob(path: string, sizeBytes: number): boolean {
  const found = lookAtOnce(path)
  return found?.isFile() === true && found.size === sizeBytes
}

/** @throws {GeartrainError} BLOB_NOT_FOUND, CATALOGUE_DAMAGED */
export async function* readBlobFile(
  path: string,
  { digest, sizeBytes }: Pick<ArtifactDescriptor, "digest" | "sizeBytes">,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const found = lookAtOnce(path)
  if (found === undefined) {
    throw new GeartrainError(
      "BLOB_NOT_FOUND",
      `Cannot read blob ${shortDigest(digest)} of the catalogue: it is not there`,
      {
        details: { digest, path },
        hint: "Publish this version again, or restore the catalogue from a copy",
      },
    )
  }
  if (!found.isFile() || found.size !== sizeBytes) {
    throw damagedBlob(
      digest,
      found.isFile() ? `it has ${found.size} bytes, and should have ${sizeBytes}` : "it is no file",
    )
  }
  const hasher = createHasher()
  // A catalogue is somebody else's folder: no link in it is followed, and no pipe waited at.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) {
      signal?.throwIfAborted()
      hasher.update(chunk as Uint8Array)
      yield chunk as Uint8Array
    }
  } finally {
    await file.close()
  }
  if (hasher.digest() !== digest) throw damagedBlob(digest, "its bytes have another digest")
}

/** @throws {GeartrainError} BLOB_DIGEST_MISMATCH; nothing is there then */
export async function writeBlobFile(path: string, digest: Digest, source: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomHex(6)}.tmp`
  try {
    const hasher = createHasher()
    const file = await open(temporary, "wx", 0o644)
    try {
      for await (const chunk of source) {
        hasher.update(chunk)
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    const found = hasher.digest()
    if (found !== digest) {
      throw new GeartrainError(
        "BLOB_DIGEST_MISMATCH",
        `Cannot store blob ${digest} in the catalogue: its bytes have ${found}`,
        {
          details: { expected: digest, found },
          hint: "Run gear store fsck, and publish again",
        },
      )
    }
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(path))
}

export function damagedBlob(digest: Digest, problem: string): Error {
  return new GeartrainError(
    "CATALOGUE_DAMAGED",
    `Cannot read blob ${shortDigest(digest)} of the catalogue: ${problem}`,
    {
      details: { digest },
      hint: "Restore the catalogue from a copy, or tell those who keep it",
    },
  )
}
