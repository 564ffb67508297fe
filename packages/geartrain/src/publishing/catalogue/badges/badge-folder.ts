import { type GearId, hexOf } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { mkdir, readdir, readFile, stat } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { systemCode } from "../../../system/system-code.ts"
import { MOST_ENVELOPE_BYTES } from "../../signing/envelope.ts"

/**
 * Badges as they are kept here, whether there is a catalogue or not:
 *
 *   <folder>/<64 digits of the gear id>/<64 digits of the file>.json     one envelope
 *
 * They are kept as they came, and judged whenever they are shown.
 */
export interface BadgeFolder {
  /** Keeping one that is kept already changes nothing. */
  keep(gear: GearId, envelope: Uint8Array): Promise<void>
  /** All that are kept of a gear. Files that are too large for a badge are passed over. */
  read(gear: GearId): Promise<readonly Uint8Array[]>
}

/** More of one gear are not read: whoever publishes a gear can leave any number. */
const MOST_BADGES = 200

export function openBadgeFolder(folder: string): BadgeFolder {
  const ofGear = (gear: GearId): string => `${folder}/${hexOf(gear)}`
  return {
    keep: async (gear, envelope) => {
      for (const each of [folder, ofGear(gear)]) await makeOne(each)
      await writeAtomically(`${ofGear(gear)}/${hexOf(sha256(envelope))}.json`, async (file) => {
        await file.writeFile(envelope)
      })
    },
    read: async (gear) => {
      const names = await readdir(ofGear(gear)).catch(ifMissing)
      const badges: Uint8Array[] = []
      for (const name of names.filter((each) => /^[0-9a-f]{64}\.json$/.test(each)).slice(0, MOST_BADGES)) {
        const path = `${ofGear(gear)}/${name}`
        const stats = await stat(path)
        if (stats.isFile() && stats.size <= MOST_ENVELOPE_BYTES) badges.push(await readFile(path))
      }
      return badges
    },
  }
}

/** One at a time: `mkdir` with `recursive` says ENOENT where the disk said EROFS (Node 24.21). */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error
  }
}

function ifMissing(error: unknown): readonly string[] {
  if (systemCode(error) === "ENOENT") return []
  throw error
}
