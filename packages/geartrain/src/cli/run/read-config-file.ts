import { dirname, join } from "node:path"
import {
  type Destination,
  GeartrainError,
  type JsonDocument,
  type JsonObject,
  type JsonPath,
  type JsonValue,
} from "@geartrain/spec"
import type { JobRequest } from "../../engine/job-request.ts"
import { readJsonFile } from "./read-json-file.ts"
import type { Refusal } from "./read-small-file.ts"

/** What a config.json says about a run. */
export type ConfigFile = Required<
  Pick<JobRequest, "config" | "files" | "fileNames" | "fileObjects" | "contexts" | "keys">
> &
  Pick<JobRequest, "destination"> & {
    /** Inputs that it names without saying where the file is: name to what it says instead, as part of a sentence. */
    readonly elsewhere: Readonly<Record<string, string>>
  }

/** The largest of a thousand real ones is below 1 MiB. */
const LONGEST_BYTES = 16 * 1024 * 1024

/**
 * Reads a config.json as a platform writes it for a gear, so that a run can be taken from there to here.
 *
 * Files are looked for where it says. A path in `/flywheel/v0` is one in the folder that the config.json lies in. An input without `base` is one
 * of the arguments that a platform is asked with: a file that lies there and not here, which its user has to give.
 *
 * @throws {GeartrainError} CONFIG_FILE_INVALID
 * @see docs/guide/running.md
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const source = await readDocument(path)
  const config = member(source, "config") ?? {}
  const inputs = Object.entries(member(source, "inputs") ?? {}).map(([name, input]) => {
    if (!isObject(input)) throw invalid(source, ["inputs", name], `input "${name}" is no object`)
    return [name, input] as const
  })
  const files = inputs.filter(([, input]) => input["base"] === "file")
  const destination = readDestination(source.root["destination"])
  return {
    config,
    files: Object.fromEntries(files.map(([name, input]) => [name, filePath(source, name, input)])),
    fileNames: Object.fromEntries(
      files.flatMap(([name, input]) =>
        textMember(name, isObject(input["location"]) ? input["location"]["name"] : undefined),
      ),
    ),
    fileObjects: Object.fromEntries(
      inputs.flatMap(([name, input]) => {
        const described = isInvocationFile(input) ? input : input["base"] === "file" ? input["object"] : undefined
        return isObject(described) ? [[name, described]] : []
      }),
    ),
    contexts: Object.fromEntries(
      inputs.flatMap(([name, input]) => (isFound(input) ? [[name, input["value"] ?? null]] : [])),
    ),
    keys: Object.fromEntries(
      inputs.flatMap(([name, input]) => (input["base"] === "api-key" ? textMember(name, input["key"]) : [])),
    ),
    elsewhere: Object.fromEntries(
      inputs.flatMap(([name, input]) => (Object.hasOwn(input, "base") ? [] : [[name, placeOf(input)]])),
    ),
    ...(destination === undefined ? {} : { destination }),
  }
}

interface Source {
  readonly path: string
  readonly document: JsonDocument
  readonly root: JsonObject
}

async function readDocument(path: string): Promise<Source> {
  const refuse = (refusal: Refusal): GeartrainError => refusalOf(path, refusal)
  const document = await readJsonFile(path, { longestBytes: LONGEST_BYTES, refuse })
  if (isObject(document.value)) return { path, document, root: document.value }
  throw refuse({ is: "it is not a JSON object" })
}

function member(source: Source, name: string): JsonObject | undefined {
  const value = Object.hasOwn(source.root, name) ? source.root[name] : undefined
  if (value === undefined || isObject(value)) return value
  throw invalid(source, [name], `its member "${name}" is no object`)
}

const GEAR_FOLDER = "/flywheel/v0/"

function filePath(source: Source, name: string, input: JsonObject): string {
  const folder = dirname(source.path)
  const location = input["location"]
  const found = isObject(location) ? location["path"] : undefined
  if (typeof found !== "string" || found === "")
    throw invalid(source, ["inputs", name], `input "${name}" does not say where its file is (location.path)`)
  if (found.startsWith(GEAR_FOLDER)) return join(folder, found.slice(GEAR_FOLDER.length))
  return found.startsWith("/") ? found : join(folder, found)
}

/** In an invocation, a file is its description, and where it lies is not said. */
function isInvocationFile(input: JsonObject): boolean {
  return !Object.hasOwn(input, "base") && !Object.hasOwn(input, "id")
}

/** As the arguments of the platform's SDK have it: a file of a container, or a container. */
function placeOf(input: JsonObject): string {
  const { type, id, name } = input
  const container = typeof type === "string" && typeof id === "string" ? ` of ${type} ${id}` : ""
  if (typeof name === "string") return `the file "${name}"${container} on a platform`
  return container === "" ? "a file that is described, and lies nowhere" : `the whole${container} on a platform`
}

function textMember(name: string, value: JsonValue | undefined): [string, string][] {
  return typeof value === "string" && value !== "" ? [[name, value]] : []
}

function isFound(input: JsonObject): boolean {
  return input["base"] === "context" && input["found"] === true
}

function readDestination(value: JsonValue | undefined): Destination | undefined {
  if (!isObject(value)) return undefined
  const { type, id } = value
  return typeof type === "string" && typeof id === "string" ? { type, id } : undefined
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function invalid(source: Source, at: JsonPath, is: string): GeartrainError {
  const place = source.document.positionOf(at)
  const where = place === undefined ? "" : `\n${source.path}:${place.line}:${place.column}: it stands here`
  return refusalOf(source.path, { is: `${is}${where}`, details: place === undefined ? {} : { ...place } })
}

function refusalOf(path: string, { is, cause, details }: Refusal): GeartrainError {
  return new GeartrainError("CONFIG_FILE_INVALID", `Cannot read config file "${path}": ${is}`, {
    details: { path, ...details },
    hint: 'Give a config.json as a gear gets it, {"config": {…}, "inputs": {…}}',
    ...(cause === undefined ? {} : { cause }),
  })
}
