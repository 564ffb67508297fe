import { GeartrainError, type Limits, type Network } from "@geartrain/spec"
import { parseCount, parseDuration, parseSize } from "../../settings/parse-amount.ts"
import type { Flag, Given } from "../command.ts"

/** Flags of every command that gives a gear its inputs and config. */
export const VALUE_FLAGS = {
  input: { type: "text", short: "i", value: "NAME=PATH", many: true, says: "Give a file", complete: "gear-input" },
  "input-type": {
    type: "text",
    value: "NAME=TYPE",
    many: true,
    says: "State the type of a file, such as nifti, where its name does not tell or tells another",
    complete: "gear-input",
  },
  set: {
    type: "text",
    short: "s",
    value: "KEY=VALUE",
    many: true,
    says: "Set a config value",
    complete: "gear-config",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** Further ones, that are rarely needed. */
export const DOCUMENT_FLAGS = {
  "config-json": {
    type: "text",
    value: "FILE",
    says: "Take config and inputs from a config.json; flags come before it",
    complete: "file",
  },
  context: { type: "text", value: "NAME=JSON", many: true, says: "Give a context value" },
} as const satisfies Readonly<Record<string, Flag>>

/** Flags of every command that carries a job out: what it gets, and what it may use. */
export const JOB_FLAGS = {
  provider: { type: "text", value: "NAME", says: "What isolates the gear; see gear doctor", complete: "provider" },
  network: {
    type: "text",
    value: "none|outbound",
    says: "Grant the gear the network; it also has to ask for it in its manifest. Default: none",
    complete: ["none", "outbound"],
  },
  cpus: { type: "text", value: "N", says: "Processors that it may use at once, such as 2 or 0.5" },
  memory: { type: "text", value: "SIZE", says: "Memory that it may use, such as 4g" },
  timeout: {
    type: "text",
    value: "TIME",
    says: "How long it may run, such as 90s or 2h30m; a plain number is seconds",
  },
  pids: {
    type: "text",
    value: "N",
    says: "Processes and threads that it may have at once. Default: 4096, where the provider can hold it to that",
  },
  "output-limit": { type: "text", value: "SIZE", says: "Bytes that it may write as output, such as 10g" },
} as const satisfies Readonly<Record<string, Flag>>

/** Flags of every command that puts outputs somewhere. */
export const OUTPUT_FLAGS = {
  output: {
    type: "text",
    short: "o",
    value: "DIR",
    says: "Folder for the outputs. Default: ./GEAR-JOB, made anew",
    complete: "folder",
  },
  force: { type: "switch", says: "Write into a folder that is not empty, over files of the same name" },
  "no-output": { type: "switch", says: "Keep the outputs in the store only; gear export JOB brings them out later" },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE */
export function readLimits(given: Given): Limits {
  const memory = given.text("memory")
  const cpus = given.text("cpus")
  const pids = given.text("pids")
  const output = given.text("output-limit")
  const timeout = given.text("timeout")
  return {
    ...(memory === undefined ? {} : { memoryBytes: parseSize(memory, "--memory") }),
    ...(cpus === undefined ? {} : { cpuCores: parseCount(cpus, "--cpus", { whole: false }) }),
    ...(pids === undefined ? {} : { processes: parseCount(pids, "--pids", { whole: true }) }),
    ...(output === undefined ? {} : { outputBytes: parseSize(output, "--output-limit") }),
    ...(timeout === undefined ? {} : { timeMs: parseDuration(timeout, "--timeout") }),
  }
}

/** @throws {GeartrainError} USAGE */
export function readNetwork(given: Given): Network | undefined {
  const network = given.text("network")
  if (network === undefined || network === "none" || network === "outbound") return network
  throw new GeartrainError("USAGE", `Cannot read --network "${network}": it has to be none or outbound`, {
    details: { network },
    hint: "Write --network outbound, or leave it away for none",
  })
}

/**
 * Reads pairs as `--input NAME=PATH` has them.
 *
 * @throws {GeartrainError} USAGE for one without `=` or name, and for a name that is there twice.
 */
export function readPairs(values: readonly string[], flag: string, shape: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  for (const value of values) {
    const split = value.indexOf("=")
    if (split < 1) {
      throw new GeartrainError("USAGE", `Cannot read ${flag} "${value}": it has to be ${shape}`, {
        details: { flag, value },
        hint: `Write it as ${flag} ${shape}`,
      })
    }
    const name = value.slice(0, split)
    if (pairs.has(name)) {
      throw new GeartrainError("USAGE", `Cannot read ${flag} "${value}": "${name}" is given twice`, {
        details: { flag, value, name },
        hint: "Give each name once",
      })
    }
    pairs.set(name, value.slice(split + 1))
  }
  return pairs
}
