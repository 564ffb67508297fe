import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needFile } from "../files/find-file.ts"
import { placeNotFound } from "../names/not-found.ts"
import { createPlace } from "./create-place.ts"
import { needPlace } from "./find-place.ts"
import { lockPlace } from "./lock-place.ts"
import { getPlace, type WholePlace } from "./read-places.ts"

/** A file that an analysis was made of, as it was then. */
export interface AnalysisInput {
  readonly file: string
  readonly version: number
  readonly name: string
  readonly place: string
  readonly digest: string
}

export interface AnalysisNote {
  readonly text: string
  readonly byUser: string
  readonly atMs: number
}

/** Results of something that was done with files of a place: by a job, or by hand. */
export type Analysis = WholePlace & {
  readonly inputs: readonly AnalysisInput[]
  /** Job that puts its files out. Absent: they are uploaded. */
  readonly job?: string
  readonly notes: readonly AnalysisNote[]
}

/**
 * Makes an analysis, whose files are uploaded to it afterwards. Those of a job are made by whoever starts it: see `insertPlace`.
 *
 * @param request.inputs  Ids of the files that it was made of; the caller may read each.
 * @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED, PLACE_UNFIT, NAME_UNFIT, LABEL_TAKEN, METADATA_UNFIT
 */
export async function createAnalysis(
  ports: ArchivePorts,
  caller: Caller,
  request: {
    readonly parent: string
    readonly label: string
    readonly description?: string | undefined
    readonly inputs?: readonly string[] | undefined
    readonly tags?: readonly string[] | undefined
    readonly info?: JsonObject | undefined
  },
): Promise<Analysis> {
  const inputs: AnalysisInput[] = []
  for (const id of new Set(request.inputs ?? [])) {
    const file = await needFile(ports, caller, { id, right: "read", action: "analysis.create" })
    inputs.push({ file: file.id, version: file.version, name: file.name, place: file.place, digest: file.digest })
  }
  const { parent, label, description, tags, info } = request
  const { id } = await createPlace(ports, caller, {
    ...{ type: "analysis", parent, label, tags, info },
    metadata: description === undefined ? {} : { description },
    analysis: { inputs: JSON.stringify(inputs) },
  })
  return getAnalysis(ports, caller, id)
}

/** @throws {GeartrainError} PLACE_NOT_FOUND for what is no analysis, too. */
export async function getAnalysis(ports: ArchivePorts, caller: Caller, id: string): Promise<Analysis> {
  const place = await getPlace(ports, caller, id)
  const row = await ports.database.read.selectFrom("analyses").selectAll().where("place", "=", id).executeTakeFirst()
  if (row === undefined) throw placeNotFound(id)
  return {
    ...place,
    inputs: JSON.parse(row.inputs) as AnalysisInput[],
    ...(row.job === null ? {} : { job: row.job }),
    notes: JSON.parse(row.notes) as AnalysisNote[],
  }
}

/**
 * Says which job puts an analysis's files out: from then on none are uploaded.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED; PLACE_UNFIT when it has a job already.
 */
export async function linkJob(
  ports: ArchivePorts,
  caller: Caller,
  { id, job }: { readonly id: string; readonly job: string },
): Promise<void> {
  const place = await needPlace(ports, caller, { id, right: "run", action: "analysis.job" })
  await ports.database.write(async (write) => {
    const { numUpdatedRows } = await write.sql
      .updateTable("analyses")
      .set({ job })
      .where("place", "=", id)
      .where("job", "is", null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0) {
      throw new GeartrainError("PLACE_UNFIT", `Cannot give "${id}" a job: it has one, or is no analysis`)
    }
    const data = { place: id, type: "analysis", changed: ["job"] }
    await write.event({ kind: "place.changed", subject: id, project: place.project, byUser: caller.user, data })
  })
}

const MOST_NOTES = 1000

/**
 * Adds a note to an analysis. Notes stay as they were written.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, NOT_PERMITTED, METADATA_UNFIT
 */
export async function addNote(
  ports: ArchivePorts,
  caller: Caller,
  { id, text }: { readonly id: string; readonly text: string },
): Promise<Analysis> {
  const place = await needPlace(ports, caller, { id, right: "write", action: "analysis.note" })
  await ports.database.write(async (write) => {
    await lockPlace(write, id)
    const row = await write.sql.selectFrom("analyses").select("notes").where("place", "=", id).executeTakeFirst()
    if (row === undefined) throw placeNotFound(id)
    const notes = [...(JSON.parse(row.notes) as AnalysisNote[]), { text, byUser: caller.user, atMs: nowMs() }]
    if (notes.length > MOST_NOTES)
      throw new GeartrainError("METADATA_UNFIT", `Cannot add a note: there are ${MOST_NOTES}, and that is the most`)
    await write.sql
      .updateTable("analyses")
      .set({ notes: JSON.stringify(notes) })
      .where("place", "=", id)
      .execute()
    await write.sql
      .updateTable("places")
      .set(({ eb }) => ({ modified_ms: nowMs(), revision: eb("revision", "+", 1) }))
      .where("id", "=", id)
      .execute()
    const data = { place: id, type: "analysis", changed: ["notes"] }
    await write.event({ kind: "place.changed", subject: id, project: place.project, byUser: caller.user, data })
  })
  return getAnalysis(ports, caller, id)
}
