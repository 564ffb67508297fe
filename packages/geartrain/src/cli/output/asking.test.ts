import assert from "node:assert/strict"
import { PassThrough } from "node:stream"
import { type TestContext, test } from "node:test"
import { askYesNo } from "./ask.ts"
import { askLine } from "./ask-line.ts"

/** Types this on standard input as soon as something is asked, and keeps what is written to standard error. */
function typing(context: TestContext, typed: string): () => string {
  const input = new PassThrough()
  const own = Object.getOwnPropertyDescriptor(process, "stdin") ?? assert.fail("there is no standard input")
  Object.defineProperty(process, "stdin", { configurable: true, value: input })
  context.after(() => Object.defineProperty(process, "stdin", own))
  let written = ""
  context.mock.method(process.stderr, "write", (chunk: string | Uint8Array) => {
    written += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)
    return true
  })
  input.end(typed)
  return () => written
}

test("only y and yes are yes, in any case and with blanks around", async (context) => {
  for (const [typed, isYes] of [
    ["y\n", true],
    [" YES \n", true],
    ["Yes\r\n", true],
    ["\n", false],
    ["n\n", false],
    ["yess\n", false],
    ["y n\n", false],
    ["1\n", false],
  ] as const) {
    const written = typing(context, typed)
    assert.equal(await askYesNo("Run 3 jobs?"), isYes, JSON.stringify(typed))
    assert.match(written(), /Run 3 jobs\? \[y\/N\] /)
  }
})

test("a line is what was typed before the line's end, and a hidden one is not shown", async (context) => {
  const shown = typing(context, "ada\nmore\n")
  assert.equal(await askLine("Login: "), "ada")
  assert.ok(shown().includes("Login: "))
  const hidden = typing(context, "correct horse\n")
  assert.equal(await askLine("Password: ", { hidden: true }), "correct horse")
  assert.equal(hidden(), "Password: \n")
})

test("who ends the input instead, or interrupts it, has not answered", async (context) => {
  for (const typed of ["", "\u0003", "\u0004"]) {
    const written = typing(context, typed)
    await assert.rejects(askLine("Password: ", { hidden: true }), { code: "INTERRUPTED" }, JSON.stringify(typed))
    assert.equal(written(), "Password: \n")
    typing(context, typed)
    await assert.rejects(askYesNo("Forget it?"), { code: "INTERRUPTED" }, JSON.stringify(typed))
  }
})
