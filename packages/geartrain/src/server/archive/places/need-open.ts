import { GeartrainError } from "@geartrain/spec"
import type { ArchivePorts } from "../archive-ports.ts"
import type { StoredPlace } from "./place.ts"

/**
 * Sees to it that somebody may add files to a place: what a job put out into an analysis of its own is what it put out.
 *
 * @throws {GeartrainError} PLACE_UNFIT
 */
export async function needOpen(ports: Pick<ArchivePorts, "database">, place: StoredPlace): Promise<void> {
  if (place.type !== "analysis") return
  const { read } = ports.database
  const analysis = await read.selectFrom("analyses").select("job").where("place", "=", place.id).executeTakeFirst()
  const job = analysis?.job ?? null
  if (job === null) return
  throw new GeartrainError(
    "PLACE_UNFIT",
    `Cannot put files into analysis "${place.id}": its files are what job "${job}" put out`,
    {
      details: { place: place.id, job },
      hint: "Make another analysis for them",
    },
  )
}
