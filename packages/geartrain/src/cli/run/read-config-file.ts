import { dirname, join } from "node:path"
import { type Destination, GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { JobRequest } from "../../engine/job-request.ts"
import { readFile, stat } from "../../system/files.ts"

/** What a config.json says about a run. */
export type ConfigFile = Required<
  Pick<JobRequest, "config" | "files" | "fileNames" | "fileObjects" | "contexts" | "keys">
> &
  Pick<JobRequest, "destination">

/** The largest of a thousand real ones is below 1 MiB. */
const LONGEST_BYTES = 16 * 1024 * 1024

/**
 * Reads a config.json as a platform writes it for a gear, so that a run can be taken from there to here.
 *
 * Files are looked for where it says. A path in `/flywheel/v0` is one in the folder that the config.json lies in.
 *
 * @throws {GeartrainError} CONFIG_FILE_INVALID
 * @see docs/guide/running.md
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const document = await readDocument(path)
  const config = member(document, "config", path) ?? {}
  const inputs = Object.entries(member(document, "inputs", path) ?? {}).map(([name, input]) => {
    if (!isObject(input)) throw invalid(path, `input "${name}" is no object`)
    return [name, input] as const
  })
  const files = inputs.filter(([, input]) => input["base"] === "file")
  const destination = readDestination(document["destination"])
  return {
    config,
    files: Object.fromEntries(files.map(([name, input]) => [name, filePath(path, name, input)])),
    fileNames: Object.fromEntries(
      files.flatMap(([name, input]) =>
        textMember(name, isObject(input["location"]) ? input["location"]["name"] : undefined),
      ),
    ),
    fileObjects: Object.fromEntries(
      files.flatMap(([name, input]) => (isObject(input["object"]) ? [[name, input["object"]]] : [])),
    ),
    contexts: Object.fromEntries(
      inputs.flatMap(([name, input]) => (isFound(input) ? [[name, input["value"] ?? null]] : [])),
    ),
    keys: Object.fromEntries(
      inputs.flatMap(([name, input]) => (input["base"] === "api-key" ? textMember(name, input["key"]) : [])),
    ),
    ...(destination === undefined ? {} : { destination }),
  }
}

async function readDocument(path: string): Promise<JsonObject> {
  const text = await readText(path)
  const document = parse(path, text)
  if (isObject(document)) return document
  throw invalid(path, "it is not a JSON object")
}

async function readText(path: string): Promise<string> {
  try {
    const stats = await stat(path)
    if (!stats.isFile()) throw invalid(path, "it is no regular file")
    if (stats.size > LONGEST_BYTES) throw invalid(path, `it has ${stats.size} bytes, and ${LONGEST_BYTES} are the most`)
    return await readFile(path, "utf8")
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === "ENOENT" || code === "ENOTDIR") throw invalid(path, "there is no such file", error)
    if (code === "EACCES" || code === "EPERM") throw invalid(path, "it may not be read by this user", error)
    throw error
  }
}

function parse(path: string, text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    throw invalid(path, `it is not JSON: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

function member(document: JsonObject, name: string, path: string): JsonObject | undefined {
  const value = Object.hasOwn(document, name) ? document[name] : undefined
  if (value === undefined || isObject(value)) return value
  throw invalid(path, `its member "${name}" is no object`)
}

const GEAR_FOLDER = "/flywheel/v0/"

function filePath(path: string, name: string, input: JsonObject): string {
  const location = input["location"]
  const found = isObject(location) ? location["path"] : undefined
  if (typeof found !== "string" || found === "")
    throw invalid(path, `input "${name}" does not say where its file is (location.path)`)
  if (found.startsWith(GEAR_FOLDER)) return join(dirname(path), found.slice(GEAR_FOLDER.length))
  return found.startsWith("/") ? found : join(dirname(path), found)
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

function invalid(path: string, is: string, cause?: unknown): GeartrainError {
  return new GeartrainError("CONFIG_FILE_INVALID", `Cannot read config file "${path}": ${is}`, {
    details: { path },
    hint: 'Give a config.json as a gear gets it, {"config": {…}, "inputs": {…}}',
    ...(cause === undefined ? {} : { cause }),
  })
}
