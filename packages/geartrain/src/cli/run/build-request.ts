import type { JobRequest } from "../../engine/job-request.ts"
import type { Given } from "../command.ts"
import type { GearParameter } from "./gear-flags.ts"
import { readLimits, readNetwork } from "./job-flags.ts"
import type { RunnableGear } from "./open-gear.ts"
import { type ConfigFile, readConfigFile } from "./read-config-file.ts"
import { readParameters } from "./read-parameters.ts"
import { readSecrets } from "./read-secret.ts"

/**
 * Builds the request for a job from a command line: what a config.json says, under what the flags say.
 *
 * @throws {GeartrainError} USAGE, CONFIG_FILE_INVALID, SECRET_UNREADABLE
 */
export async function buildRequest(
  runnable: RunnableGear,
  parameters: readonly GearParameter[],
  given: Given,
): Promise<JobRequest> {
  const typed = readParameters(parameters, given)
  const file = await baseOf(given.text("config-json"))
  const keys = { ...file.keys, ...(await readSecrets(typed.keyFiles)) }
  const network = readNetwork(given)
  // A file given by flag has its own name and type, not those that config.json had for another one.
  const described = (members: Readonly<Record<string, unknown>>): readonly string[] =>
    Object.keys(members).filter((name) => !Object.hasOwn(typed.files, name))
  return {
    ...runnable,
    config: { ...file.config, ...typed.config },
    files: { ...file.files, ...typed.files },
    fileNames: pick(file.fileNames, described(file.fileNames)),
    fileObjects: pick(file.fileObjects, described(file.fileObjects)),
    contexts: { ...file.contexts, ...typed.contexts },
    keys,
    limits: readLimits(given),
    ...(network === undefined ? {} : { network }),
    ...(file.destination === undefined ? {} : { destination: file.destination }),
  }
}

const NOTHING: ConfigFile = { config: {}, files: {}, fileNames: {}, fileObjects: {}, contexts: {}, keys: {} }

async function baseOf(path: string | undefined): Promise<ConfigFile> {
  return path === undefined ? NOTHING : await readConfigFile(path)
}

function pick<Value>(record: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
}
