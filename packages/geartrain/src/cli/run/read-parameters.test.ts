import assert from "node:assert/strict"
import { test } from "node:test"
import { type GearManifest, type GeartrainError, isGeartrainError } from "@geartrain/spec"
import { parseArguments } from "../arguments/parse-arguments.ts"
import { runCommand } from "../commands/jobs/run.ts"
import { flagsOfGear, gearParameters } from "./gear-flags.ts"
import { type GivenParameters, readParameters } from "./read-parameters.ts"

const manifest = {
  name: "g",
  version: "1",
  inputs: { reads: { base: "file" }, atlas: { base: "context" }, key: { base: "api-key" } },
  config: {
    threads: { type: "integer", default: 1 },
    mask: { type: "boolean", default: true },
    ids: { type: "array", items: { type: "string" } },
    memory: { type: "string", optional: true },
  },
} as unknown as GearManifest

function read(...args: readonly string[]): GivenParameters {
  const parameters = gearParameters(manifest, new Set(Object.keys(runCommand.flags)))
  const { foreignFlags: _, ...command } = runCommand
  const given = parseArguments({ ...command, flags: { ...flagsOfGear(parameters), ...command.flags } }, ["g", ...args])
  return readParameters(parameters, given)
}

function errorOf(...args: readonly string[]): GeartrainError {
  let caught: unknown
  try {
    read(...args)
  } catch (error) {
    caught = error
  }
  assert.ok(isGeartrainError(caught, "USAGE"), "an error of usage")
  return caught
}

test("inputs and config can be given by the gear's own flags or by name", () => {
  const own = read("--reads", "a.fq", "--threads", "2", "--no-mask", "--ids", "x", "--ids", "y")
  const named = read("-i", "reads=a.fq", "-s", "threads=2", "-s", "mask=false", "--set", "ids=x", "--set", "ids=y")
  assert.deepEqual(own, named)
  assert.deepEqual(own, {
    config: { threads: 2, mask: false, ids: ["x", "y"] },
    files: { reads: "a.fq" },
    fileTypes: {},
    contexts: {},
    keyFiles: {},
    keyVariables: {},
  })
})

test("the type of a file is stated by the input's name, which the gear has to know", () => {
  assert.deepEqual(read("--reads", "a", "--input-type", "reads=fastq").fileTypes, { reads: "fastq" })
  assert.match(errorOf("--input-type", "read=fastq").hint ?? "", /--input reads=…$/)
  assert.match(errorOf("--input-type", "reads").message, /it has to be NAME=TYPE$/)
})

test("a config value whose flag is one of gear run is set by name", () => {
  assert.deepEqual(read("--memory", "4g", "--set", "memory=much").config, { memory: "much" })
})

test("texts become what the manifest declares, and those that cannot are handed on for the check to refuse", () => {
  assert.deepEqual(read("--threads", "five", "--mask=0").config, { threads: "five", mask: false })
  assert.deepEqual(read("--threads", "9007199254740993").config, { threads: "9007199254740993" })
})

test("a list is given at once or piece by piece, with commas or as JSON", () => {
  assert.deepEqual(read("--ids", "a,b", "--ids", "c").config, { ids: ["a", "b", "c"] })
  assert.deepEqual(read("--ids", '["a,b"]', "--ids", "c").config, { ids: ["a,b", "c"] })
  assert.deepEqual(read("--ids", "").config, { ids: [] })
  assert.deepEqual(read("--ids", "[a").config, { ids: "[a" })
})

test("a value may hold an equals sign, and be empty", () => {
  assert.deepEqual(read("--set", "memory=a=b").config, { memory: "a=b" })
  assert.deepEqual(read("--set", "memory=").config, { memory: "" })
})

test("contexts are JSON, keys are paths", () => {
  const given = read("--context", 'atlas={"a":1}', "--key-file", "key=secret.txt")
  assert.deepEqual(structuredClone(given.contexts), { atlas: { a: 1 } })
  assert.deepEqual(given.keyFiles, { key: "secret.txt" })
})

test("a name that the gear does not declare is refused, with the one that was probably meant", () => {
  const error = errorOf("--set", "thread=2")
  assert.equal(
    error.message,
    'Cannot give config value "thread": the gear declares none of this name; there are "threads", "mask", "ids", "memory"',
  )
  assert.equal(error.hint, "Did you mean: --set threads=…")
  assert.match(errorOf("-i", "read=x").hint ?? "", /--input reads=…$/)
  assert.match(errorOf("--theads", "2").message, /did you mean --threads\?$/)
})

test("a thing of another kind is refused with how it is given", () => {
  assert.equal(errorOf("-i", "threads=2").hint, "It is a config value: --set threads=…")
  assert.equal(errorOf("--context", "reads=1").hint, "It is a file input: --input reads=…")
})

test("what is given in two ways, or twice, is refused", () => {
  assert.match(
    errorOf("--threads", "1", "--set", "threads=2").message,
    /^Cannot read --threads: "threads" is given with --set too$/,
  )
  assert.match(errorOf("--set", "threads=1", "--set", "threads=2").message, /is given twice, and is no list$/)
  assert.match(errorOf("-i", "reads=a", "-i", "reads=b").message, /"reads" is given twice$/)
})

test("pairs without a name or an equals sign, and contexts that are not JSON, are refused", () => {
  assert.match(errorOf("-i", "a.fq").message, /^Cannot read --input "a.fq": it has to be NAME=PATH$/)
  assert.match(errorOf("--set", "=2").message, /^Cannot read --set "=2": it has to be KEY=VALUE$/)
  assert.match(
    errorOf("--context", "atlas=left side").message,
    /^Cannot read --context .*: it is not JSON in column 1: /,
  )
  assert.equal(errorOf("--context", "atlas=aal").hint, `Put text in quotes: --context 'atlas="aal"'`)
  assert.match(errorOf("--context", 'atlas={"a":1,"a":2}').message, /in column 8: .*"a"/)
})
