import { countsInTree, GeartrainError, isCountedXattr, type TreeDigest } from "@geartrain/spec"
import { FOLDER_MTIME, PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import { OutputChunks } from "../passes/output-chunks.ts"
import { TreeScanner } from "../passes/tree-scanner.ts"
import { splitEntryPath } from "../tree/entry-path.ts"
import { LayerMerger } from "../tree/layer-merger.ts"
import { createTreeContents } from "../tree/tree-contents.ts"
import { createTreeScan } from "../tree/tree-scan.ts"

/** What a store keeps was within the limits when it came in. */
const NO_LIMITS = {
  maxEntries: Number.POSITIVE_INFINITY,
  maxUnpackedBytes: Number.POSITIVE_INFINITY,
  maxExpansion: Number.POSITIVE_INFINITY,
  maxHoleExpansion: Number.POSITIVE_INFINITY,
  freeBytes: Number.POSITIVE_INFINITY,
  maxDepth: 2048,
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
  for (const path of [".", "dev", "proc", "sys"]) output.write(encodeHeader({ ...PLAIN_FOLDER, path }))
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
    const path = this.#plain(entry.path, entry)
    const type = entry.type === "hard-link" ? "file" : entry.type
    this.#written = countsInTree({ path, type, target: entry.target }) ? this.#rewrite(entry, path) : undefined
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

  #rewrite(entry: TarEntry, path: string): WritableEntry {
    const { type, uid, gid } = entry
    const xattrs = new Map([...entry.xattrs].filter(([name]) => isCountedXattr(name)))
    const isFile = type === "file" || type === "hard-link"
    return {
      ...entry,
      path,
      uid,
      gid,
      xattrs,
      target: type === "hard-link" ? this.#plain(entry.target, entry) : entry.target,
      mode: type === "link" ? 0o777 : entry.mode,
      mtime: isFile ? entry.mtime : FOLDER_MTIME,
    }
  }

  #plain(path: string, entry: TarEntry): string {
    const rules = {
      place: { reference: this.#reference },
      maxDepth: NO_LIMITS.maxDepth,
      leadingSlash: "refused",
    } as const
    return splitEntryPath(path, entry.path, rules).join("/")
  }
}
