import { chmod, lstat, readdir, rm } from "../../../system/files.ts"
import { isRoot } from "../../../system/host.ts"
import { ifThere } from "./disk-error.ts"

/** Removes a file or folder with all that is in it, folders that may not be written to as well. Does nothing when it is not there. */
export async function removeFolder(path: string): Promise<void> {
  // For root, no mode is in the way.
  if (!isRoot()) await openUp(path)
  // Tries again, for a tool of a killed process may still be writing there until it sees that its input has ended.
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

async function openUp(path: string): Promise<void> {
  const stats = await ifThere(lstat(path))
  if (stats === undefined || !stats.isDirectory()) return
  if ((stats.mode & 0o700) !== 0o700) await chmod(path, 0o700)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(`${path}/${entry.name}`)
  }
}
