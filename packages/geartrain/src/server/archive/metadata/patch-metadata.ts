import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { checkMember, leavesOf, type Members, valueAt } from "@geartrain/spec/archive"
import { checkTag } from "../names/check-name.ts"
import { isJsonObject, leafSet, leafUnset } from "./leaves.ts"

/** A change of what is known of a place or file. What it does not name stays. */
export interface MetadataPatch {
  /** Members with the values that they get; of `info` and `classification` those leaves that are named. */
  readonly set?: JsonObject | undefined
  /** Ways to what goes: `["modality"]`, `["info", "qc", "snr"]`. */
  readonly unset?: readonly (readonly string[])[] | undefined
  readonly addTags?: readonly string[] | undefined
  readonly removeTags?: readonly string[] | undefined
}

/** What is known of a place or file: its members, with `info` among them, and its tags. */
export interface Described {
  readonly fields: JsonObject
  readonly tags: readonly string[]
}

/**
 * Applies a change.
 *
 * @param members  What may be said.
 * @throws {GeartrainError} METADATA_UNFIT, NAME_UNFIT for a tag.
 */
export function patchMetadata(before: Described, patch: MetadataPatch, members: Members): Described {
  let fields = before.fields
  for (const [name, value] of Object.entries(patch.set ?? {})) {
    checkKind(members, name, value)
    for (const { path, leaf } of leavesOf(value, [name])) {
      // Nothing to be set in an object leaves it as it is.
      const isEmpty = isJsonObject(leaf) && isJsonObject(valueAt(fields, path)?.value)
      if (!isEmpty) fields = leafSet(fields, path, leaf)
    }
  }
  for (const path of patch.unset ?? []) {
    checkKind(members, path[0] ?? "", undefined)
    fields = leafUnset(fields, path)
  }
  checkSize(fields)
  return { fields, tags: patchTags(before.tags, patch) }
}

/** @throws {GeartrainError} METADATA_UNFIT */
export function checkFields(fields: JsonObject, members: Members): JsonObject {
  for (const [name, value] of Object.entries(fields)) checkKind(members, name, value)
  return checkSize(fields)
}

/** Tags in their one order, each once. @throws {GeartrainError} NAME_UNFIT, METADATA_UNFIT */
export function patchTags(
  before: readonly string[],
  { addTags = [], removeTags = [] }: Pick<MetadataPatch, "addTags" | "removeTags">,
): readonly string[] {
  const removed = new Set(removeTags.map((tag) => tag.normalize("NFC")))
  const tags = [...new Set([...before, ...addTags.map(checkTag)])].filter((tag) => !removed.has(tag)).sort()
  if (tags.length > MOST_TAGS) throw unfit(`there would be ${tags.length} tags, and ${MOST_TAGS} are the most`)
  return tags
}

const MOST_TAGS = 500

function checkKind(members: Members, name: string, value: JsonValue | undefined): void {
  const kind = Object.hasOwn(members, name) ? members[name] : undefined
  if (kind === undefined || kind === "tags") {
    const known = Object.keys(members).filter((member) => members[member] !== "tags")
    throw unfit(`there is no "${name.slice(0, 80)}" here, but ${known.join(", ")}`)
  }
  if (value === undefined || value === null) return
  const fault = checkMember(kind, value)
  if (fault !== undefined) throw unfit(`${name}: ${fault.problem}`)
}

/** The same as the metadata that a job may write, in one document. */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_DEPTH = 48

/** @throws {GeartrainError} METADATA_UNFIT */
export function checkSize(fields: JsonObject): JsonObject {
  if (depthOf(fields) > MOST_DEPTH) throw unfit(`it is nested deeper than ${MOST_DEPTH} levels`)
  const bytes = Buffer.byteLength(JSON.stringify(fields))
  if (bytes > MOST_BYTES) throw unfit(`it would have ${bytes} bytes, and ${MOST_BYTES} are the most`)
  return fields
}

function depthOf(value: JsonValue): number {
  let depth = 0
  let level: readonly JsonValue[] = [value]
  while (level.length > 0 && depth <= MOST_DEPTH) {
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []))
    depth++
  }
  return depth
}

function unfit(because: string): GeartrainError {
  return new GeartrainError("METADATA_UNFIT", `Cannot keep this metadata: ${because}`)
}
