import type { TarEntry } from "../../../../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../../../../packing/tar/tar-reader.ts"
import type { AttributeTable } from "./attribute-table.ts"
import type { BodyPacker } from "./body-packer.ts"
import { type EntryRecord, encodeRecord, HARD_LINK, type InodeHead, PLAIN_FOLDER_HEAD, TYPE } from "./entry-record.ts"
import type { IdTable } from "./id-table.ts"
import type { LinkedFiles } from "./linked-files.ts"
import { pathKey } from "./path-key.ts"
import type { SpillingSorter } from "./sorting/spilling-sorter.ts"

export interface TreePackerParts {
  readonly bodies: BodyPacker
  readonly sorter: SpillingSorter
  readonly linked: LinkedFiles
  readonly ids: IdTable
  readonly attributes: AttributeTable
}

const LAST_SECOND = 0xffff_ffff

/** Takes the entries of a tar: packs the bodies, and puts the rest aside to be sorted. */
export class TreePacker implements TarVisitor {
  readonly #parts: TreePackerParts
  #hasRoot = false

  constructor(parts: TreePackerParts) {
    this.#parts = parts
  }

  /** @throws {RangeError} for what squashfs cannot hold */
  entry(entry: TarEntry): "read" | "skip" {
    const { bodies, linked } = this.#parts
    const key = pathKey(entry.path)
    this.#hasRoot ||= key.length === 0
    if (entry.type === "hard-link") {
      const first = pathKey(entry.target)
      linked.note(first)
      this.#add(key, { type: HARD_LINK, key: first })
      return "skip"
    }
    const head = this.#headOf(entry, TYPE[entry.type])
    if (entry.type !== "file") {
      this.#add(key, recordOf(entry, head))
      return "skip"
    }
    bodies.begin(entry.size, (body) => this.#add(key, { ...head, type: TYPE.file, body }))
    return "read"
  }

  data(bytes: Buffer): void {
    this.#parts.bodies.data(bytes)
  }

  hole(sizeBytes: number): void {
    this.#parts.bodies.hole(sizeBytes)
  }

  endOfFile(): void {
    this.#parts.bodies.end()
  }

  /** Makes what every image has and an archive need not name. */
  end(): void {
    const { ids } = this.#parts
    const index = this.#hasRoot ? 0 : ids.index(0)
    if (!this.#hasRoot)
      this.#add(Buffer.alloc(0), { ...PLAIN_FOLDER_HEAD, type: TYPE.folder, uidIndex: index, gidIndex: index })
  }

  #headOf(entry: TarEntry, type: InodeHead["type"]): InodeHead {
    const { ids, attributes } = this.#parts
    return {
      type,
      mode: entry.mode,
      uidIndex: ids.index(entry.uid),
      gidIndex: ids.index(entry.gid),
      mtime: Math.min(LAST_SECOND, Math.max(0, entry.mtime)),
      xattrIndex: attributes.index(entry.xattrs),
    }
  }

  #add(key: Buffer, record: EntryRecord): void {
    this.#parts.sorter.add({ key, value: encodeRecord(record) })
  }
}

function recordOf(entry: TarEntry, head: InodeHead): EntryRecord {
  switch (head.type) {
    case TYPE.link:
      return { ...head, type: head.type, target: Buffer.from(entry.target) }
    case TYPE["block-device"]:
    case TYPE["character-device"]:
      return { ...head, type: head.type, major: entry.major, minor: entry.minor }
    case TYPE.folder:
    case TYPE.fifo:
      return { ...head, type: head.type }
    default:
      throw new TypeError(`${entry.type} has a body`)
  }
}
