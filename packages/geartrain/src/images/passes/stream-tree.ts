import { countsInTree } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { imageError } from "../../packing/place/image-place.ts"
import { PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import { HOLE_PIECE_BYTES, type TarVisitor } from "../../packing/tar/tar-reader.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { createHasher, type Hasher, sha256Bytes } from "../../system/hash.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import type { ImageSource } from "../sources/image-source.ts"
import { KIND } from "../tree/inode-table.ts"
import { NONE } from "../tree/name-table.ts"
import { sortedNames } from "../tree/sorted-names.ts"
import { treeEntryOf } from "../tree/tree-entry-of.ts"
import type { TreeScan } from "../tree/tree-scan.ts"
import { OutputChunks } from "./output-chunks.ts"
import type { ScanOptions } from "./scan-layers.ts"

/**
 * Reads all layers a second time and writes the tree as one flat tar archive in canonical form.
 *
 * First come the root, folders, links, devices and pipes, in the order of the listing, then the files in the order in which the layers have
 * their bodies, then their further names as hard links. So an archive of any size is written without a body being put aside, and every folder
 * is there before what lies in it. What does not count in the identity is left out, but for empty `dev`, `proc` and `sys`.
 *
 * A chunk is valid until the next is asked for.
 *
 * @throws {GeartrainError} IMAGE_CHANGED when a file is not what it was in the first pass. What was written until then has to be thrown away.
 */
export async function* streamTree(
  source: ImageSource,
  scan: TreeScan,
  options: Omit<ScanOptions, "onProgress">,
): AsyncGenerator<Uint8Array, void> {
  const place = { reference: source.origin.reference }
  const budget = new UnpackBudget(options.limits, place, source.packedBytes)
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const output = new OutputChunks({ buffers: "reused" })
  for (const bytes of bodilessEntries(scan)) {
    output.write(bytes)
    yield* output.full()
  }
  const writer = new FileWriter(scan, output, source)
  for (const layer of await source.layers(signal)) {
    const reader = { place: layer.rules.place, mayEndAnywhere: layer.isVouched }
    for await (const _ of driveTar(layer.open({ budget, verify: false, ...signal }), writer, reader)) {
      yield* output.full()
    }
  }
  writer.end()
  for (const bytes of furtherNames(scan)) {
    output.write(bytes)
    yield* output.full()
  }
  output.write(END_OF_ARCHIVE)
  yield* output.all()
}

function* bodilessEntries(scan: TreeScan): Generator<Buffer> {
  const { contents, replaced } = scan.parts
  for (const path of [".", "dev", "proc", "sys"]) yield encodeHeader({ ...PLAIN_FOLDER, path })
  for (const placed of sortedNames(contents)) {
    const isReplaced = placed.name === replaced?.name
    if (contents.inodes.kind(contents.names.inode(placed.name)) === KIND.file && !isReplaced) continue
    const entry = treeEntryOf(contents, placed, replaced)
    if (!countsInTree(entry)) continue
    const common = {
      ...PLAIN_FOLDER,
      path: entry.path,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      xattrs: entry.xattrs,
    }
    switch (entry.type) {
      case "file": {
        const header = { ...common, type: entry.type, size: entry.size, mtime: entry.mtime }
        yield Buffer.concat([encodeHeader(header), replaced?.body ?? EMPTY, bodyPadding(header)])
        break
      }
      case "link":
        // No kernel reads the mode of a link, and packings disagree on it.
        yield encodeHeader({ ...common, type: entry.type, mode: 0o777, target: entry.target })
        break
      case "character-device":
      case "block-device":
        yield encodeHeader({ ...common, type: entry.type, major: entry.major, minor: entry.minor })
        break
      default:
        yield encodeHeader({ ...common, type: entry.type })
    }
  }
}

const EMPTY = Buffer.alloc(0)

const ZEROS = Buffer.alloc(HOLE_PIECE_BYTES)

/** The names of all files beyond their first. One by one, and not after each body: a single file may have a million. */
function* furtherNames(scan: TreeScan): Generator<Buffer> {
  const { contents, names } = scan.parts
  const { inodes } = contents
  for (let inode = inodes.nextFile(0); inode < inodes.count; inode = inodes.nextFile(inode + 1)) {
    const first = notReplaced(scan, names.first(inode))
    if (first === NONE) continue
    const { mode, uid, gid, mtime } = inodes.fields(inode)
    const target = contents.names.path(first)
    for (let name = nextName(scan, first); name !== NONE; name = nextName(scan, name)) {
      const path = contents.names.path(name)
      yield encodeHeader({ ...PLAIN_FOLDER, type: "hard-link", path, mode, uid, gid, mtime, target })
    }
  }
}

function nextName(scan: TreeScan, name: number): number {
  return notReplaced(scan, scan.parts.names.next(name))
}

/** A name whose file has another body now is no name of this one. */
function notReplaced({ parts: { names, replaced } }: TreeScan, name: number): number {
  return name !== NONE && name === replaced?.name ? names.next(name) : name
}

/** Writes each file that the tree shows under its first name, as its body comes by. */
class FileWriter implements TarVisitor {
  readonly #scan: TreeScan
  readonly #output: OutputChunks
  readonly #source: ImageSource
  #nextInode = 0
  #inode = NONE
  /** The file as it is written; undefined when it is read over only. */
  #written: WritableEntry | undefined
  #path = ""
  #digest: Buffer | undefined
  #hasher: Hasher | undefined

  constructor(scan: TreeScan, output: OutputChunks, source: ImageSource) {
    this.#scan = scan
    this.#output = output
    this.#source = source
  }

  entry(entry: TarEntry): "read" | "skip" {
    if (entry.type !== "file") return "skip"
    const { contents, names } = this.#scan.parts
    const { inodes } = contents
    this.#inode = inodes.nextFile(this.#nextInode)
    this.#nextInode = this.#inode + 1
    if (this.#inode >= inodes.count || inodes.size(this.#inode) !== entry.size) throw this.#changed(entry.path)
    const first = notReplaced(this.#scan, names.first(this.#inode))
    if (first === NONE) return "skip"
    const { mode, uid, gid, mtime, xattrs } = inodes.fields(this.#inode)
    const sparse = entry.segments === undefined ? {} : { segments: entry.segments }
    this.#path = contents.names.path(first)
    const { size } = entry
    this.#written = { ...PLAIN_FOLDER, type: "file", path: this.#path, mode, uid, gid, mtime, xattrs, size, ...sparse }
    this.#digest = undefined
    this.#hasher = undefined
    this.#output.write(encodeHeader(this.#written))
    return "read"
  }

  data(bytes: Buffer): void {
    if (this.#written === undefined) return
    this.#output.write(bytes)
    if (bytes.length === this.#written.size) this.#digest = sha256Bytes(bytes)
    else {
      this.#hasher ??= createHasher()
      this.#hasher.update(bytes)
    }
  }

  hole(sizeBytes: number): void {
    this.#hasher ??= createHasher()
    this.#hasher.update(ZEROS.subarray(0, sizeBytes))
  }

  endOfFile(): void {
    const written = this.#written
    if (written === undefined) return
    const digest = this.#digest ?? this.#hasher?.digestBytes()
    const { inodes } = this.#scan.parts.contents
    if (digest !== undefined && !digest.equals(inodes.digest(this.#inode))) throw this.#changed(this.#path)
    this.#output.write(bodyPadding(written))
  }

  /** After the last layer: each file of the first pass must have come by. */
  end(): void {
    const { inodes } = this.#scan.parts.contents
    if (inodes.nextFile(this.#nextInode) !== inodes.count) throw this.#changed("")
  }

  #changed(path: string): Error {
    return imageError(
      "IMAGE_CHANGED",
      { reference: this.#source.origin.reference },
      {
        ...(path === "" ? {} : { entry: path }),
        problem:
          path === "" ? "files that it had are gone when it is read once more" : "is not what it was a moment ago",
        hint: HINTS.importAgain,
      },
    )
  }
}
