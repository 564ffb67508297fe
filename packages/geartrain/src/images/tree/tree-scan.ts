import type { TreeScan as ImageScan, TreeView } from "@geartrain/ports"
import {
  countsInTree,
  type Digest,
  TREE_LISTING_HEADER,
  type TreeDigest,
  type TreeEntry,
  treeLine,
} from "@geartrain/spec"
import { createHasher, sha256 } from "../../system/hash.ts"
import { NONE } from "./name-table.ts"
import { NumberColumn } from "./number-column.ts"
import { sortedNames } from "./sorted-names.ts"
import type { TreeContents } from "./tree-contents.ts"
import { type ReplacedFile, treeEntryOf } from "./tree-entry-of.ts"
import { platformOfTree } from "./tree-platform.ts"
import { findFile, findName } from "./walk-path.ts"

/**
 * What one pass over an image found out: its whole root filesystem but for the bytes of the files.
 *
 * Kept in columns of numbers: 50 to 100 bytes an entry, see `TreeContents`. Never changes. A hard link counts like a file of its own; a platform is absent when
 * the programs in the tree do not tell.
 */
export interface TreeScan extends ImageScan {
  /** The entries that count, in the order of the listing. */
  treeEntries(): Iterable<TreeEntry>
  /** The tree to look around in. */
  view(): TreeView
  /** For `ImageTree.tar`. */
  readonly parts: ScanParts
}

/** What the second pass over an image needs of the first. */
export interface ScanParts {
  readonly contents: TreeContents
  readonly names: NamesOfInodes
  readonly replaced?: ReplacedFile
}

/** The names under which the tree shows a file, in the order of the listing. */
export interface NamesOfInodes {
  /** `NONE` when the tree does not show it. */
  first(inode: number): number
  /** The one after `name`, which is of the same inode; `NONE` after the last. */
  next(name: number): number
}

export interface ScanFindings {
  readonly manifest?: Uint8Array
  readonly warnings: readonly string[]
  /** How files begin, by inode. */
  readonly heads?: ReadonlyMap<number, Uint8Array>
}

/** Closes the first pass: brings the tree into its order, and names it. */
export function createTreeScan(contents: TreeContents, findings: ScanFindings, replaced?: ReplacedFile): TreeScan {
  const hasher = createHasher()
  let entries = 0
  let sizeBytes = 0
  const platform = platformOfTree(contents)
  // From here on names are gone through, and hardly one is looked for.
  contents.names.dropIndex()
  const names = new NameRings(contents)
  const treeEntries = (): Iterable<TreeEntry> => countedEntries(contents, replaced)
  for (const text of listingTexts(contents, replaced, (entry, name) => {
    entries++
    if (entry.type !== "file") return
    sizeBytes += entry.size
    names.add(name)
  })) {
    hasher.update(text)
  }
  return {
    tree: hasher.digest() as TreeDigest,
    entries,
    sizeBytes,
    ...(findings.manifest === undefined ? {} : { manifest: findings.manifest }),
    ...(platform === undefined ? {} : { platform }),
    warnings: findings.warnings,
    listing: async function* () {
      for (const text of listingTexts(contents, replaced)) yield Buffer.from(text)
    },
    treeEntries,
    view: () => createTreeView(contents, treeEntries, findings.heads),
    parts: { contents, names, ...(replaced === undefined ? {} : { replaced }) },
  }
}

/**
 * The same tree with another body for one file, found out without reading the image again. Owner, mode, time and all else stay.
 *
 * @param path  Relative to the root; links on the way, and at its end, are followed.
 * @returns undefined when the tree has no such file.
 */
export function withFile(scan: TreeScan, path: string, body: Uint8Array): TreeScan | undefined {
  const { contents } = scan.parts
  const name = findFile(contents, path)
  if (name === NONE) return undefined
  const isManifest = name === findFile(contents, MANIFEST_PATH)
  const manifest = isManifest ? body : scan.manifest
  const findings = { warnings: scan.warnings, ...(manifest === undefined ? {} : { manifest }) }
  return createTreeScan(contents, findings, { name, body, digest: sha256(body) as Digest })
}

export const MANIFEST_PATH = "flywheel/v0/manifest.json"

const NO_HEADS: ReadonlyMap<number, Uint8Array> = new Map()

function createTreeView(
  contents: TreeContents,
  entries: () => Iterable<TreeEntry>,
  heads: ReadonlyMap<number, Uint8Array> = NO_HEADS,
): TreeView {
  return {
    entries,
    find: (path) => {
      const name = findName(contents, path.replace(/^\/+/, ""))
      if (name === NONE) return undefined
      return treeEntryOf(contents, { name, path: contents.names.path(name) })
    },
    head: (path) => {
      const name = findFile(contents, path.replace(/^\/+/, ""))
      return name === NONE ? undefined : heads.get(contents.names.inode(name))
    },
  }
}

const PIECE_CHARACTERS = 64 * 1024

function* listingTexts(
  contents: TreeContents,
  replaced: ReplacedFile | undefined,
  each?: (entry: TreeEntry, name: number) => void,
): Generator<string> {
  let text = TREE_LISTING_HEADER
  for (const placed of sortedNames(contents)) {
    const entry = treeEntryOf(contents, placed, replaced)
    const line = treeLine(entry)
    if (line === "") continue
    each?.(entry, placed.name)
    text += line
    if (text.length < PIECE_CHARACTERS) continue
    yield text
    text = ""
  }
  yield text
}

function* countedEntries(contents: TreeContents, replaced: ReplacedFile | undefined): Generator<TreeEntry> {
  for (const placed of sortedNames(contents)) {
    const entry = treeEntryOf(contents, placed, replaced)
    if (countsInTree(entry)) yield entry
  }
}

/** The names of each inode in a ring, of which the last is kept: most have one name alone, and so need no more than that. */
class NameRings implements NamesOfInodes {
  readonly #contents: TreeContents
  // 0 is none: the root is no name that is added.
  readonly #last = new NumberColumn((length) => new Uint32Array(length))
  /** The name after each; of the last, the first; 0 of one that is alone. */
  readonly #next = new NumberColumn((length) => new Uint32Array(length))

  constructor(contents: TreeContents) {
    this.#contents = contents
  }

  add(name: number): void {
    const inode = this.#contents.names.inode(name)
    const last = this.#last.get(inode)
    this.#last.set(inode, name)
    if (last === 0) return
    this.#next.set(name, this.#next.get(last) || last)
    this.#next.set(last, name)
  }

  first(inode: number): number {
    const last = this.#last.get(inode)
    return last === 0 ? NONE : this.#next.get(last) || last
  }

  next(name: number): number {
    const isLast = this.#last.get(this.#contents.names.inode(name)) === name
    return isLast ? NONE : this.#next.get(name)
  }
}
