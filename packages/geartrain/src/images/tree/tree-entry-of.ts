import type { Digest, TreeEntry } from "@geartrain/spec"
import { KIND } from "./inode-table.ts"
import type { PlacedName } from "./sorted-names.ts"
import type { TreeContents } from "./tree-contents.ts"

/** The body that a file is given in place of its own. */
export interface ReplacedFile {
  readonly name: number
  readonly digest: Digest
  readonly body: Uint8Array
}

/** Puts together what a tree has about one name. */
export function treeEntryOf(contents: TreeContents, placed: PlacedName, replaced?: ReplacedFile): TreeEntry {
  const { names, inodes, texts } = contents
  const inode = names.inode(placed.name)
  const { kind, mode, uid, gid, mtime, xattrs, size, detail } = inodes.fields(inode)
  const common = { path: placed.path, mode, uid, gid, mtime, xattrs }
  switch (kind) {
    case KIND.file:
      if (placed.name === replaced?.name) {
        return { ...common, type: "file", size: replaced.body.length, digest: replaced.digest }
      }
      return { ...common, type: "file", size, digest: `sha256:${inodes.digest(inode).toString("hex")}` }
    case KIND.folder:
      return { ...common, type: "folder" }
    case KIND.link:
      return { ...common, type: "link", target: texts.text(detail) }
    case KIND.characterDevice:
    case KIND.blockDevice: {
      const type = kind === KIND.characterDevice ? "character-device" : "block-device"
      return { ...common, type, major: Math.floor(detail / 2 ** 20), minor: detail % 2 ** 20 }
    }
    case KIND.fifo:
      return { ...common, type: "fifo" }
  }
}
