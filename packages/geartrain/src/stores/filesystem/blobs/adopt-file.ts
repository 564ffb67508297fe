import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { constants, type FileHandle, link, lstat, open, rename, type Stats, unlink } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { currentUser, isRoot } from "../../../system/host.ts"
import { systemCode } from "../../../system/system-code.ts"
import { explainingDisk, ifThere } from "../home/disk-error.ts"
import { filePieces } from "../home/file-pieces.ts"
import { blobPath } from "../home/layout.ts"
import type { StoreHome } from "../home/store-home.ts"
import { writeHashed } from "../home/write-hashed.ts"
import { installBlob, syncBlob } from "./install-blob.ts"
import type { KnownBlobs } from "./known-blobs.ts"

export interface AdoptOptions {
  /** Most bytes that the file may have, holes included. */
  readonly maxBytes?: number
  /**
   * Leave the file where it is, as another name of the blob, for the caller to remove once it has written down what the file was called. Killed
   * before that, it finds the file again.
   */
  readonly keep?: boolean
  /** Asked when the digest is known: a file of which it is true is not stored. It stays where it is. */
  readonly isHeld?: (digest: Digest) => Promise<boolean>
}

/** Where a file is taken over to. */
export interface AdoptTo {
  readonly home: StoreHome
  readonly known: KnownBlobs
}

/** Takes a file over: see `FilesystemBlobStore.adopt`. */
export async function adoptFile(
  { home, known }: AdoptTo,
  path: string,
  options: AdoptOptions,
): Promise<BlobDescriptor> {
  const again = options.isHeld === undefined ? await known.adopt(path, options) : undefined
  if (again !== undefined) return again
  await home.prepare()
  const file = await openRegular(path)
  try {
    const stats = await file.stat()
    refuse(path, stats, options.maxBytes ?? Number.POSITIVE_INFINITY)
    const source = { path, file, stats, keep: options.keep === true }
    const doing = `take "${path}" over into store "${home.layout.home}"`
    if (options.isHeld !== undefined) {
      const held = await hashUnchanged(source)
      if (await options.isHeld(held.digest)) return held
    }
    return await explainingDisk(doing, () => takeOver({ home, known }, source, doing))
  } finally {
    await file.close()
  }
}

interface OpenFile {
  readonly path: string
  readonly file: FileHandle
  readonly stats: Stats
  readonly keep: boolean
}

/** Opens without following a link, and without waiting for the other end of a pipe. */
async function openRegular(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = systemCode(error)
    if (code === "ELOOP") throw notRegular(path, "it is a symbolic link", error)
    // A socket, or a device without a driver.
    if (code === "ENXIO" || code === "ENODEV") throw notRegular(path, "it is a socket or a device", error)
    throw error
  }
}

function refuse(path: string, stats: Stats, maxBytes: number): void {
  if (stats.isDirectory()) throw notRegular(path, "it is a folder")
  if (!stats.isFile()) throw notRegular(path, stats.isFIFO() ? "it is a named pipe" : "it is a device")
  if (stats.size <= maxBytes) return
  throw new GeartrainError(
    "FILE_TOO_LARGE",
    `Cannot take over "${path}": it has ${stats.size} bytes, and the limit is ${maxBytes}`,
    {
      details: { path, sizeBytes: stats.size, maxBytes },
    },
  )
}

function notRegular(path: string, because: string, cause?: unknown): GeartrainError {
  return new GeartrainError("FILE_NOT_REGULAR", `Cannot take over "${path}": ${because}, and only regular files are`, {
    details: { path },
    cause,
  })
}

/** Read for its digest alone. What is not held after all is read again, from memory mostly, with the care that taking it over needs. */
async function hashUnchanged(source: OpenFile): Promise<BlobDescriptor> {
  const { file, stats } = source
  const hashed = await hashPieces(filePieces(file, stats.size))
  refuseChange(source, { readBytes: hashed.sizeBytes, names: stats.nlink }, await file.stat())
  return hashed
}

/** Another name of the file, or an owner other than us, would be a way to write to the blob later on: then it is copied. */
async function takeOver(to: AdoptTo, source: OpenFile, doing: string): Promise<BlobDescriptor> {
  const { stats } = source
  const { home } = to
  const isOurs = isRoot() || stats.uid === currentUser().uid
  if (isOurs && stats.nlink === 1) return move(to, source, doing)
  return (isOurs && stats.nlink === 2 ? await takeAgain(home, source) : undefined) ?? copy(home, source, doing)
}

