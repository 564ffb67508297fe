import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"
import { type GearResult, gearOnTerminal } from "./gear-process.ts"

const ESC = "\u001b"
const skip = spawnSync("script", ["--version"]).error === undefined ? false : "needs script (package bsdutils)"

/** What `gear` prints when a terminal is on the other side. */
async function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<GearResult> {
  return await gearOnTerminal(args, { env: { HOME: "/nonexistent", ...env } })
}

test("a terminal gets colours", { skip }, async () => {
  const { out, code } = await onTerminal(["help"])
  assert.equal(code, 0)
  assert.ok(out.includes(`${ESC}[1mgear${ESC}[22m`))
})

test("NO_COLOR, TERM=dumb and --no-color take them away", { skip }, async () => {
  assert.ok(!(await onTerminal(["help"], { NO_COLOR: "1" })).out.includes(ESC))
  assert.ok(!(await onTerminal(["help"], { TERM: "dumb" })).out.includes(ESC))
  assert.ok(!(await onTerminal(["help", "--no-color"])).out.includes(ESC))
  assert.ok(!(await onTerminal(["nosuch", "--no-color"])).out.includes(ESC))
})

test("what a user typed is not obeyed by the terminal", { skip }, async () => {
  const { out, code } = await onTerminal([`evil${ESC}]0;title\u0007`, "--no-color"])
  assert.equal(code, 2)
  assert.ok(out.includes('Cannot run gear "evil\\x1b]0;title\\x07"'))
})
