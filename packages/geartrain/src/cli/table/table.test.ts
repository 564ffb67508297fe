import assert from "node:assert/strict"
import { test } from "node:test"
import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import { parseArguments } from "../arguments/parse-arguments.ts"
import type { Command, Flag } from "../command.ts"
import { allRows, COMMAND_GROUPS } from "../command-table.ts"
import { BATCHES } from "./batches.ts"
import { CATALOGUE } from "./catalogue.ts"
import { FOREIGN_WORDS } from "./foreign-words.ts"
import { GEARS } from "./gears.ts"
import { JOBS } from "./jobs.ts"
import { MACHINE } from "./machine.ts"
import { PIPELINES } from "./pipelines.ts"
import { PROOF } from "./proof.ts"
import { REMOTE } from "./remote.ts"
import { SERVER } from "./server.ts"
import { THINGS } from "./things.ts"
import { WORKFLOWS } from "./workflows.ts"

const GROUPS = [...[GEARS, JOBS, WORKFLOWS, PIPELINES, PROOF, THINGS], ...[CATALOGUE, REMOTE, BATCHES, SERVER, MACHINE]]

async function everyCommand(): Promise<readonly Command[]> {
  return Promise.all(GROUPS.flatMap(({ rows }) => rows).map((row) => row.load()))
}

test("every group is shown once, and no two commands have one name", () => {
  assert.deepEqual(new Set(COMMAND_GROUPS), new Set(GROUPS))
  assert.equal(COMMAND_GROUPS.length, GROUPS.length)
  const names = allRows().map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  )
})

test("a row loads the command of its own name, and says it in one line without full stop", async () => {
  for (const { name, summary, load } of GROUPS.flatMap(({ rows }) => rows)) {
    assert.equal((await load()).name, name)
    assert.match(summary, /^[A-Z][^\n]*[^.\s]$/, name)
  }
})

test("a command of two words takes nothing from one of one word that begins so", () => {
  const names = allRows().map(({ name }) => name)
  for (const name of names.filter((one) => one.includes(" "))) {
    const [first = ""] = name.split(" ")
    // Else the second word could be meant as a word of the first command.
    assert.ok(!names.includes(first), name)
  }
})

test("words of other systems lead to commands that there are, and hide none", () => {
  const names = new Set(allRows().map(({ name }) => name))
  for (const [word, meant] of Object.entries(FOREIGN_WORDS)) {
    assert.ok(names.has(meant), `${word} is ${meant}`)
    assert.ok(!names.has(word), word)
  }
})

test("no flag hides one that every command has, and no letter means two flags", async () => {
  for (const { name, flags } of await everyCommand()) {
    const all: Readonly<Record<string, Flag>> = { ...GLOBAL_FLAGS, ...flags }
    const letters = Object.values(all).flatMap(({ short }) => (short === undefined ? [] : [short]))
    assert.deepEqual(
      letters.filter((letter, at) => letters.indexOf(letter) !== at),
      [],
      name,
    )
    for (const flag of Object.keys(flags)) assert.ok(!Object.hasOwn(GLOBAL_FLAGS, flag), `${name} --${flag}`)
  }
})

test("what may be left away comes after what may not, and only the last word may be many", async () => {
  for (const { name, arguments: words } of await everyCommand()) {
    const optional = words.map((word) => word.optional === true)
    assert.deepEqual(optional, optional.toSorted(), name)
    assert.ok(
      words.slice(0, -1).every((word) => word.many !== true),
      name,
    )
  }
})

/** The words of an example up to a pipe or a redirection, as a shell would hand them on; what stands for another is one word. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:\$\([^)]*\)|⟨[^⟩]*⟩|'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  const end = words.findIndex((word) => /^[|><]/.test(word))
  return (end === -1 ? words : words.slice(0, end)).map((word) => word.replaceAll(/['"]/g, ""))
}

test("every example can be typed: its flags and words are those of its command", async () => {
  for (const command of await everyCommand()) {
    assert.ok(command.examples.length > 0, command.name)
    for (const { command: line } of command.examples) {
      // What stands before is of another program, which pipes into it.
      const at = line.search(new RegExp(`\\bgear ${command.name}\\b`))
      assert.notEqual(at, -1, line)
      const typed = line.slice(at, line[at - 1] === "(" ? line.indexOf(")", at) : undefined)
      const words = wordsOf(typed).slice(1 + command.name.split(" ").length)
      assert.doesNotThrow(() => parseArguments(command, words), line)
    }
  }
})
