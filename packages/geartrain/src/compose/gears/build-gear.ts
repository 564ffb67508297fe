import type { Digest, Gear } from "@geartrain/spec"
import type { BuildOptions, BuildPlan } from "../../author/build/build-plan.ts"
import { planBuild } from "../../author/build/plan-build.ts"
import { importGear, refuseMovedVersion } from "../../engine/gears/import-gear.ts"
import { gearReference } from "../../engine/gears/resolve-gear.ts"
import type { Settings } from "../../settings/settings.ts"
import { sha256 } from "../../system/hash.ts"
import { openImageReference } from "../images/open-image.ts"
import type { Engine } from "../open-engine.ts"
import { readKnownBuilds, rememberBuild } from "./known-builds.ts"

/** What somebody wants to have built. */
export interface BuildWish {
  readonly folder: string
  /** The Dockerfile or recipe, where it is not the one that is found in the folder. */
  readonly file?: string
  readonly builder?: string
  readonly network: "none" | "outbound"
  /** Build, whatever was built before. */
  readonly fresh: boolean
  /** Another reference that is to point to the gear, besides its own name and version. */
  readonly tag?: string
  readonly force: boolean
  readonly imageEnv: boolean
}

export interface BuiltGear {
  readonly gear: Gear
  /** `name@version`, which now points to this gear. */
  readonly reference: string
  readonly plan: Pick<BuildPlan, "kind" | "source" | "builder" | "notes">
  /** Nothing had changed, so nothing was built. */
  readonly skipped: boolean
  /** The gear that the last build of this name gave, which may be the same. Absent for the first. */
  readonly before?: Gear
  readonly warnings: readonly string[]
}

export interface BuildProgress extends BuildOptions {
  /** The build begins: nothing that was built before is the same. */
  readonly onStart: (plan: Pick<BuildPlan, "kind" | "source" | "builder">) => void
}

/**
 * Builds a gear from a folder and keeps it, unless the folder has not changed since it was built.
 *
 * Its name and version may belong to an earlier build of the same source: while somebody works on a version, it moves. Any other gear keeps them.
 *
 * @throws {GeartrainError} BUILD_FOLDER_INVALID, RECIPE_INVALID, BUILDER_MISSING, BUILD_FAILED, GEAR_EXISTS, and what importing throws.
 */
export async function buildGear(
  wish: BuildWish,
  engine: Engine,
  means: { readonly settings: Pick<Settings, "cache">; readonly progress: BuildProgress },
): Promise<BuiltGear> {
  const plan = await planBuild(wish.folder, wish.file, {
    temporaryFolder: `${means.settings.cache}/builds`,
    network: wish.network,
    fresh: wish.fresh,
    ...(wish.builder === undefined ? {} : { builder: wish.builder }),
  })
  try {
    const work = { plan, wish, engine, settings: means.settings, before: await lastGears(engine, means.settings) }
    const gear = wish.fresh ? undefined : await gearOfKey(work)
    return gear === undefined ? await carryOut(work, means.progress) : await takeAgain(work, gear)
  } finally {
    await plan.close()
  }
}

interface Work {
  readonly plan: BuildPlan
  readonly wish: BuildWish
  readonly engine: Engine
  readonly settings: Pick<Settings, "cache">
  /** The gear of the last build of a name. */
  readonly before: (name: string) => Gear | undefined
}

/** The last that was built under a name here, or else the newest import of that name. */
async function lastGears(engine: Engine, settings: Pick<Settings, "cache">): Promise<Work["before"]> {
  const known = await readKnownBuilds(settings)
  const gears = (await engine.gears.listGears()).toSorted((a, b) => (a.imported < b.imported ? 1 : -1))
  return (name) => {
    const last = known.findLast((build) => build.name === name)?.gear
    return gears.find(({ id }) => id === last) ?? gears.find(({ manifest }) => manifest.name === name)
  }
}

/** What decides the outcome; the key of the plan knows nothing of what is made of the image afterwards. */
function keyOf({ plan, wish }: Work): Digest | undefined {
  if (plan.key === undefined || !wish.imageEnv) return plan.key
  return sha256(Buffer.from(`image-env ${plan.key}`))
}

async function gearOfKey(work: Work): Promise<Gear | undefined> {
  const key = keyOf(work)
  if (key === undefined) return undefined
  const build = (await readKnownBuilds(work.settings)).find((known) => known.key === key)
  const gear = build === undefined ? undefined : await work.engine.gears.getGear(build.gear)
  return gear !== undefined && (await work.engine.roots.stat(gear.tree)) !== undefined ? gear : undefined
}

async function takeAgain(work: Work, gear: Gear): Promise<BuiltGear> {
  const reference = gearReference(gear)
  const before = work.before(gear.manifest.name)
  await point(reference, gear, work)
  await pointTag(gear, work)
  await remember(gear, work)
  return { gear, reference, plan: work.plan, skipped: true, ...(before === undefined ? {} : { before }), warnings: [] }
}

async function carryOut(work: Work, progress: BuildProgress): Promise<BuiltGear> {
  const { plan, wish, engine, settings } = work
  progress.onStart(plan)
  const opened = await openImageReference(await plan.build(progress), settings, {})
  try {
    // What it was made from tells people more than a file that is gone by then.
    const image = { ...opened, origin: { ...opened.origin, reference: plan.source } }
    const { gear, reference, warnings } = await importGear(image, engine, {
      mayReplace: isOfSource(plan),
      ...(wish.force ? { force: true } : {}),
      ...(wish.imageEnv ? { imageEnv: true } : {}),
      ...(progress.signal === undefined ? {} : { signal: progress.signal }),
    })
    const before = work.before(gear.manifest.name)
    await pointTag(gear, work)
    const isUnchanged = await plan.isUnchanged()
    await remember(gear, work, isUnchanged)
    const changed = isUnchanged ? [] : ["files changed while they were built from: build again"]
    const all = [...warnings, ...changed]
    return { gear, reference, plan, skipped: false, ...(before === undefined ? {} : { before }), warnings: all }
  } finally {
    await opened.close()
  }
}

function isOfSource(plan: BuildPlan): (stored: Gear) => boolean {
  return (stored) => stored.origin.reference === plan.source
}

async function remember(gear: Gear, work: Work, withKey = true): Promise<void> {
  const key = withKey ? keyOf(work) : undefined
  await rememberBuild({ gear: gear.id, name: gear.manifest.name, ...(key === undefined ? {} : { key }) }, work.settings)
}

async function pointTag(gear: Gear, work: Work): Promise<void> {
  if (work.wish.tag !== undefined) await point(work.wish.tag, gear, work)
}

async function point(reference: string, gear: Gear, { engine, plan, wish }: Work): Promise<void> {
  await refuseMovedVersion(reference, { id: gear.id, force: wish.force, mayReplace: isOfSource(plan) }, engine)
  await engine.gears.setReference(reference, gear.id)
}
