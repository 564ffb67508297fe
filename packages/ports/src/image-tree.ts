import type { GearOrigin, ImageDeclaration, Platform, TreeDigest } from "@geartrain/spec"

/** What one pass over an image found. */
export interface TreeScan {
  readonly tree: TreeDigest
  /** Entries that count, and the bytes of their files, holes included. */
  readonly entries: number
  readonly sizeBytes: number
  /** Bytes of `flywheel/v0/manifest.json`, where the tree has that file. */
  readonly manifest?: Uint8Array
  /** As the tree's own programs tell, so that it is the same in every packing. */
  readonly platform?: Platform
  /** Sentences about what was left out or is odd. */
  readonly warnings: readonly string[]
  /** The canonical listing, whose digest is `tree`. May be read as often as wanted. */
  listing(): AsyncIterable<Uint8Array>
}

/** The root filesystem of one image, whatever it is packed in, to be read as often as wanted. */
export interface ImageTree<Scan extends TreeScan = TreeScan> {
  readonly origin: GearOrigin
  readonly declaration?: ImageDeclaration
  /** The platform that the image declares. */
  readonly platform?: Platform
  /** @param options.keepHeads  Keep how scripts begin, for those who look around in the tree afterwards. */
  scan(options?: { readonly signal?: AbortSignal; readonly keepHeads?: boolean }): Promise<Scan>
  /** The same tree with another body for one file; nothing where there is no such file. Reads nothing again. */
  withFile(scan: Scan, path: string, body: Uint8Array): Scan | undefined
  /**
   * The whole tree as one flat tar. A chunk is valid until the next is asked for.
   *
   * @throws {GeartrainError} IMAGE_CHANGED at the end, when what was read is not what the scan saw.
   */
  tar(scan: Scan, options?: { readonly signal?: AbortSignal }): AsyncIterable<Uint8Array>
  close(): Promise<void>
}
