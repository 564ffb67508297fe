import type { Digest } from "@geartrain/spec"
import { createHasher, sha256 } from "../../../system/hash.ts"
import { BUNDLE_HINTS, bundleError } from "../format/bundle-error.ts"
import type { PackedPart } from "../format/frame-table.ts"
import { headerFrame } from "../format/member-header.ts"
import { type BundleFile, type PlacedMember, readAt } from "./bundle-file.ts"
import { unpackFrames } from "./unpack-frames.ts"

/** Pieces that are read and unpacked ahead of the reader. */
const AHEAD = 3

/**
 * Reads a member, and makes sure of every byte on the way: its header, its packed frames, its unpacked bytes and what fills the last block.
 *
 * @param expected  The digest of the body, where the index is known and tells it.
 * @throws {GeartrainError} BUNDLE_DAMAGED with the bytes of the file that are not right, BUNDLE_UNSAFE when a piece unpacks to more than the
 *   table says; what came until then has to be thrown away
 */
export async function* readMember(
  file: BundleFile,
  member: PlacedMember,
  expected?: Digest,
): AsyncGenerator<Buffer, void> {
  const header = headerFrame(member.path, member.sizeBytes)
  if (!header.equals(await readAt(file.handle, member.offset, header.length))) {
    throw damaged(file, member, {
      start: member.offset,
      length: header.length,
      what: `are not the header of a plain file of ${member.sizeBytes} bytes`,
    })
  }
  const hasher = expected === undefined ? undefined : createHasher()
  let left = member.sizeBytes
  for await (const unpacked of unpackPieces(file, member, member.offset + header.length)) {
    const body = unpacked.subarray(0, Math.min(left, unpacked.length))
    if (unpacked.subarray(body.length).some((byte) => byte !== 0)) {
      const problem = "what fills its last block is not empty"
      throw bundleError("BUNDLE_UNSAFE", file.path, { member: member.path, problem, hint: BUNDLE_HINTS.notHonest })
    }
    hasher?.update(body)
    left -= body.length
    yield body
  }
  const found = hasher?.digest()
  if (found === expected) return
  const problem = `its digest is ${found}, and the index says ${expected}`
  throw bundleError("BUNDLE_DAMAGED", file.path, { member: member.path, problem })
}

async function* unpackPieces(file: BundleFile, member: PlacedMember, bodyOffset: number): AsyncGenerator<Buffer, void> {
  const ahead: Promise<readonly Buffer[]>[] = []
  let offset = bodyOffset
  for (const piece of member.pieces) {
    const unpacking = unpackPiece(file, member, { ...piece, offset })
    // It is waited for below, perhaps after another has failed.
    unpacking.catch(() => undefined)
    ahead.push(unpacking)
    offset += piece.sizeBytes
    if (ahead.length >= AHEAD) yield* await (ahead.shift() as Promise<readonly Buffer[]>)
  }
  for (const unpacking of ahead) yield* await unpacking
}

interface PlacedPiece extends PackedPart {
  readonly offset: number
}

async function unpackPiece(file: BundleFile, member: PlacedMember, piece: PlacedPiece): Promise<readonly Buffer[]> {
  const packed = await readAt(file.handle, piece.offset, piece.sizeBytes)
  const range = { start: piece.offset, length: piece.sizeBytes }
  if (packed.length !== piece.sizeBytes || sha256(packed) !== piece.digest)
    throw damaged(file, member, { ...range, what: "are not those that were packed" })
  try {
    const unpacked = await unpackFrames(packed, piece.unpackedBytes)
    if (unpacked !== undefined) return unpacked
  } catch (error) {
    throw lying(file, member, { ...range, cause: error })
  }
  throw lying(file, member, range)
}

interface Range {
  readonly start: number
  readonly length: number
}

function damaged(file: BundleFile, member: PlacedMember, range: Range & { readonly what: string }): Error {
  const problem = `bytes ${range.start} to ${range.start + range.length - 1} of the file ${range.what}`
  return bundleError("BUNDLE_DAMAGED", file.path, { member: member.path, problem })
}

/** The packed bytes are those of the table: so whoever made the table made them lie. */
function lying(file: BundleFile, member: PlacedMember, range: Range & { readonly cause?: unknown }): Error {
  const problem = `bytes ${range.start} to ${range.start + range.length - 1} of the file do not unpack to what the table says`
  return bundleError("BUNDLE_UNSAFE", file.path, {
    member: member.path,
    problem,
    hint: BUNDLE_HINTS.notHonest,
    cause: range.cause,
  })
}
