import { isGeartrainError } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError, isContentError } from "../../packing/place/image-place.ts"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"
import type { ScratchFile } from "../../system/linux/scratch-file.ts"
import type { ImageLimits } from "../limits/image-limits.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import type { ImageSource, Layer, OpenLayerOptions } from "../sources/image-source.ts"
import { LayerMerger } from "../tree/layer-merger.ts"
import { NONE } from "../tree/name-table.ts"
import { createTreeContents, type TreeContents } from "../tree/tree-contents.ts"
import { createTreeScan, MANIFEST_PATH, type TreeScan } from "../tree/tree-scan.ts"
import { findFile } from "../tree/walk-path.ts"
import { MOST_MANIFEST_BYTES, TreeScanner } from "./tree-scanner.ts"

export interface ScanOptions {
  readonly limits: ImageLimits
  readonly signal?: AbortSignal
  /** Told again and again how many bytes of tar streams were read so far. */
  readonly onProgress?: (unpackedBytes: number) => void
  /** Keep how scripts begin, for `TreeScan.view`, and all in memory, so that the view outlives the image. */
  readonly keepHeads?: boolean
  /** For what need not be in memory of a tree with very many files. */
  readonly openScratch?: () => ScratchFile
}

/**
 * Reads all layers once: hashes every file, and finds out what tree they make.
 *
 * @throws {GeartrainError} of the tar reader, the merger, the budget and the layers: IMAGE_* all of them.
 */
export async function scanLayers(source: ImageSource, options: ScanOptions): Promise<TreeScan> {
  const place = { reference: source.origin.reference }
  const budget = new UnpackBudget(options.limits, place, source.packedBytes)
  // Who looks around in the tree may do so after the image is closed.
  const contents = createTreeContents(options.keepHeads === true ? undefined : options.openScratch)
  const scanner = new TreeScanner(contents, new LayerMerger(contents, budget), options.keepHeads === true)
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  let readBytes = 0
  const layers = await source.layers(signal)
  for (const layer of layers) {
    scanner.startLayer(layer.rules)
    const open = { budget, verify: true, ...signal }
    const tar = progressing(layer.open(open), (bytes) => {
      readBytes += bytes
      options.onProgress?.(readBytes)
    })
    try {
      for await (const _ of driveTar(tar, scanner, { place: layer.rules.place, mayEndAnywhere: layer.isVouched }));
    } catch (error) {
      throw await betterError(error, layer, {
        ...open,
        budget: new UnpackBudget(options.limits, place, source.packedBytes),
      })
    }
  }
  const manifest = await manifestOf(contents, scanner, { layers, place, options })
  const { heads } = scanner
  const findings = { warnings: source.warnings(), heads, ...(manifest === undefined ? {} : { manifest }) }
  return createTreeScan(contents, findings)
}

async function* progressing(
  source: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    yield chunk
    tell(chunk.length)
  }
}

/** An entry that makes no sense may come from bytes that are not those that were packed: then that is the thing to say. */
async function betterError(error: unknown, layer: Layer, options: OpenLayerOptions): Promise<unknown> {
  if (!isContentError(error)) return error
  try {
    await layer.check(options)
  } catch (checkError) {
    // Any other kind of error would say less than the one that is known already.
    if (isGeartrainError(checkError)) return checkError
  }
  return error
}

/** The manifest was kept when it came by under its own name; behind a link it is read in another pass. */
async function manifestOf(
  contents: TreeContents,
  scanner: TreeScanner,
  from: { readonly layers: readonly Layer[]; readonly place: ImagePlace; readonly options: ScanOptions },
): Promise<Buffer | undefined> {
  const name = findFile(contents, MANIFEST_PATH)
  if (name === NONE) return undefined
  const inode = contents.names.inode(name)
  const size = contents.inodes.size(inode)
  if (size > MOST_MANIFEST_BYTES) {
    throw imageError("IMAGE_METADATA_TOO_LARGE", from.place, {
      entry: MANIFEST_PATH,
      problem: `has ${size} bytes, and may have ${MOST_MANIFEST_BYTES}`,
      hint: "Put data into files of their own, and name them in the manifest",
    })
  }
  return scanner.kept(inode) ?? (await readBody(scanner.fileNumber(inode), from))
}

async function readBody(
  fileNumber: number,
  from: { readonly layers: readonly Layer[]; readonly place: ImagePlace; readonly options: ScanOptions },
): Promise<Buffer> {
  const budget = new UnpackBudget(from.options.limits, from.place, Number.MAX_SAFE_INTEGER)
  const visitor = new OneBody(fileNumber)
  const signal = from.options.signal === undefined ? {} : { signal: from.options.signal }
  for (const layer of from.layers) {
    const options = { place: layer.rules.place, mayEndAnywhere: layer.isVouched }
    for await (const _ of driveTar(layer.open({ budget, verify: false, ...signal }), visitor, options)) {
      if (visitor.body !== undefined) return visitor.body
    }
  }
  throw imageError("IMAGE_CHANGED", from.place, {
    entry: MANIFEST_PATH,
    problem: "is gone when the image is read once more",
    hint: HINTS.importAgain,
  })
}

/** Keeps the body of one file, counted over all layers. */
class OneBody implements TarVisitor {
  body: Buffer | undefined
  #filesBefore: number
  readonly #pieces: Buffer[] = []

  constructor(fileNumber: number) {
    this.#filesBefore = fileNumber
  }

  entry(entry: TarEntry): "read" | "skip" {
    return entry.type === "file" && this.#filesBefore-- === 0 ? "read" : "skip"
  }

  data(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes))
  }

  hole(sizeBytes: number): void {
    this.#pieces.push(Buffer.alloc(sizeBytes))
  }

  endOfFile(): void {
    this.body = Buffer.concat(this.#pieces)
  }
}
