import type { Digest, GeartrainError } from "@geartrain/spec"
import { decodeUtf8 } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { BUNDLE_HINTS, bundleError } from "../format/bundle-error.ts"
import {
  type BundleIndex,
  encodeIndex,
  INDEX_PATH,
  type ListedMember,
  MOST_INDEX_BYTES,
  parseIndex,
  SIGNATURE_PATH,
} from "../format/bundle-index.ts"
import { type BundleSignature, checkSignature } from "../format/bundle-signature.ts"
import {
  BUNDLE_LIMITS,
  type BundleFile,
  type BundleLimits,
  newer,
  openBundleFile,
  type PlacedMember,
} from "./bundle-file.ts"
import { readMember } from "./read-member.ts"

/** A bundle whose index, signature and table agree. Its other members are made sure of as they are read. */
export interface Bundle {
  readonly path: string
  readonly sizeBytes: number
  readonly index: BundleIndex
  readonly indexDigest: Digest
  /** Absent: nobody has signed it. */
  readonly signature?: BundleSignature
  /** @throws {GeartrainError} BUNDLE_DAMAGED, BUNDLE_UNSAFE as the bytes come; RangeError for a path that is not listed */
  read(path: string): AsyncIterable<Buffer>
  /** The same for a small member, as text in UTF-8. @throws {GeartrainError} BUNDLE_INCONSISTENT, too, for one that is no text or too large */
  readText(path: string, mostBytes: number): Promise<string>
  close(): Promise<void>
}

const MOST_SIGNATURE_BYTES = 64 * 1024

/**
 * Opens a bundle.
 *
 * @throws {GeartrainError} as `openBundleFile`; BUNDLE_MEMBER_MISSING, BUNDLE_MEMBER_UNLISTED, BUNDLE_INCONSISTENT when index and table do not
 *   agree; SIGNATURE_INVALID when the signature is not what its key made for this index
 */
export async function openBundle(path: string, limits: BundleLimits = BUNDLE_LIMITS): Promise<Bundle> {
  const file = await openBundleFile(path, limits)
  try {
    const members = new Map(file.members.map((member) => [member.path, member]))
    const { index, digest } = await readIndex(file, members)
    const listed = compareMembers(file, index)
    const signature = await readSignature(file, { members, digest })
    const read = (name: string): AsyncIterable<Buffer> => {
      const [entry, member] = [listed.get(name), members.get(name)]
      if (entry === undefined || member === undefined) throw new RangeError(`"${name}" is not in the index`)
      return readMember(file, member, entry.digest)
    }
    return {
      path,
      sizeBytes: file.sizeBytes,
      index,
      indexDigest: digest,
      ...(signature === undefined ? {} : { signature }),
      read,
      readText: (name, mostBytes) => readText(file, { member: members.get(name), source: () => read(name), mostBytes }),
      close: () => file.handle.close(),
    }
  } catch (error) {
    await file.handle.close()
    throw error
  }
}

async function readIndex(
  file: BundleFile,
  members: ReadonlyMap<string, PlacedMember>,
): Promise<{ readonly index: BundleIndex; readonly digest: Digest }> {
  const member = members.get(INDEX_PATH)
  const source = () => readMember(file, member as PlacedMember)
  const text = await readText(file, { member, source, mostBytes: MOST_INDEX_BYTES })
  const result = parseIndex(text)
  if (!result.ok) {
    if (result.fault === "newer") throw newer(file.path, `${INDEX_PATH}: ${result.problem}`)
    throw inconsistent(file, INDEX_PATH, result.problem)
  }
  // In another form it would have another digest, and so another meaning to whoever compares.
  if (!encodeIndex(result.index).equals(Buffer.from(text)))
    throw inconsistent(file, INDEX_PATH, "it is not in canonical form")
  return { index: result.index, digest: sha256(Buffer.from(text)) }
}

/** @returns the listed members by path. */
function compareMembers(file: BundleFile, index: BundleIndex): ReadonlyMap<string, ListedMember> {
  const listed = new Map(index.members.map((member) => [member.path, member]))
  if (listed.size !== index.members.length) throw inconsistent(file, INDEX_PATH, "it lists a member twice")
  const there = new Map(file.members.map((member) => [member.path, member]))
  for (const { path, sizeBytes } of index.members) {
    const found = there.get(path)
    if (found === undefined || path === INDEX_PATH || path === SIGNATURE_PATH)
      throw bundleError("BUNDLE_MEMBER_MISSING", file.path, { member: path, problem: "it is listed, and not there" })
    if (found.sizeBytes !== sizeBytes)
      throw inconsistent(file, path, `it has ${found.sizeBytes} bytes, and the index says ${sizeBytes}`)
  }
  for (const { path } of file.members) {
    if (listed.has(path) || path === INDEX_PATH || path === SIGNATURE_PATH) continue
    const problem = "it is there, and the index does not list it"
    throw bundleError("BUNDLE_MEMBER_UNLISTED", file.path, { member: path, problem, hint: BUNDLE_HINTS.notHonest })
  }
  return listed
}

async function readSignature(
  file: BundleFile,
  { members, digest }: { readonly members: ReadonlyMap<string, PlacedMember>; readonly digest: Digest },
): Promise<BundleSignature | undefined> {
  const member = members.get(SIGNATURE_PATH)
  if (member === undefined) return undefined
  const source = () => readMember(file, member)
  const text = await readText(file, { member, source, mostBytes: MOST_SIGNATURE_BYTES })
  return checkSignature(Buffer.from(text), digest, file.path)
}

interface WantedText {
  readonly member: PlacedMember | undefined
  readonly source: () => AsyncIterable<Buffer>
  readonly mostBytes: number
}

async function readText(file: BundleFile, { member, source, mostBytes }: WantedText): Promise<string> {
  if (member === undefined) {
    const problem = `there is no ${INDEX_PATH} in it`
    throw bundleError("BUNDLE_MEMBER_MISSING", file.path, { problem })
  }
  if (member.sizeBytes > mostBytes)
    throw inconsistent(file, member.path, `it has ${member.sizeBytes} bytes, and may have ${mostBytes}`)
  const pieces: Buffer[] = []
  for await (const piece of source()) pieces.push(piece)
  const decoded = decodeUtf8(Buffer.concat(pieces))
  if (decoded.ok) return decoded.text
  throw inconsistent(file, member.path, "it is no text in UTF-8")
}

function inconsistent(file: Pick<BundleFile, "path">, member: string, problem: string): GeartrainError {
  return bundleError("BUNDLE_INCONSISTENT", file.path, { member, problem, hint: BUNDLE_HINTS.notHonest })
}
