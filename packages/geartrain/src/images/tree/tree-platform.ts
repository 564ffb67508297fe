import type { Platform } from "@geartrain/spec"
import { architectureName } from "./elf-architecture.ts"
import { KIND } from "./inode-table.ts"
import { NONE } from "./name-table.ts"
import type { TreeContents } from "./tree-contents.ts"
import { findFile } from "./walk-path.ts"

/** A gear needs a shell, so there is one in nearly every image, and it is for the machine that the image is for. */
const SHELLS = ["bin/bash", "bin/sh", "usr/bin/bash", "usr/bin/sh", "usr/local/bin/bash", "bin/busybox"]

/**
 * Tells for which platform a root filesystem is, from its programs alone: so it is the same for every packing, and no packer can be mistaken.
 *
 * The shell decides; without one, what all executables agree on.
 */
export function platformOfTree(contents: TreeContents): Platform | undefined {
  const { names, inodes } = contents
  for (const shell of SHELLS) {
    const name = findFile(contents, shell)
    const architecture = name === NONE ? undefined : architectureName(inodes.machine(names.inode(name)))
    if (architecture !== undefined) return `linux/${architecture}`
  }
  const found = architecturesOfExecutables(contents)
  const [only] = found
  return found.size === 1 && only !== undefined ? `linux/${only}` : undefined
}

function architecturesOfExecutables({ names, inodes }: TreeContents): ReadonlySet<string> {
  const found = new Set<string>()
  for (let name = 0; name < names.count; name++) {
    const inode = names.inode(name)
    if (inode === NONE || inodes.kind(inode) !== KIND.file || (inodes.fields(inode).mode & 0o111) === 0) continue
    const architecture = architectureName(inodes.machine(inode))
    if (architecture !== undefined) found.add(architecture)
  }
  return found
}
