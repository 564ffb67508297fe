import assert from "node:assert/strict"
import { test } from "node:test"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Command } from "../command.ts"
import { parseArguments, unknownFlag } from "./parse-arguments.ts"

const command: Command = {
  name: "try",
  arguments: [
    { name: "GEAR", says: "The gear to run" },
    { name: "MORE", says: "More of them", optional: true },
  ],
  flags: {
    output: { type: "text", short: "o", value: "DIR", says: "" },
    input: { type: "text", short: "i", value: "NAME=PATH", many: true, says: "" },
    force: { type: "switch", short: "f", says: "" },
    mask: { type: "truth", says: "" },
  },
  examples: [],
  exits: "answer",
  run: async () => ({}),
}

function errorOf(args: readonly string[], of: Command = command): GeartrainError {
  let caught: unknown
  try {
    parseArguments(of, args)
  } catch (error) {
    caught = error
  }
  assert.ok(isGeartrainError(caught, "USAGE"), "an error of usage")
  return caught
}

test("flags may stand anywhere, long or short, attached or apart", () => {
  const given = parseArguments(command, ["-fo", "out", "gear", "--input=a=1", "-i", "b=2", "-y", "--json"])
  assert.deepEqual(given.words, ["gear"])
  assert.equal(given.text("output"), "out")
  assert.deepEqual(given.list("input"), ["a=1", "b=2"])
  assert.equal(given.has("force") && given.has("yes") && given.has("json"), true)
  assert.equal(given.text("input-none"), undefined)
  assert.deepEqual(given.list("none"), [])
})

test("after two dashes nothing is a flag", () => {
  assert.deepEqual(parseArguments(command, ["--", "--force", "-o"]).words, ["--force", "-o"])
})

test("a truth value is given bare or attached", () => {
  assert.deepEqual(parseArguments(command, ["x", "--mask"]).list("mask"), ["true"])
  assert.deepEqual(parseArguments(command, ["x", "--mask=false"]).list("mask"), ["false"])
})

test("a lone dash and a number below 0 are values, a flag is not", () => {
  assert.equal(parseArguments(command, ["x", "-o", "-"]).text("output"), "-")
  assert.equal(parseArguments(command, ["x", "--output", "-5"]).text("output"), "-5")
  assert.equal(parseArguments(command, ["x", "--output", "-.5"]).text("output"), "-.5")
  assert.equal(parseArguments(command, ["x", "--output=-x"]).text("output"), "-x")
  const error = errorOf(["x", "--output", "--force"])
  assert.equal(error.message, 'Cannot read --output: it needs a value, and "--force" follows, which is a flag')
  assert.equal(error.hint, "Write it as --output=DIR")
  assert.equal(errorOf(["x", "-o"]).message, "Cannot read -o: it needs a value, and it is the last word")
})

test("an unknown flag is refused, with the one that was probably meant", () => {
  assert.equal(
    errorOf(["x", "--ouptut", "y"]).message,
    'Cannot read flag "--ouptut": gear try has no such flag; did you mean --output?',
  )
  assert.equal(errorOf(["x", "-z"]).message, 'Cannot read flag "-z": gear try has no such flag')
  assert.match(unknownFlag(command, "--spede", ["speed"]).message, /did you mean --speed\?$/)
})

test("a flag that is no list is refused the second time", () => {
  assert.equal(errorOf(["x", "-o", "a", "-o", "b"]).message, 'Cannot read -o "b": the flag is given twice')
  assert.deepEqual(parseArguments(command, ["x", "-f", "-f"]).list("force"), [])
})

test("a switch takes no value", () => {
  assert.equal(errorOf(["x", "--force=yes"]).message, 'Cannot read --force "yes": the flag takes no value')
})

test("words too few and too many are refused, with what is wanted", () => {
  assert.equal(errorOf([]).message, "Cannot run gear try: GEAR is missing, the gear to run")
  assert.equal(errorOf([""]).message, "Cannot run gear try: GEAR is empty, the gear to run")
  const place = { ...command, arguments: [{ name: "PLACE", says: "GROUP/PROJECT, or GROUP" }] }
  assert.equal(errorOf([], place).message, "Cannot run gear try: PLACE is missing, GROUP/PROJECT, or GROUP")
  assert.equal(
    errorOf(["a", "b", "c"]).message,
    'Cannot run gear try: "c" is one word too many, for it takes GEAR MORE',
  )
  assert.equal(
    errorOf(["a"], { ...command, arguments: [] }).message,
    'Cannot run gear try: "a" is one word too many, for it takes no words',
  )
  const many = { ...command, arguments: [{ name: "GEAR", says: "", many: true as const }] }
  assert.equal(parseArguments(many, ["a", "b", "c"]).words.length, 3)
})

test("whoever asks for help need not get the words right", () => {
  assert.equal(parseArguments(command, ["--help"]).has("help"), true)
})

test("a command with flags of others leaves unknown ones alone", () => {
  const given = parseArguments({ ...command, foreignFlags: true }, ["gear", "--speed", "2", "-o", "out"])
  assert.equal(given.text("output"), "out")
  assert.deepEqual(given.words, ["gear", "2"])
  assert.deepEqual(given.raw, ["gear", "--speed", "2", "-o", "out"])
})
