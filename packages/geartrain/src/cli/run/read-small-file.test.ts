import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { GeartrainError, type JsonFault } from "@geartrain/spec"
import { faultRefusal, readSmallFile } from "./read-small-file.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-small-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const rules = {
  longestBytes: 5,
  refuse: ({ is, details }: { readonly is: string; readonly details?: object }) =>
    new GeartrainError("USAGE", is, details === undefined ? {} : { details: { ...details } }),
}

test("a small text is read; a file of the most bytes, too", async (context) => {
  const path = join(folder(context), "a")
  for (const text of ["", "h\u00e9llo".slice(0, 4)]) {
    writeFileSync(path, text)
    assert.equal(await readSmallFile(path, rules), text)
  }
})

test("what is too long, no file, not there, or no text is refused in the caller's words", async (context) => {
  const home = folder(context)
  const path = join(home, "a")
  const is = (of: string) => readSmallFile(of, rules).then(assert.fail, (error: Error) => error.message)
  writeFileSync(path, "123456")
  assert.equal(await is(path), "it has 6 bytes, and 5 are the most")
  assert.equal(await is(home), "it is no regular file")
  assert.equal(await is(join(home, "none")), "there is no such file")
  assert.equal(await is(join(path, "below")), "there is no such file")
  writeFileSync(path, Uint8Array.of(0x61, 0xff))
  assert.match(await is(path), /^it has 1 fault\n.*a:1:2: /)
})

test("faults are told a line each, as many as fit on a screen", () => {
  const fault: JsonFault = { kind: "syntax", line: 3, column: 4, problem: "P", fix: "Mend it" } as unknown as JsonFault
  assert.equal(faultRefusal("f.json", [fault]).is, "it has 1 fault\nf.json:3:4: P; mend it")
  const many = faultRefusal("f", Array(25).fill(fault))
  assert.match(many.is, /^it has 25 faults\n/)
  assert.equal(many.is.split("\n").length, 22)
  assert.equal(many.is.split("\n").at(-1), "… and 5 more")
  assert.deepEqual(many.details?.["faults"], Array(25).fill({ kind: "syntax", line: 3, column: 4 }))
})
