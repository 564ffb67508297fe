import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { type FileWithOrigin, filesOfPlaces } from "../../archive/files/files-of-places.ts"
import { fileNotFound } from "../../archive/names/not-found.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { Caller, Right } from "../../people/caller.ts"
import { needContainer } from "./paths.ts"

/** How a file of a place is named in a path. */
export interface NamedFile {
  readonly id: string
  readonly name: string
  readonly type: PlaceType | undefined
  readonly right: Right
}

/**
 * A file by its place and name, with the place.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND, NOT_PERMITTED
 */
export async function needNamed(
  ports: ArchivePorts,
  caller: Caller,
  { id, name, type, right }: NamedFile,
): Promise<{ readonly place: StoredPlace; readonly file: FileWithOrigin }> {
  const place = await needContainer(ports, caller, { id, type, right, action: `file.${right}` })
  const asked = { places: [place.id], name, withInfo: true, limit: 1 }
  const [file] = await filesOfPlaces(ports.database.read, asked)
  if (file === undefined) throw fileNotFound(name)
  return { place, file }
}
