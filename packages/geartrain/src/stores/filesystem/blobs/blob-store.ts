import type { BlobDescriptor, BlobStore } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { lstat, open, readdir, unlink, utimes } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { diskError, explainingDisk, ifThere, isMissing } from "../home/disk-error.ts"
import { filePieces } from "../home/file-pieces.ts"
import { blobPath } from "../home/layout.ts"
import { retire } from "../home/retire.ts"
import type { StoreHome } from "../home/store-home.ts"
import { inTrash } from "../home/trash.ts"
import { writeHashed } from "../home/write-hashed.ts"
import { type AdoptOptions, adoptFile } from "./adopt-file.ts"
import { installBlob } from "./install-blob.ts"
import { KnownBlobs } from "./known-blobs.ts"

/** Blobs as files of this machine. */
export interface FilesystemBlobStore extends BlobStore {
  readonly capabilities: { readonly list: true; readonly remove: true }
  list(): AsyncIterable<BlobDescriptor>
  remove(digest: Digest): Promise<void>
  /** Absolute path of a stored blob, to be read only. */
  locate(digest: Digest): Promise<string | undefined>
  /** Makes a stored blob new to a collection of garbage. False: it is not stored, or lies in the trash. */
  hold(digest: Digest): Promise<boolean>
  /**
   * Takes a file over into the store. It is gone from its place afterwards, unless it is to be kept; when it is refused, it stays there.
   *
   * The file may have been made by a gear, and so by somebody who means harm, but no process may have it open for writing any more. On the
   * same disk it is renamed, after it was read once; on another disk, or when it has other names, it is copied.
   *
   * @throws {GeartrainError} FILE_NOT_REGULAR for a link, folder, pipe, socket or device; FILE_TOO_LARGE; FILE_CHANGED when it changed
   *   while it was read; STORE_FULL, STORE_READ_ONLY.
   */
  adopt(path: string, options?: AdoptOptions): Promise<BlobDescriptor>
  /** Reads every byte of a blob, and answers what is wrong with it: one sentence, or none when it is whole. */
  check(digest: Digest): Promise<readonly string[]>
  /**
   * Sets a blob aside in the trash, unless it was stored or touched since. Answers with its size, or nothing when it was spared or is not
   * there.
   */
  retire(digest: Digest, to: { readonly trash: string; readonly spareSinceMs: number }): Promise<number | undefined>
}

/** Opens the blobs in a store's folder. Makes nothing before the first write. */
export function openBlobStore(home: StoreHome): FilesystemBlobStore {
  const known = new KnownBlobs(home)
  const pathOf = (digest: Digest): string => blobPath(home.layout, digest)
  return {
    capabilities: { list: true, remove: true },
    put: (bytes, expected) => put(home, bytes, expected),
    get: (digest) => read(home, digest),
    stat: async (digest) => {
      const found = await locate(home, digest)
      return found === undefined ? undefined : { digest, sizeBytes: found.sizeBytes }
    },
    list: () => list(home),
    remove: (digest) => explainingDisk(`remove blob "${digest}"`, () => remove(home, digest)),
    locate: async (digest) => (await locate(home, digest))?.path,
    hold: (digest) => explainingDisk(`hold blob "${digest}"`, () => hold(pathOf(digest))),
    adopt: (path, options = {}) => adoptFile({ home, known }, path, options),
    check: (digest) => check(home, digest),
    retire: async (digest, to) => {
      const path = pathOf(digest)
      const stats = await ifThere(lstat(path))
      const spared = !(await retire(path, { ...to, kind: "blobs", stamp: "" }))
      return spared ? undefined : stats?.size
    },
  }
}

async function put(home: StoreHome, bytes: AsyncIterable<Uint8Array>, expected?: Digest): Promise<BlobDescriptor> {
  const temporary = await home.temporary()
  const doing = `store blob in "${home.layout.home}"`
  try {
    const written = await writeHashed(temporary, bytes, doing)
    if (expected !== undefined && written.digest !== expected) throw mismatch(expected, written)
    await explainingDisk(doing, () => installBlob(home, temporary, written.digest))
    return written
  } catch (error) {
    await ifThere(unlink(temporary))
    throw error
  }
}

