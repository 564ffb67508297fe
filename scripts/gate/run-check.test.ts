import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { runCheck } from "./run-check.ts"

let folder = ""
before(() => {
  folder = mkdtempSync(join(tmpdir(), "geartrain-run-check-"))
})
after(() => rmSync(folder, { recursive: true }))

function checkOf(name: string, program: string) {
  const path = join(folder, name)
  writeFileSync(path, program)
  return { name, command: [process.execPath, "--test", path], isTests: true }
}

const IMPORT = 'import { describe, test, after } from "node:test"\n'

test("tests that pass, fail and are skipped are told apart, with their reasons", async () => {
  const result = await runCheck(
    checkOf(
      "three.test.mjs",
      `${IMPORT}describe("suite", () => {
        test("good", () => {})
        test("bad", () => { throw new RangeError("that is why") })
        test("later", { skip: "needs runc" }, () => {})
      })`,
    ),
  )
  assert.equal(result.passed, false)
  assert.deepEqual(
    result.tests.map(({ kind, name }) => [kind, name]),
    [
      ["passed", "good"],
      ["failed", "bad"],
      ["skipped", "later"],
    ],
  )
  const [, bad, later] = result.tests
  assert.match(bad?.kind === "failed" ? bad.error : "", /RangeError: that is why/)
  assert.equal(later?.kind === "skipped" ? later.reason : "", "needs runc")
})

test("a file that breaks before its first test is a failure", async () => {
  const result = await runCheck(checkOf("broken.test.mjs", 'throw new Error("no")'))
  assert.equal(result.passed, false)
  assert.equal(result.tests.filter(({ kind }) => kind === "failed").length, 1)
})

test("a hook of a suite that fails is a failure", async () => {
  const suite = `${IMPORT}describe("s", () => { after(() => { throw new Error("left something") }); test("good", () => {}) })`
  const result = await runCheck(checkOf("hook.test.mjs", suite))
  assert.equal(result.passed, false)
  assert.ok(result.tests.some((line) => line.kind === "failed" && line.error.includes("left something")))
})

test("a test program without a test fails", async () => {
  const result = await runCheck({
    ...checkOf("none.mjs", ""),
    command: [process.execPath, "--test", join(folder, "*.none")],
  })
  assert.equal(result.passed, false)
})

test("a program that does not end in time is killed with what it started, and fails", async () => {
  const result = await runCheck({ name: "slow", command: ["sh", "-c", "sleep 60 & wait"], timeoutMinutes: 0.3 / 60 })
  assert.equal(result.passed, false)
  assert.match(result.output, /Not done after/)
})
