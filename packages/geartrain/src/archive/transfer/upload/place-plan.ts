import type { GearClient } from "@geartrain/sdk/client"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { PlannedPlace, UploadPlan } from "../../upload-plan/upload-plan.ts"
import { inTurns } from "../in-turns.ts"
import { isForAll } from "./is-for-all.ts"
import { addFields, placeWithin, type ReachedPlace } from "./reach-place.ts"
import type { UploadedFile, UploadTask } from "./upload-files.ts"

/** A plan with its places on the server. */
export interface PlacedPlan {
  readonly tasks: readonly UploadTask[]
  /** Files whose place cannot be. */
  readonly failed: readonly UploadedFile[]
  /** Paths of the places that were not there before. */
  readonly made: readonly string[]
}

const AT_ONCE = 4

/**
 * Finds the places of a plan in a project, and makes those that are missing.
 *
 * @throws {GeartrainError} whatever would befall all of them.
 */
export async function placePlan(
  client: GearClient,
  project: ReachedPlace,
  { plan, signal }: { readonly plan: UploadPlan; readonly signal: AbortSignal },
): Promise<PlacedPlan> {
  const reached = new Map<string, ReachedPlace | GeartrainError>()
  const made: string[] = []
  const reach = async (place: PlannedPlace): Promise<void> => {
    signal.throwIfAborted()
    const found = await reachOne(client, { project, place, above: reached.get(keyOf(place.labels.slice(0, -1))) })
    reached.set(keyOf(place.labels), found)
    if (!isGeartrainError(found) && found.isNew && place.level !== "project") made.push(found.path)
  }
  // Those above first: what is in a place needs its id.
  for (const places of Map.groupBy(plan.places, ({ labels }) => labels.length).values())
    await inTurns(places, AT_ONCE, reach)
  const tasks: UploadTask[] = []
  const failed: UploadedFile[] = []
  for (const { labels, files } of plan.places) {
    const found = reached.get(keyOf(labels))
    for (const file of files) {
      if (found === undefined || isGeartrainError(found)) {
        const place = { id: "", path: [project.path, ...labels].join("/"), isNew: false }
        const error = found === undefined ? {} : { error: found }
        failed.push({ task: { folder: plan.folder, file, place }, outcome: "failed", ...error })
      } else tasks.push({ folder: plan.folder, file, place: found })
    }
  }
  return { tasks, failed, made: made.toSorted() }
}

interface Reaching {
  readonly project: ReachedPlace
  readonly place: PlannedPlace
  readonly above: ReachedPlace | GeartrainError | undefined
}

async function reachOne(
  client: GearClient,
  { project, place, above }: Reaching,
): Promise<ReachedPlace | GeartrainError> {
  const { level, labels, fields } = place
  const label = labels.at(-1)
  if (above === undefined || isGeartrainError(above)) {
    if (label !== undefined && above !== undefined) return above
    await addFields(client, project, fields)
    return project
  }
  try {
    return await placeWithin(client, { parent: above.id, level, label: label ?? "", fields })
  } catch (error) {
    if (!isGeartrainError(error) || isForAll(error)) throw error
    return error
  }
}

function keyOf(labels: readonly string[]): string {
  return JSON.stringify(labels)
}
