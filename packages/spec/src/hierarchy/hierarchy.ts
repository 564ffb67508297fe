import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject } from "../json/json-value.ts"

export const HIERARCHY_FORMAT = "geartrain-hierarchy/1"

/** What a place of an archive is. Files lie on every level but the group. */
export type Level = "group" | "project" | "subject" | "session" | "acquisition" | "analysis"

/** 24 lower-case hexadecimal digits; a group's id is a word. */
export type PlaceId = string & { readonly __kind?: "place" }

/** A file of a place, with what is known of it. */
export interface ArchiveFile {
  /** Name without folders, one of its kind in its place. */
  readonly name: string
  /** Where its bytes lie, relative to the folder of the document. */
  readonly path: string
  /** Type, mimetype, modality, classification, tags, info and the like: only what the document says. */
  readonly fields: JsonObject
  /** Where it stands in the document. */
  readonly at: JsonPath
  /** The document has its path alone, and no members. */
  readonly isBare: boolean
}

/** A group, project, subject, session, acquisition or analysis. */
export interface Place {
  readonly level: Level
  readonly id: PlaceId
  readonly label: string
  /** Labels from the group on, with `/` between them; an analysis stands below the word `analyses`. */
  readonly path: string
  /** Absent for the group. */
  readonly parent?: PlaceId
  /** Label, info, tags and the like: only what the document says. */
  readonly fields: JsonObject
  readonly files: readonly ArchiveFile[]
  /** Where it stands in the document. Absent for an analysis that a job makes. */
  readonly at?: JsonPath
}

/** An archive of one project, as a small document describes it. */
export interface Hierarchy {
  /** Parents before their children. */
  readonly places: readonly Place[]
}

/** The place of an id, with those above it: itself first, the group last. */
export function placesUpwards(hierarchy: Hierarchy, id: PlaceId): readonly Place[] {
  const byId = new Map(hierarchy.places.map((place) => [place.id, place]))
  const line: Place[] = []
  for (let place = byId.get(id); place !== undefined; place = byId.get(place.parent ?? "")) line.push(place)
  return line
}
