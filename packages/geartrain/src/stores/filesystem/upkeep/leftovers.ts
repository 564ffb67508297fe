import type { JobStore, Referenced } from "@geartrain/ports"
import { isEnded } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { lstat, readdir } from "../../../system/files.ts"
import { isAlive, lifeOf } from "../../../system/host.ts"
import { parseProcessName } from "../../../system/linux/process-name.ts"
import { ifThere } from "../home/disk-error.ts"
import type { StoreLayout } from "../home/layout.ts"

/** Of a process on another machine, or in a container, nobody can tell whether it is dead. What it has not touched for so long is left over. */
const MOST_UNSEEN_MS = 7 * 24 * 60 * 60 * 1000

/** The folder of a job gets its record at once; one that has none after so long never will. That of a shell has none, but its process has a lease. */
const MOST_UNRECORDED_MS = 60 * 60 * 1000

/** What is known of those who may still need their folders. */
export interface KnownWork extends Pick<Referenced, "spareSinceMs"> {
  readonly jobs: Pick<JobStore, "get" | "owner">
}

/**
 * Finds what killed processes have left in `tmp/`, `trash/` and `work/`. It does no harm, but for the room that it takes. Names that no
 * process of ours gives are left alone.
 */
export async function findLeftovers(layout: StoreLayout, known: KnownWork): Promise<readonly string[]> {
  const found: string[] = []
  for (const folder of [layout.temporary, layout.trash]) {
    for (const name of await namesIn(folder))
      if (await isAbandoned(`${folder}/${name}`)) found.push(`${folder}/${name}`)
  }
  for (const name of await namesIn(layout.work)) {
    if (await isOver(`${layout.work}/${name}`, name, known)) found.push(`${layout.work}/${name}`)
  }
  return found
}

/** Whether the process that a folder in `tmp/` or `trash/` is named for is dead. */
export async function isAbandoned(path: string): Promise<boolean> {
  // A folder in the trash has a number behind the name of its process.
  const name = path.slice(path.lastIndexOf("/") + 1)
  const owner = parseProcessName(name.replace(/\.[0-9a-f]{8}$/, ""))
  if (owner === undefined) return false
  const life = lifeOf(owner)
  return life === "unknown" ? (await ageMs(path)) > MOST_UNSEEN_MS : life === "dead"
}

/** Whether a folder in `work/` is of a job that has ended, or of none. One that was lost and is not ended yet may still be collected. */
async function isOver(path: string, name: string, { jobs, spareSinceMs }: KnownWork): Promise<boolean> {
  if (!/^[0-9a-f]{24}$/.test(name)) return false
  const record = await jobs.get(name)
  if (record === undefined) {
    const age = await ageMs(path)
    return age > MOST_UNRECORDED_MS && nowMs() - age < spareSinceMs
  }
  if (!isEnded(record.state)) return false
  // Outputs that could not be stored stay there, and the record names the place.
  if (record.failure?.reason === "OUTPUT_UNREADABLE" || record.failure?.reason === "DISK_FULL") return false
  const owner = await jobs.owner(name)
  return owner === undefined || !isAlive(owner)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await ifThere(readdir(folder))) ?? []
}

async function ageMs(path: string): Promise<number> {
  const stats = await ifThere(lstat(path))
  return stats === undefined ? 0 : nowMs() - stats.mtimeMs
}
