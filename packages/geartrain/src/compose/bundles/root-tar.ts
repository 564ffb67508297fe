import type { TreeDigest } from "@geartrain/spec"
import { canonicalTar, packedTar } from "../../images/index.ts"
import type { PackedPiece } from "../../packing/tar/packed-piece.ts"
import type { FilesystemRootStore } from "../../stores/filesystem/roots/root-store.ts"
import { orderedTree } from "./ordered-tree.ts"

/**
 * Reads a stored root filesystem as one flat tar, in the form that Geartrain writes: packed as it is kept where that can be taken over, else unpacked.
 * The bytes that it unpacks to are the same wherever it is kept, in the order of the listing.
 *
 * @throws {GeartrainError} ROOT_NOT_FOUND; ROOT_DAMAGED, ROOT_DIGEST_MISMATCH at the end: what came until then has to be thrown away
 */
export async function* rootTar(
  tree: TreeDigest,
  roots: Pick<FilesystemRootStore, "packed" | "read" | "stat" | "listing">,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<PackedPiece, void> {
  const entries = await roots.packed(tree)
  if (entries !== undefined) {
    yield* packedTar(entries, tree, options)
    return
  }
  const tar = (await orderedTree(tree, roots)) ?? roots.read(tree)
  for await (const bytes of canonicalTar(tar, tree, options)) yield { form: "plain", bytes }
}
