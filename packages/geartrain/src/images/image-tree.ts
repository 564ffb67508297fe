import type { GearOrigin, ImageDeclaration, Platform } from "@geartrain/spec"
import { openScratchFile, type ScratchFile } from "../system/linux/scratch-file.ts"
import type { ImageLimits } from "./limits/image-limits.ts"
import { type ScanOptions, scanLayers } from "./passes/scan-layers.ts"
import { streamTree } from "./passes/stream-tree.ts"
import type { ImageSource } from "./sources/image-source.ts"
import type { TreeScan } from "./tree/tree-scan.ts"

/**
 * One image, whatever it is packed in, ready to be read.
 *
 * Two passes make an import that writes nothing twice: `scan` names the tree, the caller looks whether it is stored, and only if not asks for
 * `tar`. Memory does not depend on the size of the image, only on its entries: 50 to 100 bytes each, of which the digests of very many files lie on the disk.
 */
export interface ImageTree {
  readonly origin: GearOrigin
  /** What the image says of itself; absent where the packing says nothing, as a flat tar. */
  readonly declaration?: ImageDeclaration
  /** As the image declares it. `TreeScan.platform` is found in the programs themselves and counts before it. */
  readonly platform?: Platform
  /**
   * Reads everything, checks every digest that the image names, and hashes every file.
   *
   * @throws {GeartrainError} IMAGE_*, and REGISTRY_* where layers have still to be brought here
   */
  scan(options?: Omit<ScanOptions, "limits" | "openScratch">): Promise<TreeScan>
  /**
   * The tree as one flat tar stream in canonical form (see `streamTree`). Reads everything again and compares it with the scan. A chunk is valid
   * until the next is asked for.
   *
   * @throws {GeartrainError} IMAGE_CHANGED when it is not the same any more: what came until then has to be thrown away
   */
  tar(scan: TreeScan, options?: { readonly signal?: AbortSignal }): AsyncIterable<Uint8Array>
  /** Removes what was put aside. What a scan found out stays readable only if it was for `TreeScan.view`. May be called twice. */
  close(): Promise<void>
}

export interface ImageTreeOptions {
  readonly limits: ImageLimits
  /** An existing folder for what a tree of very many files does not keep in memory. Absent: it does. */
  readonly temporaryFolder?: string
  readonly close?: () => Promise<void>
}

export function createImageTree(source: ImageSource, options: ImageTreeOptions): ImageTree {
  const { limits, temporaryFolder } = options
  const scratches: ScratchFile[] = []
  const openScratch = (folder: string): ScratchFile => {
    const scratch = openScratchFile(folder)
    scratches.push(scratch)
    return scratch
  }
  const scanning = {
    limits,
    ...(temporaryFolder === undefined ? {} : { openScratch: () => openScratch(temporaryFolder) }),
  }
  return {
    origin: source.origin,
    ...(source.declaration === undefined ? {} : { declaration: source.declaration }),
    ...(source.platform === undefined ? {} : { platform: source.platform }),
    scan: (given = {}) => scanLayers(source, { ...given, ...scanning }),
    tar: (scan, given = {}) => streamTree(source, scan, { ...given, limits }),
    close: async () => {
      for (const scratch of scratches) scratch.close()
      await source.close()
      await options.close?.()
    },
  }
}
