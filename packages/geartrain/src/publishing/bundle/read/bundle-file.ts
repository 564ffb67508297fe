import { type FileHandle, open, stat } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { BUNDLE_HINTS, bundleError } from "../format/bundle-error.ts"
import { FOOTER_BYTES, type PackedMember, parseTable, tableBytes } from "../format/frame-table.ts"
import { END_FRAME, headerFrame, paddedBytes } from "../format/member-header.ts"

/** A member, and where it lies in the file. */
export interface PlacedMember extends PackedMember {
  /** Where the frame of its header begins. */
  readonly offset: number
}

/** A bundle's file that is open, and what its table says. */
export interface BundleFile {
  readonly path: string
  readonly sizeBytes: number
  readonly members: readonly PlacedMember[]
  readonly handle: FileHandle
}

export interface BundleLimits {
  /** Unpacked bytes for each byte of the file, above the first `freeBytes`. */
  readonly maxExpansion: number
  readonly freeBytes: number
}

/** As for images: text packs to a tenth, a disk image with free space to a fiftieth; a bomb to a thousandth and less. */
export const BUNDLE_LIMITS: BundleLimits = { maxExpansion: 100, freeBytes: 2 ** 30 }

/**
 * Opens a bundle and reads its table. Nothing is unpacked.
 *
 * @throws {GeartrainError} BUNDLE_NOT_FOUND, BUNDLE_FORMAT_UNKNOWN, BUNDLE_TRUNCATED, BUNDLE_DAMAGED, BUNDLE_UNSAFE, BUNDLE_TOO_NEW,
 *   BUNDLE_TOO_LARGE
 */
export async function openBundleFile(path: string, limits: BundleLimits = BUNDLE_LIMITS): Promise<BundleFile> {
  const handle = await openFile(path)
  try {
    const sizeBytes = (await handle.stat()).size
    const table = await readTable(handle, { path, sizeBytes })
    const members = place(table.members)
    await checkEnd(handle, { path, sizeBytes, members, tableLength: table.length })
    refuseBomb(members, { path, sizeBytes, limits })
    return { path, sizeBytes, members, handle }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // A named pipe would keep us waiting.
    if (!(await stat(path)).isFile()) throw notFound(path, "it is no regular file")
    return await open(path, "r")
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR") throw notFound(path, "there is no such file", error)
    if (code === "EACCES" || code === "EPERM") throw notFound(path, "this user may not read it", error)
    throw error
  }
}

async function readTable(
  handle: FileHandle,
  file: { readonly path: string; readonly sizeBytes: number },
): Promise<{ readonly members: readonly PackedMember[]; readonly length: number }> {
  const { path, sizeBytes } = file
  const footer = await readAt(handle, Math.max(sizeBytes - FOOTER_BYTES, 0), Math.min(sizeBytes, FOOTER_BYTES))
  const length = footer.length === FOOTER_BYTES ? tableBytes(footer) : undefined
  if (length === undefined || length > sizeBytes) throw await noTable(handle, path)
  const table = parseTable(await readAt(handle, sizeBytes - length, length))
  if (table.ok) return { members: table.members, length }
  const { fault, problem } = table
  if (fault === "newer") throw newer(path, problem)
  if (fault === "unsafe") throw bundleError("BUNDLE_UNSAFE", path, { problem, hint: BUNDLE_HINTS.notHonest })
  throw bundleError("BUNDLE_DAMAGED", path, { problem })
}

/** @param problem  What says so. */
export function newer(path: string, problem: string): Error {
  return bundleError("BUNDLE_TOO_NEW", path, { problem, hint: "Verify it with a newer version of Geartrain" })
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

async function noTable(handle: FileHandle, path: string): Promise<Error> {
  const start = await readAt(handle, 0, ZSTD_MAGIC.length)
  if (start.equals(ZSTD_MAGIC)) {
    const problem = "it does not end with its table: it was cut short, or something was added or changed at its end"
    return bundleError("BUNDLE_TRUNCATED", path, { problem })
  }
  const problem = "it is no paper bundle"
  return bundleError("BUNDLE_FORMAT_UNKNOWN", path, { problem, hint: "Give a file that gear bundle wrote" })
}

function place(members: readonly PackedMember[]): readonly PlacedMember[] {
  let offset = 0
  return members.map((member) => {
    const placed = { ...member, offset }
    offset = endOf(placed)
    return placed
  })
}

function endOf(member: PlacedMember): number {
  const header = headerFrame(member.path, member.sizeBytes).length
  return member.pieces.reduce((end, piece) => end + piece.sizeBytes, member.offset + header)
}

/** Between the last member and the table lies one frame, and not a byte else. */
async function checkEnd(
  handle: FileHandle,
  file: Omit<BundleFile, "handle"> & { readonly tableLength: number },
): Promise<void> {
  const { path, sizeBytes, members, tableLength } = file
  const end = members.reduce((_, member) => endOf(member), 0)
  if (end + END_FRAME.length + tableLength !== sizeBytes) {
    const problem = `its table tells of ${end + END_FRAME.length + tableLength} bytes, and it has ${sizeBytes}`
    throw bundleError("BUNDLE_TRUNCATED", path, { problem })
  }
  if (END_FRAME.equals(await readAt(handle, end, END_FRAME.length))) return
  const problem = `bytes ${end} to ${end + END_FRAME.length - 1}, after the last member, are not those that were packed`
  throw bundleError("BUNDLE_DAMAGED", path, { problem })
}

function refuseBomb(
  members: readonly PackedMember[],
  file: { readonly path: string; readonly sizeBytes: number; readonly limits: BundleLimits },
): void {
  const unpacked = members.reduce((sum, member) => sum + paddedBytes(member.sizeBytes), 0)
  const { maxExpansion, freeBytes } = file.limits
  if (unpacked <= freeBytes + file.sizeBytes * maxExpansion) return
  throw bundleError("BUNDLE_TOO_LARGE", file.path, {
    problem: `it unpacks to ${unpacked} bytes, more than ${maxExpansion} times its size, which looks like a bomb`,
    hint: `If you trust its maker, allow more: GEARTRAIN_IMAGE_LIMITS=expansion=${maxExpansion * 10} gear verify …`,
  })
}

/** @throws {GeartrainError} BUNDLE_TRUNCATED is not thrown here: fewer bytes come where the file ends. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function notFound(path: string, problem: string, cause?: unknown): Error {
  return bundleError("BUNDLE_NOT_FOUND", path, { problem, hint: "Give the path of a bundle, *.gtz", cause })
}