/** The way of nearly every output: read once, renamed or linked, never copied. */
async function move({ home, known }: AdoptTo, source: OpenFile, doing: string): Promise<BlobDescriptor> {
  const { file, path, stats } = source
  // Its old owner could give himself the right to write to it again. Comes first, since it clears bits of the mode.
  if (isRoot()) await file.chown(currentUser().uid, currentUser().gid)
  await file.chmod(0o444)
  // The disk writes what is not there yet while we read.
  const [hashed] = await Promise.all([hashPieces(filePieces(file, stats.size)), file.sync()])
  const temporary = await home.temporary()
  try {
    await (source.keep ? link : rename)(path, temporary)
  } catch (error) {
    // Another disk, or one on which files have one name only.
    if (NOT_ON_THIS_DISK.has(systemCode(error) ?? "")) return copy(home, source, doing)
    throw error
  }
  try {
    refuseChange(source, { readBytes: hashed.sizeBytes, names: source.keep ? 2 : 1 }, await lstat(temporary))
    await touch(file)
    await installBlob(home, temporary, hashed.digest)
    known.note(hashed, stats)
    return hashed
  } catch (error) {
    await (source.keep ? unlink(temporary) : rename(temporary, path))
    throw error
  }
}

const NOT_ON_THIS_DISK = new Set(["EXDEV", "EPERM", "ENOTSUP", "EMLINK"])

/** A file that was kept is adopted again after its adopter was killed: its other name is the blob. */
async function takeAgain(home: StoreHome, source: OpenFile): Promise<BlobDescriptor | undefined> {
  const { file, stats } = source
  const hashed = await hashPieces(filePieces(file, stats.size))
  const held = await ifThere(lstat(blobPath(home.layout, hashed.digest)))
  if (held?.ino !== stats.ino || held.dev !== stats.dev) return undefined
  refuseChange(source, { readBytes: hashed.sizeBytes, names: 2 }, held)
  await touch(file)
  // Durable by now, which it may not have been when the other was killed.
  await file.sync()
  await syncBlob(home, hashed.digest)
  if (!source.keep) await unlink(source.path)
  return hashed
}

async function copy(home: StoreHome, source: OpenFile, doing: string): Promise<BlobDescriptor> {
  const temporary = await home.temporary()
  try {
    const written = await writeHashed(temporary, filePieces(source.file), doing)
    const names = source.stats.nlink
    refuseChange(source, { readBytes: written.sizeBytes, names }, await source.file.stat())
    await installBlob(home, temporary, written.digest)
    if (!source.keep) await unlink(source.path)
    return written
  } catch (error) {
    await ifThere(unlink(temporary))
    throw error
  }
}

async function hashPieces(pieces: AsyncIterable<Uint8Array>): Promise<BlobDescriptor> {
  const hasher = createHasher()
  let sizeBytes = 0
  for await (const piece of pieces) {
    hasher.update(piece)
    sizeBytes += piece.length
  }
  return { digest: hasher.digest(), sizeBytes }
}

/** Makes it new to a collection of garbage. A time that is lost with the power does no harm: so are the leases that look at it. */
async function touch(file: FileHandle): Promise<void> {
  const nowS = nowMs() / 1000
  await file.utimes(nowS, nowS)
}

/** Nobody may have written to the file since it was opened, nor given it another name, nor put another file in its place. */
function refuseChange(
  { path, stats }: OpenFile,
  expected: { readonly readBytes: number; readonly names: number },
  now: Stats,
): void {
  const isSame = now.ino === stats.ino && now.dev === stats.dev && now.nlink === expected.names
  const isUnchanged = now.size === stats.size && now.mtimeMs === stats.mtimeMs && expected.readBytes === stats.size
  if (!isSame || !isUnchanged) throw changed(path)
}

function changed(path: string): GeartrainError {
  return new GeartrainError("FILE_CHANGED", `Cannot take over "${path}": it changed while it was read`, {
    details: { path },
    hint: "Try again when nothing writes to it any more",
  })
}
