import type { ScratchFile } from "../../system/linux/scratch-file.ts"
import { InodeTable } from "./inode-table.ts"
import { NameTable } from "./name-table.ts"
import { TextArena } from "./text-arena.ts"

/** A whole root filesystem but for the bytes of its files: about 60 bytes an entry, and 32 more for each of the first 65,536, or of all without a scratch file. */
export interface TreeContents {
  readonly names: NameTable
  readonly inodes: InodeTable
  /** Names, and the targets of links. */
  readonly texts: TextArena
}

/** @param openScratch  For what need not be in memory. The tree can be read as long as that file is open. */
export function createTreeContents(openScratch?: () => ScratchFile): TreeContents {
  const texts = new TextArena()
  return { names: new NameTable(texts), inodes: new InodeTable(openScratch), texts }
}
