import type { Gear } from "@geartrain/spec"
import { knownGear, rememberGear, stampOf } from "../../compose/gears/known-images.ts"
import { isSourceFolder } from "../../compose/gears/source-folder.ts"
import type { Engine } from "../../compose/open-engine.ts"
import { resolveGear } from "../../engine/gears/resolve-gear.ts"
import type { DevelopmentRoot } from "../../engine/job-request.ts"
import { realpath, stat } from "../../system/files.ts"
import type { Context } from "../command.ts"
import { escapeText } from "../output/escape-text.ts"
import { isImage } from "./is-image.ts"

/** A gear that can be run: a stored one, or a folder as it lies there. */
export interface RunnableGear {
  readonly gear: Gear
  readonly development?: DevelopmentRoot
}

/**
 * Finds the gear that `gear run` was given: a stored one by name or id; an image by its path, which is imported first; a root
 * filesystem in a folder, which is run as it lies there; the folder of a gear's sources, which is built first.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND, GEAR_AMBIGUOUS, and what importing and building throw.
 */
export async function openGear(reference: string, engine: Engine, context: Context): Promise<RunnableGear> {
  if (!isImage(reference)) return { gear: await resolveGear(reference, engine) }
  if (await isFolder(reference)) {
    if (isSourceFolder(reference)) return { gear: await buildSources(reference, engine, context) }
    return await openFolder(reference, context)
  }
  return { gear: await importImage(reference, engine, context) }
}

async function isFolder(reference: string): Promise<boolean> {
  try {
    return (await stat(reference)).isDirectory()
  } catch {
    // Not there: opening it as an image says so, in its own words.
    return false
  }
}

/** When nothing has changed since it was built, nothing is built. */
async function buildSources(folder: string, engine: Engine, context: Context): Promise<Gear> {
  const { reply } = context
  const { buildGear } = await import("../../compose/gears/build-gear.ts")
  const wish = { folder, network: "outbound" as const, fresh: false, force: false, imageEnv: false }
  const progress = {
    onStart: ({ source }: { readonly source: string }) => reply.say(`building ${escapeText(source)}`),
    onLine: () => undefined,
  }
  const { gear, warnings, skipped } = await buildGear(wish, engine, { settings: context.settings(), progress })
  for (const warning of warnings) reply.warn(escapeText(warning))
  if (!skipped) reply.say(`built ${reply.id(gear.id)}`)
  return gear
}

/** A file that was imported before, and has not been touched since, is not even opened. */
async function importImage(reference: string, engine: Engine, context: Context): Promise<Gear> {
  const settings = context.settings()
  const stamp = await stampOf(reference)
  const known = stamp === undefined ? undefined : await knownGear(stamp, settings)
  const stored = known === undefined ? undefined : await engine.gears.getGear(known)
  if (stored !== undefined && (await engine.roots.stat(stored.tree)) !== undefined) return stored
  const { openImageReference } = await import("../../compose/images/open-image.ts")
  const { importGear } = await import("../../engine/gears/import-gear.ts")
  const image = await openImageReference(reference, settings, {})
  try {
    const { gear, isNew, warnings } = await importGear(image, engine)
    for (const warning of warnings) context.reply.warn(escapeText(warning))
    if (isNew) context.reply.say(`imported ${escapeText(reference)} as ${context.reply.id(gear.id)}`)
    if (stamp !== undefined && stamp === (await stampOf(reference))) await rememberGear(stamp, gear.id, settings)
    return gear
  } finally {
    await image.close()
  }
}

/** The folder is read for the identity that its gear has now, so that it can be found again once it is imported; nothing of it is stored. */
async function openFolder(reference: string, context: Context): Promise<RunnableGear> {
  const { openImageReference } = await import("../../compose/images/open-image.ts")
  const { describeGear } = await import("../../engine/gears/import-gear.ts")
  const image = await openImageReference(reference, context.settings(), {})
  try {
    const { gear, warnings } = await describeGear(image)
    for (const warning of warnings) context.reply.warn(escapeText(warning))
    return { gear, development: { root: { form: "tree", path: await realpath(reference) } } }
  } finally {
    await image.close()
  }
}
