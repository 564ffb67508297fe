import { basename } from "node:path"
import {
  type ConfigItem,
  GeartrainError,
  type JsonObject,
  type JsonValue,
  nearestName,
  parseJson,
  parseSettingValue,
} from "@geartrain/spec"
import type { Given } from "../command.ts"
import { type GearParameter, typesOf } from "./gear-flags.ts"
import { readPairs } from "./job-flags.ts"

/** What the user gave to a gear, by the manifest's names. */
export interface GivenParameters {
  readonly config: JsonObject
  /** File inputs: name to path. */
  readonly files: Readonly<Record<string, string>>
  /** File inputs: name to the type that the user says the file is of. */
  readonly fileTypes: Readonly<Record<string, string>>
  readonly contexts: Readonly<Record<string, JsonValue>>
  /** Keys: name to the file that holds the secret, `-` for standard input. */
  readonly keyFiles: Readonly<Record<string, string>>
  /** Keys: name to the variable of the environment that holds the secret. */
  readonly keyVariables: Readonly<Record<string, string>>
}

/**
 * Sorts the flags of a command line to what the gear declares: its own flags, and `--input`, `--input-type`, `--set`, `--context`,
 * `--key-file`, `--key-env`.
 *
 * @param given  Parsed with the flags of `flagsOfGear`.
 * @throws {GeartrainError} USAGE for a name that the gear does not declare, or one that is given in two ways.
 */
export function readParameters(parameters: readonly GearParameter[], given: Given): GivenParameters {
  const config = new Map<string, readonly string[]>()
  const paths = new Map<string, readonly string[]>()
  for (const value of given.list("input")) {
    for (const [name, path] of readPairs([value], "--input", "NAME=PATH"))
      paths.set(name, [...(paths.get(name) ?? []), path])
  }
  for (const value of given.list("set")) {
    for (const [name, text] of readPairs([value], "--set", "KEY=VALUE"))
      config.set(name, [...(config.get(name) ?? []), text])
  }
  for (const parameter of parameters) takeOwnFlag(parameter, given, { config, paths })
  const fileTypes = readPairs(given.list("input-type"), "--input-type", "NAME=TYPE")
  const contexts = readPairs(given.list("context"), "--context", "NAME=JSON")
  const keyFiles = readPairs(given.list("key-file"), "--key-file", "NAME=PATH")
  const keyVariables = readPairs(given.list("key-env"), "--key-env", "NAME=VARIABLE")
  for (const [kind, names] of [
    ["config", config.keys()],
    ["file", paths.keys()],
    ["file", fileTypes.keys()],
    ["context", contexts.keys()],
    ["key", keyFiles.keys()],
    ["key", keyVariables.keys()],
  ] as const) {
    for (const name of names) refuseUnknown(parameters, { kind, name })
  }
  return {
    config: Object.fromEntries([...config].map(([name, texts]) => [name, configValue(parameters, name, texts)])),
    ...readFiles(parameters, paths, fileTypes),
    contexts: Object.fromEntries([...contexts].map(([name, text]) => [name, contextValue(name, text)])),
    keyFiles: Object.fromEntries(keyFiles),
    keyVariables: Object.fromEntries(keyVariables),
  }
}

function takeOwnFlag(
  parameter: GearParameter,
  given: Given,
  into: { readonly config: Map<string, readonly string[]>; readonly paths: Map<string, readonly string[]> },
): void {
  const { flag, kind, name } = parameter
  if (flag === undefined) return
  const denied = given.has(`no-${flag}`) && !given.has(flag) ? ["false"] : []
  const values = given.has(flag) ? given.list(flag) : denied
  if (values.length === 0) return
  const taken = kind === "file" ? into.paths.has(name) : into.config.has(name)
  if (taken) throw usage(`Cannot read --${flag}: "${name}" is given with ${WAYS[kind]} too`, "Give it once")
  if (kind === "file") into.paths.set(name, values)
  else into.config.set(name, values)
}

