import type { TreeDigest } from "@geartrain/spec"
import { systemCode } from "../../../system/system-code.ts"
import { createByteReader } from "./byte-reader.ts"
import { checkedBody } from "./checked-body.ts"
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
  { path, bodyBytes }: TarMember,
  root: { readonly tree: TreeDigest; readonly hex: string | undefined },
): AsyncGenerator<Uint8Array> {
  yield* checkedBody(`${folder}/tree`, { path, sizeBytes: bodyBytes, hex: root.hex }, root.tree)
  yield Buffer.alloc(padded(bodyBytes) - bodyBytes)
}

/** What the readers of tar, JSON and zstd throw for bytes that are none. */
function isNonsense(error: unknown): boolean {
  return error instanceof RangeError || error instanceof SyntaxError || String(systemCode(error)).startsWith("ZSTD_")
}
