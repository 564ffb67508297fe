import { GeartrainError, type JsonObject } from "@geartrain/spec"
import type { JobRequest } from "../../engine/job-request.ts"
import type { Given } from "../command.ts"
import type { GearParameter } from "./gear-flags.ts"
import { readLimits, readNetwork } from "./job-flags.ts"
import type { RunnableGear } from "./open-gear.ts"
import { type ConfigFile, readConfigFile } from "./read-config-file.ts"
import { readParameters } from "./read-parameters.ts"
import { readSecrets, secretsOf } from "./read-secret.ts"

/** What a command line asks for, and what its user should know of it. */
export interface BuiltRequest {
  readonly request: JobRequest
  /** Sentences without full stop. */
  readonly warnings: readonly string[]
}

/**
 * Builds the request for a job from a command line: what a config.json says, under what the flags say.
 *
 * @throws {GeartrainError} USAGE, CONFIG_FILE_INVALID, SECRET_UNREADABLE
 */
export async function buildRequest(
  runnable: RunnableGear,
  parameters: readonly GearParameter[],
  given: Given,
): Promise<BuiltRequest> {
  const typed = readParameters(parameters, given)
  const file = await baseOf(given.text("config-json"))
  const keys = { ...file.keys, ...(await readSecrets(typed.keyFiles)), ...secretsOf(typed.keyVariables) }
  const network = readNetwork(given)
  const files = { ...file.files, ...typed.files }
  // A file given by flag has its own name and type, not those that config.json had for another one.
  const isSame = (name: string): boolean => !Object.hasOwn(typed.files, name) || Object.hasOwn(file.elsewhere, name)
  const request = {
    ...runnable,
    config: { ...file.config, ...typed.config },
    files,
    fileNames: pick(file.fileNames, isSame),
    fileObjects: withTypes(pick(file.fileObjects, isSame), typed.fileTypes, files),
    contexts: { ...file.contexts, ...typed.contexts },
    keys,
    limits: readLimits(given),
    ...(network === undefined ? {} : { network }),
    ...(file.destination === undefined ? {} : { destination: file.destination }),
  }
  const absent = Object.entries(file.elsewhere).filter(([name]) => !Object.hasOwn(files, name))
  return { request, warnings: absent.map(([name, place]) => absentWarning(name, place)) }
}

/** Puts the types that the user states over what is known of the files. */
function withTypes(
  objects: Readonly<Record<string, JsonObject>>,
  types: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, JsonObject>> {
  const typed = Object.entries(types).map(([name, type]) => {
    if (!Object.hasOwn(files, name)) throw noFileOfType(name, type)
    return [name, { ...(Object.hasOwn(objects, name) ? objects[name] : {}), type }]
  })
  return { ...objects, ...Object.fromEntries(typed) }
}

function noFileOfType(name: string, type: string): GeartrainError {
  return new GeartrainError(
    "USAGE",
    `Cannot take --input-type "${name}=${type}": no file is given for input "${name}"`,
    {
      details: { input: name, type },
      hint: `Give the file, too: --input ${name}=PATH`,
    },
  )
}

function absentWarning(name: string, place: string): string {
  return `Input "${name}" is ${place}; give it with --input ${name}=PATH`
}

const NOTHING: ConfigFile = {
  config: {},
  files: {},
  fileNames: {},
  fileObjects: {},
  contexts: {},
  keys: {},
  elsewhere: {},
}

async function baseOf(path: string | undefined): Promise<ConfigFile> {
  return path === undefined ? NOTHING : await readConfigFile(path)
}

function pick<Value>(
  record: Readonly<Record<string, Value>>,
  isWanted: (name: string) => boolean,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isWanted(name)))
}