/**
 * Files by name. Of an input that takes several, each has a name of its own: the input's, a slash, and the file's.
 *
 * @throws {GeartrainError} USAGE for two files where one is taken, and for two of one name.
 */
function readFiles(
  parameters: readonly GearParameter[],
  paths: ReadonlyMap<string, readonly string[]>,
  types: ReadonlyMap<string, string>,
): Pick<GivenParameters, "files" | "fileTypes"> {
  const files = new Map<string, string>()
  const fileTypes = new Map<string, string>(types)
  for (const [name, given] of paths) {
    const takes = parameters.find((parameter) => parameter.name === name)?.added?.takes ?? "file"
    if (takes !== "files") {
      if (given.length > 1)
        throw usage(
          `Cannot read --input "${name}=${given[1]}": "${name}" is given twice`,
          `It takes one ${takes}: give it once`,
        )
      files.set(name, given[0] ?? "")
      continue
    }
    const type = types.get(name)
    fileTypes.delete(name)
    for (const path of given) {
      const key = `${name}/${basename(path)}`
      if (files.has(key)) {
        throw usage(
          `Cannot give input "${name}" two files "${basename(path)}": the gear finds them in one folder`,
          "Rename one of them",
        )
      }
      files.set(key, path)
      if (type !== undefined) fileTypes.set(key, type)
    }
  }
  return { files: Object.fromEntries(files), fileTypes: Object.fromEntries(fileTypes) }
}

const WAYS = { config: "--set", file: "--input", context: "--context", key: "--key-file" } as const

function refuseUnknown(
  parameters: readonly GearParameter[],
  wanted: { readonly kind: GearParameter["kind"]; readonly name: string },
): void {
  const { kind, name } = wanted
  const known = parameters.filter((parameter) => parameter.kind === kind).map((parameter) => parameter.name)
  if (known.includes(name)) return
  const other = parameters.find((parameter) => parameter.name === name)
  const near = nearestName(name, known)
  const what = WORDS[kind]
  const there = known.length === 0 ? `it has no ${what}` : `there are ${known.map((each) => `"${each}"`).join(", ")}`
  const hint =
    near === undefined ? "See what the gear takes: gear run GEAR --help" : `Did you mean: ${WAYS[kind]} ${near}=…`
  throw usage(
    `Cannot give ${what} "${name}": the gear declares none of this name; ${there}`,
    other === undefined ? hint : `It is a ${WORDS[other.kind]}: ${WAYS[other.kind]} ${name}=…`,
  )
}

const WORDS = { config: "config value", file: "file input", context: "context input", key: "key" } as const

function configValue(parameters: readonly GearParameter[], name: string, texts: readonly string[]): JsonValue {
  const declared =
    parameters.find((parameter) => parameter.kind === "config" && parameter.name === name)?.declared ?? {}
  const [first = "", ...more] = texts.map((text) => readValue(name, declared, text))
  if (more.length === 0) return first
  if (typesOf(declared).includes("array")) return [first, ...more].flat()
  throw usage(`Cannot read config value "${name}": it is given twice, and is no list`, "Give it once")
}

/** Text that cannot be what is declared is handed on as it is, so that the check of the invocation tells all that is wrong at once. */
function readValue(name: string, declared: ConfigItem, text: string): JsonValue {
  const read = parseSettingValue(name, declared, text)
  return read.ok ? read.value : text
}

function contextValue(name: string, text: string): JsonValue {
  const result = parseJson(text)
  if (result.ok) return result.document.value
  const [fault] = result.faults
  const where = fault === undefined || text.length === 0 ? "" : ` in column ${fault.column}`
  throw usage(
    `Cannot read --context "${name}=${text}": it is not JSON${where}: ${fault?.problem ?? "nobody knows why"}`,
    isPlainText(text) ? `Put text in quotes: --context '${name}="${text}"'` : (fault?.fix ?? "Write it as JSON"),
  )
}

/** A word or two, which were meant as text. */
function isPlainText(text: string): boolean {
  return /^[\p{Letter}\p{Number}_ ./:@-]+$/u.test(text)
}

function usage(message: string, hint: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint })
}
