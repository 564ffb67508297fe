import type { FileHandle } from "node:fs/promises"
import { lstat, opendir, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { writeAtomically } from "../atomic-write.ts"
import { nowMs } from "../clock.ts"
import { currentUser, lifeOf, ownIdentity, type ProcessIdentity } from "../host.ts"
import { randomHex } from "../random.ts"
import { systemCode } from "../system-code.ts"
import { parseProcessName, processName } from "./process-name.ts"

/** A process does not change, and many files may be written. */
let own: string | undefined

/**
 * A path for what is not whole yet, in a folder of the user's. Its name tells everybody whose it is, so that it can be removed when that process was
 * killed: `.gear-<process>.<random>`. It is short, however long the name is that the whole will have. Nothing is made.
 *
 * @see sweepDrafts
 */
export function draftPath(folder: string): string {
  own ??= processName(ownIdentity())
  return `${folder === "/" ? "" : folder}/.gear-${own}.${randomHex(4)}`
}

/** As `writeAtomically`, for a file of the user's that may be large: what a killed process has left beside it is removed. */
export async function writeByDraft(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  await sweepDrafts(folder)
  await writeAtomically(path, write, { draft: draftPath(folder) })
}

/**
 * Removes the drafts in a folder whose process was killed. Those of a process that lives, of another machine or container, and of another user stay,
 * as does all that has another name.
 *
 * It never fails: what cannot be removed is in nobody's way.
 */
export async function sweepDrafts(folder: string): Promise<void> {
  for (const path of await leftDrafts(folder)) {
    try {
      await rm(path, { recursive: true, force: true })
    } catch {
      // The next one who writes there tries again.
    }
  }
}

async function leftDrafts(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  try {
    for await (const { name } of await opendir(folder, { bufferSize: 1024 })) {
      const maker = makerOf(name)
      if (maker !== undefined && (await isLeft(`${folder}/${name}`, maker))) found.push(`${folder}/${name}`)
    }
  } catch (error) {
    // Not there yet, or no folder, or not to be read: whoever writes there tells what is wrong with it.
    if (systemCode(error) === undefined) throw error
  }
  return found
}

function makerOf(name: string): ProcessIdentity | undefined {
  const [, process] = /^\.gear-(.+)\.[0-9a-f]{8}$/s.exec(name) ?? []
  return process === undefined ? undefined : parseProcessName(process)
}

/** Machines may have one name, and a disk in common. Of another boot, it may be such a one: what it has touched in so long is not removed. */
const MOST_UNSEEN_MS = 7 * 24 * 60 * 60 * 1000

async function isLeft(path: string, maker: ProcessIdentity): Promise<boolean> {
  if (lifeOf(maker) !== "dead") return false
  try {
    const { uid, mtimeMs } = await lstat(path)
    // Others may not see that their process lives, nor may they be trusted with what lies in a folder that is removed.
    if (uid !== currentUser().uid) return false
    return bootOf(maker) === bootOf(ownIdentity()) || nowMs() - mtimeMs > MOST_UNSEEN_MS
  } catch {
    // Gone meanwhile.
    return false
  }
}

function bootOf({ startTime }: ProcessIdentity): string | undefined {
  return startTime.split("@")[1]
}
