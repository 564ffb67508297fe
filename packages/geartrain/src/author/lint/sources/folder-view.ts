import type { TreeView, ViewedEntry } from "@geartrain/ports"
import { lookAtOnce, readSmallFile } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"

const GEAR = "flywheel/v0"
const HEAD_BYTES = 256

/**
 * Looks at a folder of sources as if it were /flywheel/v0 of an image: only what lies directly in it, and no link is followed. The owner is root,
 * as a build makes it.
 */
export function folderView(folder: string): TreeView {
  const find = (path: string): ViewedEntry | undefined => {
    const name = nameIn(path)
    const stats = name === undefined || !isInside(folder, name) ? undefined : lookAtOnce(`${folder}/${name}`)
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined
    const type = stats.isFile() ? "file" : "folder"
    return { path: `${GEAR}/${name}`, type, mode: stats.mode & 0o7777, uid: 0, gid: 0 }
  }
  return {
    entries: () => [],
    find,
    head: (path) => {
      const name = nameIn(path)
      if (name === undefined || find(path)?.type !== "file") return undefined
      try {
        return readSmallFile(`${folder}/${name}`, HEAD_BYTES).subarray(0, HEAD_BYTES)
      } catch (error) {
        // Whoever may not read it learns so from its mode.
        if (systemCode(error) === "EACCES") return undefined
        throw error
      }
    },
  }
}

/** No folder on the way is a link, which could lead out. */
function isInside(folder: string, name: string): boolean {
  const parents = name.split("/").slice(0, -1)
  return parents.every((_, index) => lookAtOnce(`${folder}/${parents.slice(0, index + 1).join("/")}`)?.isDirectory())
}

function nameIn(path: string): string | undefined {
  const rest = path.replace(/^\/+/, "")
  if (!rest.startsWith(`${GEAR}/`)) return undefined
  const name = rest.slice(GEAR.length + 1)
  return name.split("/").includes("..") ? undefined : name
}
