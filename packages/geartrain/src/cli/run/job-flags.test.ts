import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseArguments } from "../arguments/parse-arguments.ts"
import type { Command, Given } from "../command.ts"
import { JOB_FLAGS, readLimits, readNetwork } from "./job-flags.ts"

const command: Command = {
  name: "try",
  arguments: [],
  flags: JOB_FLAGS,
  examples: [],
  exits: "gear",
  run: async () => ({}),
}

function given(...args: readonly string[]): Given {
  return parseArguments(command, args)
}

test("limits are read in the units that people use", () => {
  const limits = readLimits(
    given("--memory", "4g", "--cpus", "0.5", "--pids", "64", "--output-limit", "1k", "--timeout", "1m30s"),
  )
  assert.deepEqual(limits, {
    memoryBytes: 4 * 1024 ** 3,
    cpuCores: 0.5,
    processes: 64,
    outputBytes: 1024,
    timeMs: 90_000,
  })
})

test("what is not limited is not in the limits", () => {
  assert.deepEqual(readLimits(given()), {})
})

test("a limit that is none is refused", () => {
  for (const [flag, value] of [
    ["--memory", "lots"],
    ["--cpus", "0"],
    ["--pids", "1.5"],
    ["--timeout", "soon"],
  ] as const) {
    assert.throws(
      () => readLimits(given(flag, value)),
      (error) => isGeartrainError(error, "USAGE"),
      flag,
    )
  }
})

test("the network is none or outbound, and nothing is said of it unless it is given", () => {
  assert.equal(readNetwork(given()), undefined)
  assert.equal(readNetwork(given("--network", "none")), "none")
  assert.equal(readNetwork(given("--network", "outbound")), "outbound")
  assert.throws(
    () => readNetwork(given("--network", "host")),
    (error) => isGeartrainError(error, "USAGE"),
  )
})
