import { type Hierarchy, type Place, placesUpwards } from "../hierarchy/hierarchy.ts"
import { isJsonArray, isJsonObject } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { METADATA_LEVELS } from "./metadata-members.ts"
import type { FileMetadata, Metadata, PlaceMetadata } from "./parse-metadata.ts"
import { leavesOf, valueAt } from "./value-leaves.ts"

/** A file that a job put out, by its name in the output folder. */
export interface SavedFile {
  readonly name: string
  /** What is known of it: its type and the like. */
  readonly fields: JsonObject
}

/**
 * One thing that a job would change in a hierarchy, or would not.
 *
 * - `set`: a value where there was none. `replace`: another value, of a file. `tag`: one tag more. `file`: a file that the job put out.
 * - `kept`: somebody has written another value before, which stays. `dropped`: what the job said has no place to go to.
 */
export interface MetadataChange {
  readonly kind: "set" | "replace" | "tag" | "file" | "kept" | "dropped"
  readonly place: Place
  /** Name of the file that it is about. */
  readonly file?: string
  /** The way to the value, below the place or file; empty for the file itself. */
  readonly field: JsonPath
  readonly before?: JsonValue
  readonly after?: JsonValue
  /** For what is dropped. */
  readonly why?: string
}

/** What a job left behind for the place that it was run for. */
export interface JobResult {
  readonly destination: Place
  readonly metadata: Metadata
  readonly saved: readonly SavedFile[]
}

/**
 * Works out what a job's metadata and outputs change in a hierarchy, by the rules of platforms:
 *
 * - of a place only what is missing is written, leaf by leaf, so that nothing that a curator wrote is overwritten; tags are added;
 * - of a file everything that is said is written; the file is an output of the job, or lies in the destination already;
 * - from an acquisition also its session and project are written, from a session its project, and the subject through `session.subject`;
 *   from an analysis all places above it. The rest is dropped.
 *
 * @see Flywheel core v10, the placer of engine uploads
 */
export function planChanges(hierarchy: Hierarchy, result: JobResult): readonly MetadataChange[] {
  const { destination, metadata, saved } = result
  const above = placesUpwards(hierarchy, destination.parent ?? "")
  const line = [destination, ...above]
  const changes: MetadataChange[] = saved.map((file) => savedChange(destination, file))
  for (const level of METADATA_LEVELS) {
    const part = metadata.parts[level]
    if (part === undefined) continue
    const place = line.find((each) => each.level === level)
    const refused = place === undefined ? `the destination has no ${level} above it` : refusal(destination, place)
    if (place === undefined || refused !== undefined) changes.push(dropped(destination, [level], refused ?? ""))
    else changes.push(...placeChanges(place, part), ...fileChanges(place, part, result))
  }
  const subject = line.find((place) => place.level === "subject")
  if (metadata.sessionSubject !== undefined) {
    const isTaken = subject !== undefined && subject !== destination
    if (isTaken) changes.push(...placeChanges(subject, metadata.sessionSubject))
    else changes.push(dropped(destination, ["session", "subject"], "the destination has no session above it"))
  }
  return changes
}

function savedChange(destination: Place, file: SavedFile): MetadataChange {
  const there = destination.files.find((each) => each.name === file.name)
  const before = there === undefined ? {} : { before: there.path }
  return { kind: "file", place: destination, file: file.name, field: [], ...before, after: file.fields }
}

/** Why a part of the metadata does not reach a place, or undefined when it does. */
function refusal(destination: Place, place: Place): string | undefined {
  if (place === destination || destination.level === "analysis") return undefined
  if (place.level === "subject") return "a subject is written from below only through session.subject"
  if (destination.level === "subject") return "a job for a subject writes to that alone"
  return undefined
}

function dropped(place: Place, field: JsonPath, why: string): MetadataChange {
  return { kind: "dropped", place, field, why }
}

function placeChanges(place: Place, part: PlaceMetadata): readonly MetadataChange[] {
  const there: JsonObject = { label: place.label, ...place.fields }
  return Object.entries(part.fields).flatMap(([name, value]) => {
    if (name === "tags") return tagChanges({ place }, there["tags"], value)
    return leavesOf(value, [name]).flatMap(({ path, leaf }): MetadataChange[] => {
      const before = valueAt(there, path)
      if (before === undefined || before.value === null) return [{ kind: "set", place, field: path, after: leaf }]
      if (sameJson(before.value, leaf)) return []
      return [{ kind: "kept", place, field: path, before: before.value, after: leaf }]
    })
  })
}

function tagChanges(
  at: { readonly place: Place; readonly file?: string },
  there: JsonValue | undefined,
  tags: JsonValue,
): readonly MetadataChange[] {
  const known = new Set(isJsonArray(there) ? there : [])
  const fresh = [...new Set(isJsonArray(tags) ? tags : [])].filter((tag) => !known.has(tag))
  return fresh.map((tag) => ({ kind: "tag", ...at, field: ["tags"], after: tag }))
}

function fileChanges(place: Place, part: PlaceMetadata, result: JobResult): readonly MetadataChange[] {
  if (place !== result.destination) {
    return part.files.map((file) =>
      dropped(place, ["files", file.name], "files can be described in the destination only"),
    )
  }
  return part.files.flatMap((file) => describedFile(file, result))
}

function describedFile(said: FileMetadata, { destination, saved }: JobResult): readonly MetadataChange[] {
  const there = destination.files.find((file) => file.name === said.name)
  const output = saved.find((file) => file.name === said.name)
  if (there === undefined && output === undefined) {
    return [
      dropped(destination, ["files", said.name], "it is neither an output of the job nor a file of the destination"),
    ]
  }
  const known = { ...there?.fields, ...output?.fields }
  const { name: file, ...fields } = said
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name === "tags") return tagChanges({ place: destination, file }, known["tags"], value)
    return leavesOf(value, [name]).flatMap(({ path, leaf }): MetadataChange[] => {
      const before = valueAt(known, path)
      const at = { place: destination, file, field: path, after: leaf }
      if (before === undefined || before.value === null) return [{ kind: "set", ...at }]
      return sameJson(before.value, leaf) ? [] : [{ kind: "replace", ...at, before: before.value }]
    })
  })
}

function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (isJsonArray(a) && isJsonArray(b))
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index] ?? null))
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = Object.keys(a)
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null))
    )
  }
  return a === b
}