function mismatch(expected: Digest, found: BlobDescriptor): GeartrainError {
  return new GeartrainError(
    "BLOB_DIGEST_MISMATCH",
    `Cannot store blob "${expected}": the ${found.sizeBytes} bytes that came have digest ${found.digest}`,
    { details: { expected, found: found.digest, sizeBytes: found.sizeBytes }, hint: "Fetch the bytes again" },
  )
}

async function* read(home: StoreHome, digest: Digest): AsyncGenerator<Uint8Array> {
  const file = await openBlob(home, digest)
  try {
    const hasher = createHasher()
    for await (const piece of filePieces(file)) {
      hasher.update(piece)
      yield piece
    }
    const found = hasher.digest()
    if (found !== digest) throw damaged(digest, found)
  } catch (error) {
    throw diskError(error, `read blob "${digest}"`)
  } finally {
    await file.close()
  }
}

async function openBlob(home: StoreHome, digest: Digest): ReturnType<typeof open> {
  // Three looks, since a collection may put a blob into the trash and back while we look.
  for (let look = 0; look < 3; look++) {
    const found = await locate(home, digest)
    if (found === undefined) break
    const file = await ifThere(open(found.path, "r"))
    if (file !== undefined) return file
  }
  throw new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob "${digest}": it is not stored`, {
    details: { digest },
    hint: `If a job put it out, make it again: gear restore ${digest}`,
  })
}

function damaged(digest: Digest, found: Digest): GeartrainError {
  return new GeartrainError(
    "BLOB_DIGEST_MISMATCH",
    `Cannot read blob "${digest}": its bytes now have digest ${found}`,
    {
      details: { digest, found },
      hint: "Find everything that is damaged with: gear store fsck",
    },
  )
}

interface Located {
  readonly path: string
  readonly sizeBytes: number
}

/** Looks where blobs are, then in the trash (see `retire.ts`), then again, for it may have come back meanwhile. */
async function locate(home: StoreHome, digest: Digest): Promise<Located | undefined> {
  const path = blobPath(home.layout, digest)
  for (let look = 0; look < 2; look++) {
    const stats = await ifThere(lstat(path))
    if (stats !== undefined) return { path, sizeBytes: stats.size }
    for (const trashed of await inTrash(home.layout, "blobs", digest)) {
      const there = await ifThere(lstat(trashed))
      if (there !== undefined) return { path: trashed, sizeBytes: there.size }
    }
  }
  return undefined
}

/** Touches, and then looks whether it is still there: see `retire.ts`. */
async function hold(path: string): Promise<boolean> {
  const nowS = nowMs() / 1000
  await ifThere(utimes(path, nowS, nowS))
  return (await ifThere(lstat(path))) !== undefined
}

async function* list(home: StoreHome): AsyncGenerator<BlobDescriptor> {
  for (const folder of (await ifThere(readdir(home.layout.blobs))) ?? []) {
    for (const name of (await ifThere(readdir(`${home.layout.blobs}/${folder}`))) ?? []) {
      if (!/^[0-9a-f]{64}$/.test(name) || !name.startsWith(folder)) continue
      const stats = await ifThere(lstat(`${home.layout.blobs}/${folder}/${name}`))
      if (stats !== undefined) yield { digest: `sha256:${name}`, sizeBytes: stats.size }
    }
  }
}

async function remove(home: StoreHome, digest: Digest): Promise<void> {
  const copies = [blobPath(home.layout, digest), ...(await inTrash(home.layout, "blobs", digest))]
  for (const path of copies) await ifThere(unlink(path))
}

async function check(home: StoreHome, digest: Digest): Promise<readonly string[]> {
  const found = await locate(home, digest)
  if (found === undefined) return [`Blob "${digest}" is not stored`]
  try {
    const file = await open(found.path, "r")
    try {
      const hashed = await hashOpenFile(file)
      if (hashed.digest === digest) return []
      return [`Blob "${digest}" is damaged: its ${hashed.sizeBytes} bytes have digest ${hashed.digest}`]
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isMissing(error)) return []
    // A blob that the disk cannot read is what a check is for: it is told, not thrown.
    return [`Blob "${digest}" is damaged: it cannot be read (${systemCode(error) ?? String(error)})`]
  }
}
