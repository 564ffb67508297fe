import { isCountedXattr, type Xattrs } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { NO_XATTRS, type TarEntry } from "../../packing/tar/tar-entry.ts"
import type { UnpackBudget } from "../limits/unpack-budget.ts"
import { MOST_PATH_BYTES, type PathRules, splitEntryPath } from "./entry-path.ts"
import { type InodeFields, KIND, type Kind } from "./inode-table.ts"
import { NONE, ROOT } from "./name-table.ts"
import type { TreeContents } from "./tree-contents.ts"
import { walkFolders } from "./walk-path.ts"

/** How the entries of one archive are to be understood. */
export interface LayerRules {
  readonly place: ImagePlace
  /**
   * `flat`: a whole filesystem, of which no entry can lie behind a link. `layer`: changes to what the layers below have made, with whiteouts;
   * a name may lead through links, which are followed inside the tree as docker and umoci do.
   */
  readonly kind: "flat" | "layer"
}

const WHITEOUT = ".wh."
const OPAQUE = ".wh..wh..opq"
/** aufs's own notes, which old builders packed. */
const WHITEOUT_NOTE = ".wh..wh."

/** Of names and link targets of one image. */
const MOST_TEXT_BYTES = 256 * 1024 * 1024
const MOST_XATTR_BYTES = 32 * 1024 * 1024
/** XATTR_NAME_MAX and XATTR_SIZE_MAX of Linux. */
const MOST_XATTR_NAME = 255
const MOST_XATTR_VALUE = 65_536

const KINDS = {
  file: KIND.file,
  folder: KIND.folder,
  link: KIND.link,
  "character-device": KIND.characterDevice,
  "block-device": KIND.blockDevice,
  fifo: KIND.fifo,
} as const

/**
 * Makes one tree of the entries of all layers, from the lowest up.
 *
 * A whiteout takes away what the layers below have, and never what its own layer brings, wherever in the layer it stands. A folder over a
 * folder changes its attributes only; anything else takes the place of what was there.
 *
 * @see OCI image specification 1.1, layer.md, "Representing Changes" and "Applying Changesets"
 */
export class LayerMerger {
  readonly #contents: TreeContents
  readonly #budget: UnpackBudget
  #rules: LayerRules = { place: { reference: "" }, kind: "flat" }
  #pathRules: PathRules = { place: { reference: "" }, maxDepth: 0, leadingSlash: "refused" }
  #xattrBytes = 0

  constructor(contents: TreeContents, budget: UnpackBudget) {
    this.#contents = contents
    this.#budget = budget
    const root = contents.inodes.add(plainFolder())
    contents.names.setInode(ROOT, root)
  }

  /** Begins the next layer. */
  startLayer(rules: LayerRules): void {
    this.#contents.names.startLayer()
    this.#rules = rules
    const leadingSlash = rules.kind === "flat" ? "refused" : "root"
    this.#pathRules = { place: rules.place, maxDepth: this.#budget.limits.maxDepth, leadingSlash }
  }

