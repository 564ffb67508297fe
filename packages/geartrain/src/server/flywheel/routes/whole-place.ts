import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { filesOfPlaces } from "../../archive/files/files-of-places.ts"
import { getAnalysis } from "../../archive/places/analyses.ts"
import type { ListedPlace } from "../../archive/places/list-places.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { Caller } from "../../people/caller.ts"
import { MOST_FILES, type PlaceShape, placeShape } from "../shapes/place-shape.ts"
import { timeOf } from "../shapes/words.ts"

/** A place with its files and all that is known of them. Asks nobody whether the caller may see it. */
export async function wholePlace(ports: ArchivePorts, caller: Caller, row: StoredPlace): Promise<PlaceShape> {
  const { read } = ports.database
  const files = await filesOfPlaces(read, { places: [row.id], withInfo: true, limit: MOST_FILES + 1 })
  const shape = placeShape(row, files)
  return row.type === "analysis" ? { ...shape, ...(await analysisParts(ports, caller, row.id)) } : shape
}

/** So many files a list shows altogether. */
const MOST_LISTED = 20_000

/** Places of a list with their files, but without any info. */
export async function listedPlaces(ports: ArchivePorts, rows: readonly ListedPlace[]): Promise<readonly PlaceShape[]> {
  const files = await filesOfPlaces(ports.database.read, { places: rows.map(({ id }) => id), limit: MOST_LISTED + 1 })
  const byPlace = Map.groupBy(files, ({ place }) => place)
  const isCut = files.length > MOST_LISTED
  return rows.map(({ info: _, ...row }) => {
    const shape = placeShape(row, byPlace.get(row.id) ?? [])
    // The last of them may have more, and none of those after it was looked at.
    return isCut ? { ...shape, files_left_off: true } : shape
  })
}

async function analysisParts(ports: ArchivePorts, caller: Caller, id: string): Promise<object> {
  const { inputs, job = null, notes } = await getAnalysis(ports, caller, id)
  return {
    job,
    inputs: inputs.map(({ file, place, name, version, digest }) => ({
      ...{ _id: file, file_id: file, name, version, hash: digest },
      parent_ref: { id: place },
    })),
    notes: notes.map(({ text, byUser, atMs }) => ({ text, user: byUser, created: timeOf(atMs) })),
  }
}
