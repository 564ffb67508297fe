import { isAbsolute, resolve } from "node:path"
import type { Gear } from "@geartrain/spec"
import { importGear } from "../../engine/gears/import-gear.ts"
import { resolveGear } from "../../engine/gears/resolve-gear.ts"
import type { Settings } from "../../settings/settings.ts"
import { stat } from "../../system/files.ts"
import { knownGear, rememberGear, stampOf } from "../gears/known-images.ts"
import { isSourceFolder } from "../gears/source-folder.ts"
import type { Engine } from "../open-engine.ts"

/** Where a step's gear is looked for. */
export interface GearPlace {
  /** Of the workflow that names it: what a path goes from. */
  readonly folder: string
  readonly engine: Engine
  readonly settings: Pick<Settings, "cache">
}

/**
 * Finds the gear of a step: a stored one by name or id; by a path, an image or root filesystem, which is imported, or the folder of a gear's sources, which is
 * built. What has not changed since is neither read nor built again.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND, GEAR_AMBIGUOUS, and what importing and building throw.
 */
export async function resolveStepGear(reference: string, { folder, engine, settings }: GearPlace): Promise<Gear> {
  if (!isAbsolute(reference) && !reference.startsWith("./") && !reference.startsWith("../"))
    return resolveGear(reference, engine)
  const path = resolve(folder, reference)
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory() === true && isSourceFolder(path)) {
    const { buildGear } = await import("../gears/build-gear.ts")
    const wish = { folder: path, network: "outbound" as const, fresh: false, force: false, imageEnv: false }
    const progress = { onStart: () => undefined, onLine: () => undefined }
    return (await buildGear(wish, engine, { settings, progress })).gear
  }
  const stamp = await stampOf(path)
  const known = stamp === undefined ? undefined : await knownGear(stamp, settings)
  const stored = known === undefined ? undefined : await engine.gears.getGear(known)
  if (stored !== undefined && (await engine.roots.stat(stored.tree)) !== undefined) return stored
  const { openImageReference } = await import("../images/open-image.ts")
  const image = await openImageReference(path, settings, {})
  try {
    const { gear } = await importGear(image, engine)
    if (stamp !== undefined && stamp === (await stampOf(path))) await rememberGear(stamp, gear.id, settings)
    return gear
  } finally {
    await image.close()
  }
}
