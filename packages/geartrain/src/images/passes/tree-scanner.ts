import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import { HOLE_PIECE_BYTES, type TarVisitor } from "../../packing/tar/tar-reader.ts"
import { createHasher, type Hasher, sha256Bytes } from "../../system/hash.ts"
import { elfArchitecture } from "../tree/elf-architecture.ts"
import type { LayerMerger, LayerRules } from "../tree/layer-merger.ts"
import { NONE } from "../tree/name-table.ts"
import type { TreeContents } from "../tree/tree-contents.ts"
import { MANIFEST_PATH } from "../tree/tree-scan.ts"

/** Larger than any manifest; smaller than what would hurt. */
export const MOST_MANIFEST_BYTES = 4 * 1024 * 1024

/** Hashes bodies while the merger builds the tree. */
export class TreeScanner implements TarVisitor {
  readonly #contents: TreeContents
  readonly #merger: LayerMerger
  readonly #kept = new Map<number, Buffer>()
  /** How scripts begin, and what lies in the gear's folder, by inode. */
  readonly heads = new Map<number, Buffer>()
  readonly #keepHeads: boolean
  #isGearFile = false
  #inode = NONE
  #size = 0
  #hasher: Hasher | undefined
  /** The first bytes of the file, for which there may be more than one piece. */
  readonly #start: Buffer
  #startBytes = 0
  #keeping: Buffer[] | undefined

  constructor(contents: TreeContents, merger: LayerMerger, keepHeads = false) {
    this.#contents = contents
    this.#merger = merger
    this.#keepHeads = keepHeads
    this.#start = Buffer.alloc(keepHeads ? HEAD_BYTES : ELF_BYTES)
  }

  startLayer(rules: LayerRules): void {
    this.#merger.startLayer(rules)
  }

  entry(entry: TarEntry): "read" | "skip" {
    this.#inode = this.#merger.apply(entry)
    if (entry.type !== "file") return "skip"
    this.#size = entry.size
    this.#hasher = undefined
    this.#startBytes = 0
    const isManifest = entry.path.endsWith(MANIFEST_PATH) && entry.size <= MOST_MANIFEST_BYTES
    this.#keeping = isManifest ? [] : undefined
    this.#isGearFile = /^(?:\.\/)?flywheel\/v0\//.test(entry.path)
    return "read"
  }

  data(bytes: Buffer): void {
    if (this.#startBytes < this.#start.length) {
      this.#startBytes += bytes.copy(this.#start, this.#startBytes, 0, this.#start.length - this.#startBytes)
    }
    this.#keeping?.push(Buffer.from(bytes))
    if (bytes.length === this.#size) this.#contents.inodes.setDigest(this.#inode, sha256Bytes(bytes))
    else {
      this.#hasher ??= createHasher()
      this.#hasher.update(bytes)
    }
  }

  hole(sizeBytes: number): void {
    const zeros = ZEROS.subarray(0, sizeBytes)
    if (this.#startBytes < this.#start.length) {
      this.#startBytes += zeros.copy(this.#start, this.#startBytes, 0, this.#start.length - this.#startBytes)
    }
    this.#keeping?.push(Buffer.from(zeros))
    this.#hasher ??= createHasher()
    this.#hasher.update(zeros)
  }

  endOfFile(): void {
    const { inodes } = this.#contents
    if (this.#size === 0) inodes.setDigest(this.#inode, EMPTY_DIGEST)
    else if (this.#hasher !== undefined) inodes.setDigest(this.#inode, this.#hasher.digestBytes())
    inodes.setMachine(this.#inode, elfArchitecture(this.#start.subarray(0, this.#startBytes)))
    if (this.#keepHeads) this.#keepHead()
    if (this.#keeping !== undefined) this.#kept.set(this.#inode, Buffer.concat(this.#keeping))
  }

  #keepHead(): void {
    const head = this.#start.subarray(0, this.#startBytes)
    const isScript = SCRIPT_STARTS.some((start) => head.subarray(0, start.length).equals(start))
    if ((isScript || this.#isGearFile) && this.heads.size < MOST_HEADS) this.heads.set(this.#inode, Buffer.from(head))
  }

  kept(inode: number): Buffer | undefined {
    return this.#kept.get(inode)
  }

  /** How many files came before this one. */
  fileNumber(inode: number): number {
    return this.#contents.inodes.filesBefore(inode)
  }
}

const ZEROS = Buffer.alloc(HOLE_PIECE_BYTES)
const ELF_BYTES = 20
/** As many as the kernel reads of a script's first line. @see Linux, include/uapi/linux/binfmts.h, BINPRM_BUF_SIZE */
const HEAD_BYTES = 256
/** 26 MB of memory at most: a hostile image may have a million scripts. */
const MOST_HEADS = 100_000
const SCRIPT_STARTS = [Buffer.from("#!"), Buffer.from("\ufeff#!")]
const EMPTY_DIGEST = sha256Bytes(new Uint8Array())