  /**
   * Brings one entry into the tree.
   *
   * @returns the inode that the body of a file belongs to: every entry of type file has one, even when nothing in the tree shows it.
   */
  apply(entry: TarEntry): number {
    const holes =
      entry.segments === undefined ? 0 : entry.size - entry.segments.reduce((sum, part) => sum + part.length, 0)
    this.#budget.entry(entry, holes)
    const path = splitEntryPath(entry.path, entry.path, this.#pathRules)
    const special = path.find((name) => name.startsWith(WHITEOUT))
    if (special !== undefined) {
      this.#applyWhiteout(entry, path, special)
      return this.#hiddenFile(entry)
    }
    const last = path.at(-1)
    if (last === undefined) {
      // The root is there, and its attributes do not count.
      if (entry.type !== "folder")
        throw this.#fault("IMAGE_NAME_INVALID", entry, "is no folder and has the root's name")
      return NONE
    }
    const inode = entry.type === "hard-link" ? this.#hardLinked(entry) : this.#addInode(entry)
    this.#place(entry, { parent: this.#parentOf(entry, path), last, inode })
    return inode
  }

  #place(entry: TarEntry, to: { readonly parent: number; readonly last: string; readonly inode: number }): void {
    const { names, inodes } = this.#contents
    const name = names.findOrAdd(to.parent, to.last)
    const before = names.inode(name)
    const isFolder = inodes.kind(to.inode) === KIND.folder
    const isOverFolder = before !== NONE && inodes.kind(before) === KIND.folder
    if (before !== NONE && names.isTouched(name) && !(isFolder && isOverFolder)) {
      throw this.#fault("IMAGE_ENTRY_TWICE", entry, "is there twice", "Pack the folder again into a new archive")
    }
    if (isOverFolder && !isFolder && this.#takeAwayChildren(name)) {
      throw this.#fault(
        "IMAGE_ENTRY_TWICE",
        entry,
        "is a folder with entries of the same layer, and something else too",
      )
    }
    names.setInode(name, to.inode)
    names.touch(name)
    this.#checkTexts(entry)
  }

  #parentOf(entry: TarEntry, path: readonly string[]): number {
    const { names } = this.#contents
    const flat = this.#rules.kind === "flat"
    const walk = walkFolders(this.#contents, path.slice(0, -1), {
      links: flat ? "stop" : "follow",
      makeFolder: (parent, name) => this.#makeFolder(entry, parent, name),
    })
    if ("found" in walk) {
      if (walk.followed) this.#checkDepth(entry, walk.found)
      return walk.found
    }
    const at = JSON.stringify(names.path(walk.at))
    if (walk.stopped === "not-a-folder") {
      throw this.#fault("IMAGE_PATH_THROUGH_LINK", entry, `lies in ${at}, which is no folder`)
    }
    const why = walk.stopped === "link" ? "which is a link" : "behind which links go round in a circle"
    throw this.#fault("IMAGE_PATH_THROUGH_LINK", entry, `lies in ${at}, ${why}`, HINTS.notHonest)
  }

  /** A folder that no entry stands for: of root's, as every unpacker makes it. */
  #makeFolder(entry: TarEntry, parent: number, name: string): number {
    const { names, inodes } = this.#contents
    this.#budget.countName()
    const made = names.findOrAdd(parent, name)
    names.setInode(made, inodes.add(plainFolder()))
    names.touch(made)
    this.#checkTexts(entry)
    return made
  }

  #hardLinked(entry: TarEntry): number {
    const { names, inodes } = this.#contents
    const target = splitEntryPath(entry.target, entry.path, this.#pathRules)
    const follow = this.#rules.kind === "flat" ? "stop" : "follow"
    const walk = walkFolders(this.#contents, target.slice(0, -1), { links: follow })
    const name = "found" in walk ? names.find(walk.found, target.at(-1) ?? "") : NONE
    const inode = name === NONE ? NONE : names.inode(name)
    const link = `is a hard link to ${JSON.stringify(entry.target)}`
    if (inode === NONE) {
      const hint = "Pack the folder as a whole, so that the file comes before its hard links"
      throw this.#fault("IMAGE_LINK_TARGET_MISSING", entry, `${link}, which did not come before it`, hint)
    }
    if (inodes.kind(inode) === KIND.folder) {
      throw this.#fault("IMAGE_LINK_TARGET_MISSING", entry, `${link}, which is a folder`)
    }
    return inode
  }

  #addInode(entry: TarEntry): number {
    const { inodes, texts } = this.#contents
    const type = entry.type as Exclude<TarEntry["type"], "hard-link">
    return inodes.add({
      kind: KINDS[type],
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      mtime: entry.mtime,
      size: entry.size,
      detail: type === "link" ? texts.add(this.#linkTarget(entry)) : entry.major * 2 ** 20 + entry.minor,
      xattrs: this.#countedXattrs(entry),
    })
  }

  #linkTarget(entry: TarEntry): Buffer {
    const target = Buffer.from(entry.target)
    if (target.length <= MOST_PATH_BYTES) return target
    const problem = `is a link with a target of ${target.length} bytes, and may have ${MOST_PATH_BYTES}`
    throw this.#fault("IMAGE_NAME_TOO_LONG", entry, problem)
  }

  /** Those that are part of the identity, copied, in the order of their names. Notes of the machine that the tree lay on are dropped. */
  #countedXattrs(entry: TarEntry): Xattrs {
    if (entry.xattrs.size === 0) return NO_XATTRS
    const counted = [...entry.xattrs].filter(([name]) => isCountedXattr(name)).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, value] of counted) {
      this.#xattrBytes += name.length + value.length
      const isTooLarge = Buffer.byteLength(name) > MOST_XATTR_NAME || value.length > MOST_XATTR_VALUE
      if (isTooLarge || this.#xattrBytes > MOST_XATTR_BYTES) {
        throw this.#fault(
          "IMAGE_METADATA_TOO_LARGE",
          entry,
          `has extended attributes that are too large, such as "${name}"`,
        )
      }
      if (!canHold(KINDS[entry.type as keyof typeof KINDS], name)) {
        throw this.#fault("IMAGE_ENTRY_UNSUPPORTED", entry, `is a ${entry.type} with the extended attribute "${name}"`)
      }
    }
    return counted.length === 0 ? NO_XATTRS : new Map(counted.map(([name, value]) => [name, Uint8Array.from(value)]))
  }

  #applyWhiteout(entry: TarEntry, path: readonly string[], special: string): void {
    const { names, inodes } = this.#contents
    if (this.#rules.kind === "flat") {
      const problem = `has the name "${special}", which takes a file away where layers are put together`
      throw this.#fault(
        "IMAGE_NAME_INVALID",
        entry,
        problem,
        "Give the file another name, or import the image with all its layers",
      )
    }
    const last = path.at(-1)
    if (last === OPAQUE && special === OPAQUE) {
      const walk = walkFolders(this.#contents, path.slice(0, -1), { links: "follow" })
      const isNew = "found" in walk && names.markWhiteout(walk.found, "inside")
      if (isNew) this.#takeAwayChildren(walk.found)
      return
    }
    if (special.startsWith(WHITEOUT_NOTE)) return
    const hidden = special.slice(WHITEOUT.length)
    if (last !== special || hidden === "" || hidden === "." || hidden === "..") {
      throw this.#fault("IMAGE_NAME_INVALID", entry, `has "${special}" in its path, which hides nothing`)
    }
    const walk = walkFolders(this.#contents, path.slice(0, -1), { links: "follow" })
    const name = "found" in walk ? names.find(walk.found, hidden) : NONE
    const inode = name === NONE ? NONE : names.inode(name)
    if (inode === NONE || !names.markWhiteout(name, "itself")) return
    const keepsChildren = inodes.kind(inode) === KIND.folder && this.#takeAwayChildren(name)
    if (names.isTouched(name)) return
    names.setInode(name, keepsChildren ? inodes.add(plainFolder()) : NONE)
  }

  /** Takes away what the layers below have put into a folder. @returns whether the current layer has something in it */
  #takeAwayChildren(folder: number): boolean {
    const { names, inodes } = this.#contents
    let keeps = false
    for (const child of names.children(folder)) {
      const inode = names.inode(child)
      if (inode === NONE) continue
      const keepsChildren = inodes.kind(inode) === KIND.folder && this.#takeAwayChildren(child)
      if (names.isTouched(child)) keeps = true
      else if (keepsChildren) {
        names.setInode(child, inodes.add(plainFolder()))
        keeps = true
      } else names.setInode(child, NONE)
    }
    return keeps
  }

  /** The body of a file that the tree does not show is read over all the same, and the second reading counts it too. */
  #hiddenFile(entry: TarEntry): number {
    return entry.type === "file"
      ? this.#contents.inodes.add({ ...plainFolder(), kind: KIND.file, size: entry.size })
      : NONE
  }

  /** Links may lead deeper than the path of the entry itself is. */
  #checkDepth(entry: TarEntry, folder: number): void {
    const { names } = this.#contents
    splitEntryPath(
      `${names.path(folder)}/${entry.path.split("/").findLast((name) => name !== "")}`,
      entry.path,
      this.#pathRules,
    )
  }

  #checkTexts(entry: TarEntry): void {
    if (this.#contents.texts.sizeBytes <= MOST_TEXT_BYTES) return
    throw this.#fault(
      "IMAGE_METADATA_TOO_LARGE",
      entry,
      `brings names and links of the image above ${MOST_TEXT_BYTES} bytes`,
    )
  }

  #fault(
    code: Parameters<typeof imageError>[0],
    entry: TarEntry,
    ...[problem, hint = HINTS.packAgain]: [string, string?]
  ): Error {
    return imageError(code, this.#rules.place, { entry: entry.path, offset: entry.offset, problem, hint })
  }
}

function plainFolder(): InodeFields {
  return { kind: KIND.folder, mode: 0o755, uid: 0, gid: 0, mtime: 0, size: 0, detail: 0, xattrs: NO_XATTRS }
}

/** What Linux itself would refuse to set, so that no filesystem could hold the tree. @see xattr(7) */
function canHold(kind: Kind, xattr: string): boolean {
  if (kind === KIND.file || kind === KIND.folder) return true
  return kind !== KIND.link && xattr.startsWith("system.posix_acl_")
}
