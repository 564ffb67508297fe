import { realpath, stat } from "../files.ts"
import { systemCode } from "../system-code.ts"

/** A path without links; undefined where there is nothing, or a circle of links. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined
    throw error
  }
}

/** A folder without links, or in words what is there instead. */
export async function findFolder(path: string): Promise<{ readonly root: string } | "nothing" | "no-folder"> {
  const root = await realPath(path)
  if (root === undefined) return "nothing"
  return (await stat(root)).isDirectory() ? { root } : "no-folder"
}

/**
 * Where a link in a folder leads: a link to a file in the same folder is that file, as it would be for every program; one that leads out of it would let in
 * what nobody gave.
 *
 * @param root  The folder, without links.
 * @param path  Of the link, from the folder.
 */
export async function fileOfLink(
  root: string,
  path: string,
): Promise<{ readonly file: string } | "nothing" | "no-file-inside"> {
  const file = await realPath(`${root}/${path}`)
  if (file === undefined) return "nothing"
  return file.startsWith(`${root}/`) && (await stat(file)).isFile() ? { file } : "no-file-inside"
}
