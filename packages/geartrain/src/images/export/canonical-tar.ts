import { GeartrainError, type TreeDigest } from "@geartrain/spec"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import { OutputChunks } from "../passes/output-chunks.ts"
import { TreeScanner } from "../passes/tree-scanner.ts"
import { LayerMerger } from "../tree/layer-merger.ts"
import { createTreeContents } from "../tree/tree-contents.ts"
import { createTreeScan } from "../tree/tree-scan.ts"
import { canonicalEntry, FIRST_FOLDERS, MOST_DEPTH } from "./canonical-entry.ts"

/** What a store keeps was within the limits when it came in. */
const NO_LIMITS = {
  maxEntries: Number.POSITIVE_INFINITY,
  maxUnpackedBytes: Number.POSITIVE_INFINITY,
  maxExpansion: Number.POSITIVE_INFINITY,
  maxHoleExpansion: Number.POSITIVE_INFINITY,
  freeBytes: Number.POSITIVE_INFINITY,
  maxDepth: MOST_DEPTH,
  maxLayers: 1,
}

/**
 * Writes a tar stream of a whole tree anew, in the one form that Geartrain writes, and makes sure on the way that it is that tree.
 *
 * Whatever kept the tree, each entry has the same header then; their order is that of the source.
 *
 * @param tree  What the stream must be.
 * @throws {GeartrainError} ROOT_DIGEST_MISMATCH at the end: what came until then has to be thrown away
 */
export async function* canonicalTar(
  tar: AsyncIterable<Uint8Array>,
  tree: TreeDigest,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array, void> {
  const place = { reference: tree }
  const contents = createTreeContents()
  const scanner = new TreeScanner(contents, new LayerMerger(contents, new UnpackBudget(NO_LIMITS, place)))
  scanner.startLayer({ place, kind: "flat" })
  // A compressor holds on to what it was given.
  const output = new OutputChunks({ buffers: "fresh" })
  for (const header of FIRST_FOLDERS) output.write(header)
  for await (const _ of driveTar(tar, new Rewriter(scanner, output, tree), { place })) {
    options.signal?.throwIfAborted()
    yield* output.full()
  }
  const found = createTreeScan(contents, { warnings: [] }).tree
  if (found !== tree) {
    throw new GeartrainError(
      "ROOT_DIGEST_MISMATCH",
      `Cannot export root filesystem ${tree}: what is stored is ${found}`,
      {
        hint: "Run gear store fsck, and import the gear again",
      },
    )
  }
  output.write(END_OF_ARCHIVE)
  yield* output.all()
}

class Rewriter implements TarVisitor {
  readonly #scanner: TreeScanner
  readonly #output: OutputChunks
  readonly #reference: string
  #written: WritableEntry | undefined

  constructor(scanner: TreeScanner, output: OutputChunks, reference: string) {
    this.#scanner = scanner
    this.#output = output
    this.#reference = reference
  }

  entry(entry: TarEntry): "read" | "skip" {
    const wish = this.#scanner.entry(entry)
    this.#written = canonicalEntry(entry, this.#reference)
    if (this.#written !== undefined) this.#output.write(encodeHeader(this.#written))
    return wish
  }

  data(bytes: Buffer): void {
    this.#scanner.data(bytes)
    if (this.#written !== undefined) this.#output.write(bytes)
  }

  hole(sizeBytes: number): void {
    this.#scanner.hole(sizeBytes)
  }

  endOfFile(): void {
    this.#scanner.endOfFile()
    if (this.#written !== undefined) this.#output.write(bodyPadding(this.#written))
  }
}
