import { GeartrainError } from "../errors/geartrain-error.ts"
import type { Sha256 } from "../identity/digest.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { listNames } from "../text/list-words.ts"
import type { ArchiveFile, Hierarchy, Place } from "./hierarchy.ts"
import { isPlaceId, placeId } from "./place-id.ts"

/**
 * Finds a place by its id, or by its labels from the project or from the group on: `Memory/sub-01/ses-01`.
 *
 * `PATH/analyses/LABEL` is an analysis of a place. One that the hierarchy does not have is answered all the same: a job makes it.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND
 */
export function findPlace(hierarchy: Hierarchy, text: string, sha256: Sha256): Place {
  const byId = isPlaceId(text) ? hierarchy.places.find((place) => place.id === text) : undefined
  const found = byId ?? lookUp(hierarchy, text)
  if (found !== undefined && found.level !== "group") return found
  const split = text.lastIndexOf("/analyses/")
  const label = split === -1 ? "" : text.slice(split + "/analyses/".length)
  const parent = label === "" || label.includes("/") ? undefined : lookUp(hierarchy, text.slice(0, split))
  if (parent === undefined || parent.level === "analysis" || parent.level === "group") throw notFound(hierarchy, text)
  const path = `${parent.path}/analyses/${label}`
  return { level: "analysis", id: placeId(path, sha256), label, path, parent: parent.id, fields: {}, files: [] }
}

/** A file in a hierarchy, with the place that it lies in. */
export interface FoundFile {
  readonly place: Place
  readonly file: ArchiveFile
}

/**
 * Finds a file by the path of its place and its name: `Memory/sub-01/ses-01/T1w/t1.nii.gz`. The word `files` may stand before the name.
 *
 * @returns undefined where there is none.
 */
export function findFile(hierarchy: Hierarchy, text: string): FoundFile | undefined {
  const split = text.lastIndexOf("/")
  if (split === -1) return undefined
  const name = text.slice(split + 1)
  const above = text.slice(0, split)
  const place = lookUp(hierarchy, above) ?? lookUp(hierarchy, above.replace(/\/files$/, ""))
  const file = place?.files.find((each) => each.name === name)
  return place === undefined || file === undefined ? undefined : { place, file }
}

function lookUp(hierarchy: Hierarchy, text: string): Place | undefined {
  const path = text.replace(/\/+$/, "")
  return hierarchy.places.find((place) => place.path === path || withoutGroup(place.path) === path)
}

function withoutGroup(path: string): string {
  return path.slice(path.indexOf("/") + 1)
}

function notFound(hierarchy: Hierarchy, text: string): GeartrainError {
  const paths = hierarchy.places.filter((place) => place.level !== "group").map((place) => withoutGroup(place.path))
  const near = nearestName(text, paths)
  return new GeartrainError(
    "PLACE_NOT_FOUND",
    `Cannot find "${text}" in the hierarchy: there are ${listNames(paths)}`,
    {
      details: { path: text },
      hint:
        near === undefined ? "Write the labels from the project on, with / between them" : `Did you mean "${near}"?`,
    },
  )
}
