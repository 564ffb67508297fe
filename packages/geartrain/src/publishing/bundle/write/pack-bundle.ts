import type { Digest } from "@geartrain/spec"
import type { FileHandle } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import type { SigningKey } from "../../signing/key-pair.ts"
import {
  BUNDLE_FORMAT,
  type BundleIndex,
  encodeIndex,
  INDEX_PATH,
  type ListedMember,
  SIGNATURE_PATH,
} from "../format/bundle-index.ts"
import { signIndex } from "../format/bundle-signature.ts"
import { BundleWriter } from "./bundle-writer.ts"
import type { PlannedMember } from "./plan-files.ts"

/** What a bundle is to hold: all but the digests of its members. */
export interface BundleContents extends Omit<BundleIndex, "format" | "members"> {
  readonly members: readonly PlannedMember[]
}

export interface PackOptions {
  /** Who vouches for it, and what the time is by their clock, in ISO 8601. */
  readonly signer?: { readonly key: SigningKey; readonly signed: string }
  readonly signal?: AbortSignal
}

/**
 * Writes a bundle into an open, empty file.
 *
 * @throws What a member says when its bytes are others than they should be; whoever opened the file has to throw it away then.
 */
export async function packBundle(
  contents: BundleContents,
  file: FileHandle,
  options: PackOptions = {},
): Promise<{ readonly index: BundleIndex; readonly digest: Digest }> {
  const writer = new BundleWriter(file, options.signal)
  try {
    return await writeBundle(writer, contents, options)
  } finally {
    await writer.abandon()
  }
}

async function writeBundle(
  writer: BundleWriter,
  contents: BundleContents,
  options: PackOptions,
): Promise<{ readonly index: BundleIndex; readonly digest: Digest }> {
  const { members: planned, ...said } = contents
  const members: ListedMember[] = []
  for (const member of planned) members.push(await packMember(writer, member))
  const index: BundleIndex = { format: BUNDLE_FORMAT, ...said, members }
  const bytes = encodeIndex(index)
  await writer.member(INDEX_PATH, once(bytes), bytes.length)
  const digest = sha256(bytes)
  if (options.signer !== undefined) {
    const signature = signIndex(digest, options.signer.key, options.signer.signed)
    await writer.member(SIGNATURE_PATH, once(signature), signature.length)
  }
  await writer.end()
  return { index, digest }
}

/** Bytes that are there, as what is written. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes
}

async function packMember(writer: BundleWriter, member: PlannedMember): Promise<ListedMember> {
  const { path, role } = member
  if ("openPacked" in member) return { path, role, ...(await writer.packedMember(path, member.openPacked())) }
  const { expected, changed } = member
  const source = sized(member.open(), expected.sizeBytes, changed)
  const written = await writer.member(path, source, expected.sizeBytes)
  if (written.digest !== expected.digest) throw changed(`its digest is ${written.digest}, not ${expected.digest}`)
  return { path, role, ...written }
}

/** The header of a member tells its size before its bytes come. */
async function* sized(
  source: AsyncIterable<Uint8Array>,
  wanted: number,
  refuse: (problem: string) => Error,
): AsyncGenerator<Uint8Array, void> {
  let found = 0
  for await (const chunk of source) {
    found += chunk.length
    if (found > wanted) break
    yield chunk
  }
  if (found !== wanted) throw refuse(`it has ${found > wanted ? "more" : found} bytes, not ${wanted}`)
}
