import { lstat, mkdir, rename } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { ifThere, isMissing } from "./disk-error.ts"
import type { TrashKind } from "./trash.ts"

/**
 * Moves a blob or root that nobody refers to into the trash, unless somebody stored or touched it since.
 *
 * A writer may store or touch it at any moment, even now. So the order is: move it, and then look at its time. A writer touches, and then
 * looks whether it is still there. Whoever is second sees what the first did: either the writer misses it and stores it anew, or the new
 * time is seen here and it is put back. Readers look in the trash as well, so they never miss it in between. And what a killed collection
 * left in the trash is put back by the next.
 *
 * @param options.stamp  Suffix of the path whose modification time counts.
 * @returns false when it was spared or is not there.
 */
export async function retire(
  path: string,
  options: {
    readonly trash: string
    readonly kind: TrashKind
    readonly stamp: string
    readonly spareSinceMs: number
  },
): Promise<boolean> {
  if ((await modifiedMs(`${path}${options.stamp}`)) >= options.spareSinceMs) return false
  const folder = `${options.trash}/${options.kind}`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const trashed = `${folder}/${path.slice(path.lastIndexOf("/") + 1)}`
  try {
    await rename(path, trashed)
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  if ((await modifiedMs(`${trashed}${options.stamp}`)) < options.spareSinceMs) return true
  await putBack(trashed, path)
  return false
}

/** Milliseconds since 1970; minus infinity for what is not there. */
export async function modifiedMs(path: string): Promise<number> {
  return (await ifThere(lstat(path)))?.mtimeMs ?? Number.NEGATIVE_INFINITY
}

/** Moves something out of the trash again, unless it was stored anew meanwhile. */
export async function putBack(trashed: string, path: string): Promise<void> {
  if ((await ifThere(lstat(path))) !== undefined) return
  try {
    await rename(trashed, path)
  } catch (error) {
    // A folder was stored anew under this name just now, or somebody else put this one back.
    const code = systemCode(error)
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && !isMissing(error)) throw error
  }
}
