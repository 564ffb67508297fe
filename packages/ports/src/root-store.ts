import type { TreeDigest } from "@geartrain/spec"
import type { RootFilesystem } from "./provider.ts"

export interface StoredRoot extends RootFilesystem {
  readonly tree: TreeDigest
  /** Bytes on disk. */
  readonly storedBytes: number
}

/**
 * Keeps root filesystems under their tree digest, in the form that runs best on this machine.
 *
 * A root filesystem is either whole or absent, whatever moment the program is killed at.
 */
export interface RootStore {
  stat(tree: TreeDigest): Promise<StoredRoot | undefined>
  /**
   * Stores the root filesystem that a canonical tar stream holds, and answers once it is durable. Does not read the stream when the tree is
   * held already.
   *
   * @param tar  A flat POSIX tar of the whole tree, as `images/` writes it. Of each chunk, the bytes are taken before the next is asked for.
   * @param listing  The canonical listing, whose digest is `tree`; kept beside the tree, so that what the disk cannot hold (owners, devices
   *   and more when not root) is not lost.
   */
  put(
    tree: TreeDigest,
    source: { readonly tar: AsyncIterable<Uint8Array>; readonly listing: AsyncIterable<Uint8Array> },
  ): Promise<StoredRoot>
  /**
   * The tree as a tar stream again, with all that its entries had.
   *
   * @throws {GeartrainError} ROOT_NOT_FOUND before the first chunk.
   */
  read(tree: TreeDigest): AsyncIterable<Uint8Array>
  list(): AsyncIterable<StoredRoot>
  remove(tree: TreeDigest): Promise<void>
  /** Reads every byte, and answers what is damaged: one sentence each, none when the tree is whole. */
  check(tree: TreeDigest): Promise<readonly string[]>
}
