import { checkMember } from "../hierarchy/check-member.ts"
import { type DocumentFault, DocumentFaults } from "../hierarchy/document-faults.ts"
import { FILE_MEMBERS } from "../hierarchy/members.ts"
import { decodeUtf8 } from "../json/decode-utf8.ts"
import { isJsonArray, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import { formatPath, type JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { parseJson } from "../json/parse-json.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { METADATA_LEVELS, METADATA_MEMBERS, type MetadataLevel } from "./metadata-members.ts"

/** Where a gear leaves what it has to say about its destination and its files, in its output folder. */
export const METADATA_FILE = ".metadata.json"

/** Platforms keep the notes of one place in one document of at most this size. */
export const LARGEST_METADATA_BYTES = 16 * 1024 * 1024

/** One thing that is wrong with a text, at its line and column, both from 1. */
export interface MetadataFault {
  readonly line: number
  readonly column: number
  readonly problem: string
  readonly fix: string
}

/** What a job says of one file. */
export type FileMetadata = JsonObject & { readonly name: string }

/** What a job says of one place. */
export interface PlaceMetadata {
  readonly fields: JsonObject
  readonly files: readonly FileMetadata[]
}

/** A job's metadata, of which everything has the right form. */
export interface Metadata {
  readonly parts: Readonly<Partial<Record<MetadataLevel, PlaceMetadata>>>
  /** What stands in `session.subject`. */
  readonly sessionSubject?: PlaceMetadata
}

export interface MetadataResult {
  /** Absent where there are faults. */
  readonly metadata?: Metadata
  /** What no platform accepts: a job that wrote it has failed. */
  readonly faults: readonly MetadataFault[]
  /** What platforms pass over without a word, or did once. */
  readonly warnings: readonly MetadataFault[]
}

/**
 * Reads what a job wrote to `.metadata.json`, and tells everything that is wrong with it.
 *
 * Strict JSON: Python writes `NaN` for a number that is none unless it is told not to, and no platform keeps that. A member of a file that is
 * not known is a fault, as platforms fail the job for it; one of a place is a warning, as they drop it.
 *
 * @see Flywheel core v10, the schema of engine metadata
 * @example
 *   parseMetadata('{"session": {"info": {"snr": NaN}}}').faults[0].problem // => "NaN is no value in JSON"
 */
export function parseMetadata(text: string | Uint8Array): MetadataResult {
  const bytes = typeof text === "string" ? text.length : text.byteLength
  if (bytes > LARGEST_METADATA_BYTES) return oversizeMetadata(bytes)
  const decoded = typeof text === "string" ? { ok: true as const, text } : decodeUtf8(text)
  if (!decoded.ok) return { faults: [shown(decoded.fault)], warnings: [] }
  const read = parseJson(decoded.text, { maxBytes: LARGEST_METADATA_BYTES, maxValues: 2_000_000 })
  if (!read.ok) return { faults: read.faults.map(shown), warnings: [] }
  const faults = new DocumentFaults()
  const warnings = new DocumentFaults()
  const metadata = new Reader(faults, warnings).read(read.document.value)
  const placed = ({ path, problem, fix }: DocumentFault): MetadataFault => {
    const { line, column } = read.document.positionOfKey(path) ??
      read.document.positionOf(path) ?? { line: 1, column: 1 }
    return { line, column, problem: `${formatPath(path)}: ${problem}`, fix }
  }
  return {
    ...(faults.faults.length === 0 ? { metadata } : {}),
    faults: faults.faults.map(placed),
    warnings: warnings.faults.map(placed),
  }
}

/** What is said of metadata that is longer than `LARGEST_METADATA_BYTES`, and is not read. */
export function oversizeMetadata(bytes: number): MetadataResult {
  const fault: MetadataFault = {
    ...{ line: 1, column: 1 },
    problem: `it has ${bytes} bytes, and ${LARGEST_METADATA_BYTES} are the most that a platform keeps`,
    fix: "Write large results to an output file, and only what is searched for to the metadata",
  }
  return { faults: [fault], warnings: [] }
}

function shown({ line, column, problem, fix }: MetadataFault): MetadataFault {
  return { line, column, problem, fix }
}

class Reader {
  readonly #faults: DocumentFaults
  readonly #warnings: DocumentFaults

  constructor(faults: DocumentFaults, warnings: DocumentFaults) {
    this.#faults = faults
    this.#warnings = warnings
  }

  read(value: JsonValue): Metadata {
    if (!isJsonObject(value)) {
      this.#faults.at([], {
        problem: `found ${showJson(value)}, wanted an object`,
        fix: 'Write {"session": {"info": {…}}}',
      })
      return { parts: {} }
    }
    this.#warnOfOthers(value, [], METADATA_LEVELS)
    const parts = METADATA_LEVELS.flatMap((level) => {
      const part = this.#readPart(memberOf(value, level), level, [level])
      return part === undefined ? [] : [[level, part] as const]
    })
    const session = memberOf(value, "session")
    const inner = isJsonObject(session) ? memberOf(session, "subject") : undefined
    const subject = this.#readPart(inner, "subject", ["session", "subject"])
    return { parts: Object.fromEntries(parts), ...(subject === undefined ? {} : { sessionSubject: subject }) }
  }

  #readPart(value: JsonValue | undefined, level: MetadataLevel, at: JsonPath): PlaceMetadata | undefined {
    if (value === undefined || value === null) return undefined
    if (!isJsonObject(value)) {
      this.#faults.at(at, {
        problem: `found ${showJson(value)}, wanted an object`,
        fix: `Write what is to be said of the ${level} as an object`,
      })
      return undefined
    }
    const kinds = METADATA_MEMBERS[level]
    this.#warnOfOthers(value, at, [...Object.keys(kinds), "files", ...(level === "session" ? ["subject"] : [])])
    if (level === "subject" && memberOf(value, "tags") !== undefined) {
      this.#warnings.at([...at, "tags"], {
        problem: "later platforms do not take tags of a subject",
        fix: "Tag the session",
      })
    }
    return {
      fields: this.#readFields(value, at, kinds),
      files: this.#readFiles(memberOf(value, "files"), [...at, "files"]),
    }
  }

  #readFields(
    value: JsonObject,
    at: JsonPath,
    kinds: Readonly<Record<string, Parameters<typeof checkMember>[0]>>,
  ): JsonObject {
    const fields: [string, JsonValue][] = []
    for (const [name, kind] of Object.entries(kinds)) {
      const member = memberOf(value, name)
      if (member === undefined || member === null) continue
      const fault = checkMember(kind, member)
      if (fault === undefined) fields.push([name, safeKeys(member)])
      else this.#faults.at([...at, name], fault)
    }
    return Object.fromEntries(fields)
  }

  #readFiles(value: JsonValue | undefined, at: JsonPath): readonly FileMetadata[] {
    if (value === undefined || value === null) return []
    if (!isJsonArray(value)) {
      this.#faults.at(at, {
        problem: `found ${showJson(value)}, wanted a list of files`,
        fix: 'Write [{"name": …, "info": {…}}]',
      })
      return []
    }
    return value.flatMap((file, index) => this.#readFile(file, [...at, index]))
  }

  #readFile(file: JsonValue, at: JsonPath): readonly FileMetadata[] {
    const name = isJsonObject(file) ? memberOf(file, "name") : undefined
    if (!isJsonObject(file) || typeof name !== "string" || name === "") {
      this.#faults.at(at, {
        problem: `${showJson(file)} names no file`,
        fix: 'Write {"name": …} with the name of an output',
      })
      return []
    }
    const known = ["name", ...Object.keys(FILE_MEMBERS)]
    for (const member of Object.keys(file)) {
      if (known.includes(member)) continue
      const meant = nearestName(member, known)
      this.#faults.at([...at, member], {
        problem: `"${member}" is not known of a file, and platforms fail the job for it`,
        fix: meant === undefined ? "Put it into info" : `Rename it to "${meant}"`,
      })
    }
    return [{ ...this.#readFields(file, at, FILE_MEMBERS), name }]
  }

  #warnOfOthers(value: JsonObject, at: JsonPath, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue
      const meant = nearestName(name, known)
      this.#warnings.at([...at, name], {
        problem: `"${name}" is not known ${at.length === 0 ? "here" : `of ${formatPath(at)}`}, and is left out`,
        fix: meant === undefined ? "Put it into info, or remove it" : `Rename it to "${meant}"`,
      })
    }
  }
}

/** Names with `.` or `$` cannot be searched for in the databases of platforms, which change them so. */
function safeKeys(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(safeKeys)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]): [string, JsonValue] => [
    name.replaceAll(".", "_").replaceAll("$", "-"),
    safeKeys(inner),
  ])
  return Object.fromEntries(entries)
}
