import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { parseMetadata } from "@geartrain/spec/archive"
import {
  CONTAINER_FIELDS,
  type ContainerLevel,
  type ContainerMetadata,
  FILE_FIELDS,
  type FileMetadata,
  isContainerLevel,
} from "./metadata-fields.ts"
import { plainJson } from "./plain-json.ts"

type Members = Record<string, JsonValue>

interface Container {
  readonly members: Members
  readonly files: Map<string, Members>
}

/** Collects what a gear says of its results, checked when it is said, so that nothing is found wrong only after hours of work. */
export class MetadataBook {
  readonly #containers = new Map<ContainerLevel, Container>()
  readonly #warn: (text: string) => void

  /** @param warn  Told of numbers that JSON cannot say, which become null. */
  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  /** @throws {GeartrainError} METADATA_INVALID */
  updateFile(level: string, file: string, update: FileMetadata): void {
    const whose = `file "${file}"`
    const checked = this.#checked({ ...update }, FILE_FIELDS, whose)
    const { files } = this.#container(level)
    refuseWrongKinds({ [level]: { files: [{ ...checked, name: file }] } }, whose)
    const entry = files.get(file) ?? { name: file }
    merge(entry, checked)
    files.set(file, entry)
  }

  /** @throws {GeartrainError} METADATA_INVALID */
  updateContainer(level: string, update: ContainerMetadata): void {
    const { members } = this.#container(level)
    const checked = this.#checked({ ...update }, isContainerLevel(level) ? CONTAINER_FIELDS[level] : [], level)
    refuseWrongKinds({ [level]: checked }, level)
    merge(members, checked)
  }

  /** The document for `.metadata.json`; undefined when nothing was said. */
  document(): JsonObject | undefined {
    const levels = [...this.#containers].map(([level, { members, files }]): [string, JsonObject] => [
      level,
      files.size === 0 ? members : { ...members, files: [...files.values()] },
    ])
    return levels.length === 0 ? undefined : Object.fromEntries(levels)
  }

  #container(level: string): Container {
    if (!isContainerLevel(level)) {
      const known = Object.keys(CONTAINER_FIELDS).join(", ")
      throw invalid(`Cannot update metadata of "${level}": containers are ${known}`)
    }
    const container = this.#containers.get(level) ?? { members: {}, files: new Map() }
    this.#containers.set(level, container)
    return container
  }

  #checked(update: Readonly<Record<string, unknown>>, known: readonly string[], whose: string): JsonObject {
    const unknown = Object.keys(update).filter((name) => !known.includes(name))
    if (unknown.length > 0) {
      throw invalid(`Cannot update metadata of ${whose}: it has no ${unknown.join(", ")}; it has ${known.join(", ")}`)
    }
    return Object.fromEntries(
      Object.entries(update)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, plainJson(value, { place: `${name} of ${whose}`, warn: this.#warn })]),
    )
  }
}

/** Tags that are a text, an age that is a fraction: what platforms fail a job for. */
function refuseWrongKinds(document: JsonObject, whose: string): void {
  const [fault] = parseMetadata(JSON.stringify(document)).faults
  if (fault !== undefined) throw invalid(`Cannot update metadata of ${whose}: ${fault.problem}; ${fault.fix}`)
}

function merge(target: Members, update: JsonObject): void {
  for (const [name, value] of Object.entries(update)) {
    if (value === undefined) continue
    const before = target[name]
    if (name === "tags" && Array.isArray(before) && Array.isArray(value))
      target[name] = [...new Set([...before, ...value])]
    else if (isObject(before) && isObject(value)) {
      const merged: Members = { ...before } as Members
      merge(merged, value)
      target[name] = merged
    } else target[name] = value
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function invalid(message: string): GeartrainError {
  return new GeartrainError("METADATA_INVALID", message, { hint: "See what may be said: docs/guide/gear-code.md" })
}
