import { hexOf, type TreeDigest } from "@geartrain/spec"
import { createHasher } from "../../../system/hash.ts"
import { systemCode } from "../../../system/system-code.ts"
import { createByteReader } from "./byte-reader.ts"
import { fileBody } from "./file-body.ts"
import { listedEntries, uncountedEntries } from "./listed-entries.ts"
import { rootDamaged } from "./root-folder.ts"
import { readSkeleton } from "./skeleton-file.ts"
import { BLOCK_BYTES, padded, readTarMember, type TarMember } from "./tar-member.ts"

/** Pieces that are handed out are at least so large, but for the last. */
const GATHER_BYTES = 256 * 1024

/**
 * Puts the tar together again that a tree was unpacked from, byte by byte: headers from the skeleton, bodies from the disk.
 *
 * @throws {GeartrainError} ROOT_DAMAGED when a file is missing or has other bytes, at the end of that file.
 */
export async function* readTree(folder: string, tree: TreeDigest): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  for await (const piece of tarPieces(folder, tree)) {
    gathered.push(piece)
    gatheredBytes += piece.length
    if (gatheredBytes < GATHER_BYTES) continue
    yield Buffer.concat(gathered)
    gathered = []
    gatheredBytes = 0
  }
  yield Buffer.concat(gathered)
}

async function* tarPieces(folder: string, tree: TreeDigest): AsyncGenerator<Uint8Array> {
  const reader = createByteReader(readSkeleton(`${folder}/skeleton.zst`))
  try {
    const listed = await listedDigests(folder)
    for (;;) {
      const member = await readTarMember(reader)
      if (member === undefined) break
      yield member.headers
      if (member.sparse) yield Buffer.from(await reader.exactly(padded(member.bodyBytes)))
      else if (member.bodyBytes > 0) yield* body(folder, member, { tree, hex: listed.get(member.path) })
    }
    yield Buffer.alloc(2 * BLOCK_BYTES)
  } catch (error) {
    if (!isNonsense(error)) throw error
    throw rootDamaged(tree, "its skeleton or its listing is damaged", error)
  } finally {
    await reader.close()
  }
}

/** What the bytes of each file have to be. */
async function listedDigests(folder: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>()
  for await (const entry of listedEntries(`${folder}/listing`)) {
    if (entry.type === "f") digests.set(entry.path, entry.hex)
  }
  for await (const { path, hex } of uncountedEntries(`${folder}/uncounted`)) digests.set(path, hex)
  return digests
}

async function* body(
  folder: string,
  member: TarMember,
  root: { readonly tree: TreeDigest; readonly hex: string | undefined },
): AsyncGenerator<Uint8Array> {
  const damaged = (because: string, cause?: unknown): Error =>
    rootDamaged(root.tree, `its file ${JSON.stringify(member.path)} ${because}`, cause)
  const hasher = createHasher()
  let restBytes = member.bodyBytes
  try {
    for await (const piece of fileBody(`${folder}/tree/${member.path}`, member.bodyBytes)) {
      if (piece.length > restBytes) throw damaged("has grown")
      restBytes -= piece.length
      hasher.update(piece)
      yield piece
    }
  } catch (error) {
    const code = systemCode(error)
    if (typeof code !== "string" || !UNREADABLE.has(code)) throw error
    throw damaged(`cannot be read (${code})`, error)
  }
  if (restBytes > 0) throw damaged(`is ${restBytes} bytes short`)
  if (hexOf(hasher.digest()) !== root.hex) throw damaged("has other bytes")
  yield Buffer.alloc(padded(member.bodyBytes) - member.bodyBytes)
}

const UNREADABLE = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EISDIR", "ENXIO", "EIO"])

/** What the readers of tar, JSON and zstd throw for bytes that are none. */
function isNonsense(error: unknown): boolean {
  return error instanceof RangeError || error instanceof SyntaxError || String(systemCode(error)).startsWith("ZSTD_")
}
