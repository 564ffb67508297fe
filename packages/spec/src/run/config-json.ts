import type { Destination, FileInput, InvocationInput } from "../invocation/invocation.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { GEAR_FOLDER, gearCommand } from "./gear-command.ts"

/**
 * Where a job's outputs belong when there is no hierarchy of projects and sessions: gears read `destination.id` without asking whether it is there.
 */
export const LOCAL_DESTINATION: Destination = { type: "acquisition", id: "000000000000000000000000" }

/** What config.json is made from. */
export interface ConfigJsonParts {
  /** The whole config, defaults included. */
  readonly config: JsonObject
  readonly inputs: Readonly<Record<string, InvocationInput | Omit<FileInput, "digest">>>
  /** `LOCAL_DESTINATION` where there is none. */
  readonly destination?: Destination
  /** API-key inputs: name to key. They are in no record. */
  readonly keys?: Readonly<Record<string, string>>
  /** Told to the gear only if it asks for it (`custom.flywheel.show-job`). */
  readonly jobId?: string
}

/**
 * Makes the document that a gear reads its inputs and config from, `/flywheel/v0/config.json`.
 *
 *   {"config": {name: value},
 *    "inputs": {name: {"base": "file", "hierarchy": {type, id}, "location": {name, path}, "object": {…}}
 *                   | {"base": "context", "found": true, "value": …} | {"base": "context", "found": false}
 *                   | {"base": "api-key", "key": "…", "read-only"?: true}},
 *    "destination": {type, id},
 *    "job"?: {"id": "…"}}
 *
 * Inputs that were not given have no entry, but for contexts, which then are `found: false`.
 *
 * @throws {GeartrainError} MANIFEST_INVALID as `gearCommand`.
 * @see Flywheel core v10, `GET /jobs/<id>/config.json`
 */
export function configJson(manifest: GearManifest, parts: ConfigJsonParts): JsonObject {
  const destination = parts.destination ?? LOCAL_DESTINATION
  const inputs: [string, JsonObject][] = []
  for (const [name, declaration] of Object.entries(manifest.inputs)) {
    const given = Object.hasOwn(parts.inputs, name) ? parts.inputs[name] : undefined
    const members = declaration.base === "file" ? membersOf(parts.inputs, name) : []
    if (given?.base === "file") inputs.push([name, fileEntry(name, given, given.hierarchy ?? destination)])
    else if (members.length > 0) inputs.push([name, manyEntry(name, members, destination)])
    else if (declaration.base === "context") inputs.push([name, contextEntry(given)])
    else if (declaration.base === "api-key") {
      const key = ownMember(parts.keys, name)
      if (key !== undefined) inputs.push([name, keyEntry(key, declaration["read-only"] === true)])
    }
  }
  const document = { config: parts.config, inputs: recordOf(inputs), destination: { ...destination } }
  const showJob = parts.jobId !== undefined && gearCommand(manifest).showJob
  return showJob ? { ...document, job: { id: parts.jobId } } : document
}

/**
 * The path at which a gear finds an input file.
 *
 * @example
 *   inputPath("dicom", "scan.zip") // => "/flywheel/v0/input/dicom/scan.zip"
 */
export function inputPath(input: string, fileName: string): string {
  return `${GEAR_FOLDER}/input/${input}/${fileName}`
}

function fileEntry(name: string, file: Omit<FileInput, "digest">, hierarchy: Destination): JsonObject {
  return {
    base: "file",
    hierarchy: { type: hierarchy.type, id: hierarchy.id },
    location: { name: file.name, path: inputPath(name, file.name) },
    object: fileObject(file.object),
  }
}

/** A file of an input that has several, or of the folder that an input was given. */
interface Member {
  /** Below the folder of the input. */
  readonly path: string
  readonly file: GivenFile
}

type GivenFile = Omit<FileInput, "digest"> & Partial<Pick<FileInput, "digest">>

function membersOf(inputs: ConfigJsonParts["inputs"], name: string): readonly Member[] {
  return Object.entries(inputs).flatMap(([key, file]) =>
    key.startsWith(`${name}/`) && file.base === "file" ? [{ path: key.slice(name.length + 1), file }] : [],
  )
}

/**
 * Several files are told as the first of them, for gears that know no more, with all of them beside it; a folder as a file of type folder.
 *
 * @see docs/spec/additions.md
 */
function manyEntry(name: string, members: readonly Member[], destination: Destination): JsonObject {
  const entries = members.map(({ file }) => fileEntry(name, file, file.hierarchy ?? destination))
  const [first] = entries
  const slash = members[0]?.path.indexOf("/") ?? -1
  if (slash === -1) return { ...first, files: entries.map(({ base: _, ...entry }) => entry) }
  const folder = members[0]?.path.slice(0, slash) ?? ""
  const size = members.reduce((sum, { file }) => sum + Number(file.object["size"] ?? 0), 0)
  const described = { ...FOLDER, size }
  return {
    ...fileEntry(name, { base: "file", name: folder, object: described }, members[0]?.file.hierarchy ?? destination),
  }
}

const FOLDER: JsonObject = { type: "folder", mimetype: "inode/directory" }

// Members that later releases of Flywheel added: there when they are known, and never null.
const LATER_MEMBERS = ["zip_member_count", "version", "file_id", "origin"]

/** The members of a file's description that a gear is shown. All others stay outside, as Flywheel keeps them. */
function fileObject(object: JsonObject): JsonObject {
  const classification = object["classification"] ?? {}
  const shown: Record<string, JsonValue> = {
    info: object["info"] ?? {},
    tags: object["tags"] ?? [],
    measurements: object["measurements"] ?? Object.values(classification).flat(),
    classification,
    mimetype: object["mimetype"] ?? "application/octet-stream",
    type: object["type"] ?? null,
    modality: object["modality"] ?? null,
    size: object["size"] ?? 0,
  }
  for (const member of LATER_MEMBERS) {
    const value = object[member]
    if (value !== undefined) shown[member] = value
  }
  return shown
}

function contextEntry(given: InvocationInput | Omit<FileInput, "digest"> | undefined): JsonObject {
  if (given?.base !== "context" || !given.found) return { base: "context", found: false }
  return { base: "context", found: true, value: given.value ?? null }
}

function keyEntry(key: string, readOnly: boolean): JsonObject {
  return readOnly ? { base: "api-key", key, "read-only": true } : { base: "api-key", key }
}

function ownMember<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

/** `Object.fromEntries` keeps every name as data, `__proto__` too. */
function recordOf(entries: readonly (readonly [string, JsonObject])[]): JsonObject {
  return Object.fromEntries(entries)
}
