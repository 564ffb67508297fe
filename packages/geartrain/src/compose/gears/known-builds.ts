import { type Digest, type GearId, isDigest } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { writeAtomically } from "../../system/atomic-write.ts"
import { readFile } from "../../system/files.ts"

/** A build that was carried out, and the gear that came of it. */
export interface KnownBuild {
  /** Digest of everything that it was made from. Absent for a folder, which is read each time. */
  readonly key?: Digest
  readonly gear: GearId
  /** The name in the gear's manifest. */
  readonly name: string
}

/** More would only slow down reading the list. */
const MOST_KNOWN = 200

/** Builds in the order in which they were last asked for. A list that is missing or damaged is an empty one. */
export async function readKnownBuilds(settings: Pick<Settings, "cache">): Promise<readonly KnownBuild[]> {
  try {
    const known = JSON.parse(await readFile(listPath(settings), "utf8")) as readonly KnownBuild[]
    return known.filter(
      ({ key, gear, name }) => (key === undefined || isDigest(key)) && isDigest(gear) && typeof name === "string",
    )
  } catch {
    // Then everything is built, and compared with the newest gear of its name.
    return []
  }
}

/** A list that cannot be written costs the next build its time, and nothing else. */
export async function rememberBuild(build: KnownBuild, settings: Pick<Settings, "cache">): Promise<void> {
  const others = (await readKnownBuilds(settings)).filter(({ key, gear }) =>
    build.key === undefined ? gear !== build.gear || key !== undefined : key !== build.key,
  )
  await writeAtomically(listPath(settings), async (file) => {
    await file.writeFile(JSON.stringify([...others.slice(1 - MOST_KNOWN), build]))
  }).catch(() => undefined)
}

function listPath(settings: Pick<Settings, "cache">): string {
  return `${settings.cache}/builds.json`
}
