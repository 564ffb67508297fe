import type { BoxMount } from "@geartrain/ports"
import { mkdir, readlink, symlink } from "../../../system/files.ts"
import { lookAt } from "../../../system/linux/small-folders.ts"

/** Where programs and their libraries lie; the last two on machines whose programs are kept by digest. */
const PROGRAM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix", "/gnu"]

/**
 * Makes a root filesystem out of the machine's own programs: an empty folder, and mounts for a box.
 *
 * @param folder  An empty folder.
 */
export async function makeHostRoot(folder: string): Promise<readonly BoxMount[]> {
  const mounts: BoxMount[] = []
  for (const path of PROGRAM_FOLDERS) {
    const there = lookAt(path)
    if (there?.isSymbolicLink() === true) await symlink(await readlink(path), folder + path)
    if (there?.isDirectory() !== true) continue
    await mkdir(folder + path)
    mounts.push({ source: path, target: path, access: "read-only" })
  }
  return mounts
}
