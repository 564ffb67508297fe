import assert from "node:assert/strict"
import { test } from "node:test"
import { parseArguments } from "./arguments/parse-arguments.ts"
import { allRows, findRow } from "./command-table.ts"
import { RUNS_GEARS, runProgram } from "./program.ts"

test("a command line is carried out to its exit code", async () => {
  assert.equal(await runProgram(["__complete", "--", "no-such-command", ""]), 0)
})

test("every command asks for help by itself, whatever words are missing", async () => {
  for (const row of allRows()) {
    assert.equal(parseArguments(await row.load(), ["--help"]).has("help"), true, row.name)
  }
  assert.equal(findRow("nosuch"), undefined)
})

test("the commands whose exit code is the gear's are known before they are loaded", async () => {
  const commands = await Promise.all(allRows().map((row) => row.load()))
  const names = commands.filter((command) => command.exits === "gear").map((command) => command.name)
  assert.deepEqual(names.toSorted(), [...RUNS_GEARS].toSorted())
})
