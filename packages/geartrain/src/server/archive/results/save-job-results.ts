import { isGeartrainError } from "@geartrain/spec"
import { type Metadata, type MetadataChange, planChanges } from "@geartrain/spec/archive"
import type { Write } from "../../database/database.ts"
import { patchFile } from "../files/change-file.ts"
import { findFile } from "../files/find-file.ts"
import { type NewFile, type SavedFile, saveFiles } from "../files/save-files.ts"
import type { MetadataPatch } from "../metadata/patch-metadata.ts"
import { checkFileName } from "../names/check-name.ts"
import { placeNotFound } from "../names/not-found.ts"
import { patchPlace } from "../places/change-place.ts"
import { findPlace, placesAbove } from "../places/find-place.ts"
import { lockPlace } from "../places/lock-place.ts"
import { type Change, describeHierarchy, groupChanges } from "./job-changes.ts"

/** What a job left behind. */
export interface JobResults {
  /** Id of its destination. */
  readonly place: string
  /** By name; their bytes are in the store. */
  readonly outputs: readonly NewFile[]
  /** What its `.metadata.json` says. */
  readonly metadata?: Metadata | undefined
  readonly job: string
  /** Whose job it is. */
  readonly byUser: string
}

/** What became of it. */
export interface AppliedResults {
  readonly saved: readonly SavedFile[]
  /** Everything that was said, also what was left as it was and why: for the job's page. */
  readonly changes: readonly MetadataChange[]
  /** What could not be done: an output of a name that is none here, more info than one place may have. */
  readonly refused: readonly { readonly place: string; readonly file?: string; readonly because: string }[]
}

/**
 * Publishes what a job left behind, within the transaction that ends it: files in its destination, and metadata there and above by the rules of
 * platforms. All of it becomes visible at once, or nothing.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND when the destination has gone meanwhile; QUOTA_EXCEEDED.
 * @see planChanges
 */
export async function saveJobResults(write: Write, results: JobResults): Promise<AppliedResults> {
  await lockPlace(write, results.place)
  const place = await findPlace(write.sql, results.place)
  if (place === undefined) throw placeNotFound(results.place)
  const { job, byUser, metadata = { parts: {} } } = results
  const { files, refused } = fitOutputs(place.id, results.outputs)
  const line = await placesAbove(write.sql, place)
  // As they were before: what is said of an output goes over what is known of the file that it follows.
  const hierarchy = await describeHierarchy(write.sql, line, [
    ...files.map(({ name }) => name),
    ...(metadata.parts[place.type]?.files ?? []).map(({ name }) => name),
  ])
  const [destination] = hierarchy.places.filter(({ id }) => id === place.id)
  if (destination === undefined) throw new TypeError("the destination is in its own line")
  const outputs = files.map(({ name }) => ({ name, fields: {} }))
  const changes = planChanges(hierarchy, { destination, metadata, saved: outputs })
  const saved = await saveFiles(write, { place, files, byUser, origin: "job", job })
  for (const change of groupChanges(changes)) {
    const because = await applyChange(write, change, { byUser, job })
    if (because !== undefined) refused.push({ ...whereOf(change), because })
  }
  return { saved: await current(write, saved), changes, refused }
}

type Refused = AppliedResults["refused"][number]

/** An output whose name an archive does not take stays with the job, and is told. */
function fitOutputs(
  place: string,
  outputs: readonly NewFile[],
): { readonly files: readonly NewFile[]; readonly refused: Refused[] } {
  const files: NewFile[] = []
  const refused: Refused[] = []
  for (const output of outputs) {
    try {
      files.push({ ...output, name: checkFileName(output.name) })
    } catch (error) {
      if (!isGeartrainError(error, "NAME_UNFIT")) throw error
      refused.push({ place, file: output.name, because: error.message })
    }
  }
  return { files, refused }
}

/** @returns why the change cannot be made. */
async function applyChange(
  write: Write,
  change: Change,
  by: { readonly byUser: string; readonly job: string },
): Promise<string | undefined> {
  try {
    if (change.file === undefined) await changePlaceOf(write, change.place, { ...by, patch: change.patch })
    else await changeFileOf(write, change, by)
    return undefined
  } catch (error) {
    // Told, and nothing of it written. What the job put out is kept all the same.
    if (isGeartrainError(error, "METADATA_UNFIT") || isGeartrainError(error, "NAME_UNFIT")) return error.message
    throw error
  }
}

async function changePlaceOf(
  write: Write,
  id: string,
  options: { readonly patch: MetadataPatch; readonly byUser: string; readonly job: string },
): Promise<void> {
  await lockPlace(write, id)
  const place = await findPlace(write.sql, id)
  if (place !== undefined) await patchPlace(write, place, options)
}

async function changeFileOf(
  write: Write,
  change: Change,
  by: { readonly byUser: string; readonly job: string },
): Promise<void> {
  const file = await findFile(write.sql, { place: change.place, name: change.file ?? "" })
  if (file !== undefined) await patchFile(write, file, { ...by, patch: change.patch })
}

function whereOf({ place, file }: Change): { readonly place: string; readonly file?: string } {
  return { place, ...(file === undefined ? {} : { file }) }
}

/** The files as they are after their metadata were written, too. */
async function current(write: Write, saved: readonly SavedFile[]): Promise<readonly SavedFile[]> {
  const now: SavedFile[] = []
  for (const { file, isNew } of saved) {
    now.push({ file: (await findFile(write.sql, { id: file.id })) ?? file, isNew })
  }
  return now
}
