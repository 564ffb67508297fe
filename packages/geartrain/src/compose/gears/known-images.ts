import { type GearId, isDigest } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { writeAtomically } from "../../system/atomic-write.ts"
import { nowMs } from "../../system/clock.ts"
import { readFile, stat } from "../../system/files.ts"

/** Which gears image files turned out to be, so that the next run of the same file need not read it again. */
type KnownImages = Readonly<Record<string, GearId>>

/** More would only slow down reading the list. */
const MOST_KNOWN = 200
/** A file that was changed just now may be changed again within the same tick of the file system's clock. */
const SETTLED_MS = 2000

/**
 * The file as nobody can change it unseen: the change time cannot be set back by a user.
 *
 * @returns undefined for what is no regular file, or is too young to tell.
 */
export async function stampOf(path: string): Promise<string | undefined> {
  // Not there, or not to be looked at: whoever opens it says so.
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || !stats.isFile() || nowMs() - stats.ctimeMs < SETTLED_MS) return undefined
  return [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(":")
}

export async function knownGear(stamp: string, settings: Pick<Settings, "cache">): Promise<GearId | undefined> {
  const known = await readKnown(settings)
  return Object.hasOwn(known, stamp) ? known[stamp] : undefined
}

/** A list that cannot be written costs the next run the reading of the file, and nothing else. */
export async function rememberGear(stamp: string, id: GearId, settings: Pick<Settings, "cache">): Promise<void> {
  const others = Object.entries(await readKnown(settings)).filter(([other]) => other !== stamp)
  const known = Object.fromEntries([...others.slice(1 - MOST_KNOWN), [stamp, id]])
  await writeAtomically(listPath(settings), async (file) => {
    await file.writeFile(JSON.stringify(known))
  }).catch(() => undefined)
}

async function readKnown(settings: Pick<Settings, "cache">): Promise<KnownImages> {
  try {
    const known = JSON.parse(await readFile(listPath(settings), "utf8")) as KnownImages
    return Object.fromEntries(Object.entries(known).filter(([, id]) => typeof id === "string" && isDigest(id)))
  } catch {
    // Missing or damaged: nothing is known.
    return {}
  }
}

function listPath(settings: Pick<Settings, "cache">): string {
  return `${settings.cache}/images.json`
}
