import type { Digest, TreeDigest } from "@geartrain/spec"
import type { PackedEntry } from "../../../packing/tar/packed-piece.ts"
import { hashRootFiles, rootDamaged } from "./root-folder.ts"
import { openSquashfs } from "./squashfs/read-squashfs.ts"

/**
 * Reads the entries of a root that is kept as a squashfs, while the digest of all its bytes is computed beside.
 *
 * @returns undefined for one that some other program has packed in a way of its own.
 */
export async function readPacked(
  folder: string,
  root: { readonly tree: TreeDigest; readonly wanted: Digest },
): Promise<AsyncIterable<PackedEntry> | undefined> {
  // Nobody has to read what this answers, so that it holds nothing open.
  const squashfs = await openSquashfs(`${folder}/root.sqfs`)
  await squashfs?.close()
  return squashfs === undefined ? undefined : entriesOf(folder, root)
}

async function* entriesOf(
  folder: string,
  { tree, wanted }: { readonly tree: TreeDigest; readonly wanted: Digest },
): AsyncGenerator<PackedEntry, void> {
  const squashfs = await openSquashfs(`${folder}/root.sqfs`)
  if (squashfs === undefined) throw rootDamaged(tree, "its root.sqfs has other bytes")
  const hashing = hashRootFiles(folder, ["root.sqfs"])
  // It is waited for below, perhaps after the reading has failed.
  hashing.catch(() => undefined)
  try {
    for (const { entry, body } of explained(squashfs.entries(), tree))
      yield { entry, body: () => explained(body(), tree) }
    const { "root.sqfs": now } = await hashing
    if (now?.digest !== wanted) throw rootDamaged(tree, "its root.sqfs has other bytes")
  } finally {
    await hashing.catch(() => undefined)
    await squashfs.close()
  }
}

function* explained<Item>(source: Iterable<Item>, tree: TreeDigest): Generator<Item, void> {
  try {
    yield* source
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw rootDamaged(tree, `its root.sqfs cannot be read: ${error.message}`, error)
  }
}
