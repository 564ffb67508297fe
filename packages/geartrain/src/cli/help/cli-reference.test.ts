import assert from "node:assert/strict"
import { test } from "node:test"
import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import type { Command, CommandGroup } from "../command.ts"
import { createPaint } from "../output/paint.ts"
import { cliReference } from "./cli-reference.ts"
import { commandHelp, sectionLines, usageLine } from "./command-help.ts"
import { explainCode } from "./explain-code.ts"
import { topHelp } from "./top-help.ts"

const command: Command = {
  name: "try",
  arguments: [
    { name: "A|B", says: "One of two" },
    { name: "MORE", says: "More", optional: true, many: true },
  ],
  flags: {
    to: { type: "text", short: "t", value: "<PATH>", many: true, says: "Where to" },
    fast: { type: "switch", says: "Soon" },
  },
  examples: [{ command: "gear try a", says: "Try it" }],
  notes: ["Mind the gap."],
  exits: "answer",
  exitNotes: { 1: "no" },
  run: async () => ({}),
}
const groups: readonly CommandGroup[] = [
  { title: "All", rows: [{ name: "try", summary: "Try something", load: async () => command }] },
]
const page = { columns: 60, paint: createPaint(false) }

test("the help of a command has examples first, and everything that it takes", () => {
  const lines = commandHelp({ command, summary: "Try something" }, page)
  assert.deepEqual(lines.slice(0, 5), ["gear try: try something", "", "  gear try a", "      Try it", ""])
  const text = lines.join("\n")
  for (const words of [
    "Usage  gear try A|B [MORE...] [flags]",
    "  A|B   One of two",
    "  -t, --to <PATH>  Where to (may be repeated)",
    "Mind the gap.",
    "  1  no",
  ]) {
    assert.ok(text.includes(words), words)
  }
  for (const flag of Object.keys(GLOBAL_FLAGS)) assert.ok(text.includes(`--${flag}`), flag)
})

test("a command that has flags of a gear says so", () => {
  assert.equal(usageLine({ ...command, foreignFlags: true }), "gear try A|B [MORE...] [flags] [the gear's own flags]")
})

test("a left column that is too wide gets a line of its own", () => {
  const wide = "--a-flag-that-is-much-too-long-for-a-column"
  assert.deepEqual(sectionLines({ title: "T", rows: [[wide, "what it is"]] }, page).slice(2), [
    `  ${wide}`,
    `${" ".repeat(38)}what it is`,
  ])
  assert.deepEqual(sectionLines({ title: "T", rows: [] }, page), [])
})

test("the first page lists groups, commands and topics", () => {
  const text = topHelp(groups, page).join("\n")
  for (const words of ["All\n  try  Try something", "help exit-codes", "--json"]) assert.ok(text.includes(words), words)
})

test("a code is explained as an error, as a reason, or as both", () => {
  assert.match(explainCode("INPUT_CHANGED", page)?.join("\n") ?? "", /reason of a failed job[\s\S]*As an error/)
  assert.match(explainCode("DIFFERENT", page)?.join("\n") ?? "", /not the same/)
  assert.equal(explainCode("NO_SUCH_CODE", page), undefined)
  assert.equal(explainCode("constructor", page), undefined)
})

test("the reference page has every command with all that it takes, as Markdown", async () => {
  const text = await cliReference(groups)
  for (const words of [
    "- [gear try](#gear-try): Try something",
    "## gear try\n\nTry something.\n\n    gear try A|B [MORE...] [flags]",
    "| `A\\|B` | One of two |",
    "| `-t, --to <PATH>` | Where to (may be repeated) |",
    "| `1` | no |",
    "## gear help exit-codes",
  ]) {
    assert.ok(text.includes(words), words)
  }
})
