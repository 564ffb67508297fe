import { hexOf, type Sha256 } from "../identity/digest.ts"
import { HIERARCHY_FORMAT, type PlaceId } from "./hierarchy.ts"

/**
 * Makes the id of a place from where it stands, so that a hierarchy has the same ids on every machine and in every run: the first 24 hexadecimal
 * digits of the sha256 of the format's name, a line feed, and the path.
 *
 * @param path  As `Place.path`.
 */
export function placeId(path: string, sha256: Sha256): PlaceId {
  return hexOf(sha256(new TextEncoder().encode(`${HIERARCHY_FORMAT}\n${path}`))).slice(0, 24)
}

/** Tells whether a text is an id as platforms have them. */
export function isPlaceId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}
