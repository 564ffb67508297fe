import { InodeTable } from "./inode-table.ts"
import { NameTable } from "./name-table.ts"
import { TextArena } from "./text-arena.ts"

/** A whole root filesystem but for the bytes of its files: 80 to 120 bytes an entry. */
export interface TreeContents {
  readonly names: NameTable
  readonly inodes: InodeTable
  /** Names, and the targets of links. */
  readonly texts: TextArena
}

export function createTreeContents(): TreeContents {
  const texts = new TextArena()
  return { names: new NameTable(texts), inodes: new InodeTable(), texts }
}
