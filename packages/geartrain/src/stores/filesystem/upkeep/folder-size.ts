import { lstat, readdir, type Stats } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { diskError, ifThere } from "../home/disk-error.ts"

/** Bytes of all files in a folder, or of one file; 0 where nothing is. Files that come and go meanwhile are counted or not. */
export async function folderSize(path: string): Promise<number> {
  const stats = await ifThere(lstat(path))
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return sizeOf(stats)
  let sizeBytes = 0
  for (const name of (await ifThere(namesIn(path))) ?? []) sizeBytes += await folderSize(`${path}/${name}`)
  return sizeBytes
}

function sizeOf(stats: Stats): number {
  return stats.isFile() ? stats.size : 0
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    // A gear may have closed a folder of its own; what is in it is counted when it is removed.
    if (systemCode(error) === "EACCES") return []
    throw diskError(error, `look into "${path}"`)
  }
}
