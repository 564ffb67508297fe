import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setFlagsFromString } from "node:v8"
import { loadWithCode } from "./kept-code.ts"

// A source that was loaded before in this very process would need no other code.
setFlagsFromString("--no-compilation-cache")

const top = mkdtempSync(join(tmpdir(), "gear-kept-code-"))
after(() => rmSync(top, { recursive: true, force: true }))

/** Functions that are compiled when they are called, and not before. */
const SOURCE = `
  let calls = 0
  exports.first = function first() { calls += 1; return "first " + __filename.endsWith("/program.cjs") + calls }
  exports.second = function second(word) { return [..."second " + word].map((letter) => letter.toUpperCase()).join("") }
  exports.load = () => Promise.resolve().then(() => require("./other.cjs"))
`

function place(): { readonly file: string; readonly folder: string; readonly kept: string } {
  const folder = mkdtempSync(join(top, "place-"))
  const file = join(folder, "program.cjs")
  writeFileSync(file, SOURCE)
  writeFileSync(join(folder, "other.cjs"), "module.exports = { word: 'other' }")
  return { file, folder, kept: join(folder, "program.code") }
}

interface Program {
  first(): string
  second(word: string): string
  load(): Promise<{ readonly word: string }>
}

function load(file: string, kept?: string): ReturnType<typeof loadWithCode> & { readonly exports: Program } {
  const loaded = loadWithCode(file, kept)
  return { ...loaded, exports: loaded.exports as Program }
}

test("a file runs the same with the code that was kept of it as without, and its state is its own", async () => {
  const { file, kept } = place()
  for (const isCompiled of [false, true]) {
    const program = load(file, kept)
    assert.equal(program.isCompiled, isCompiled)
    assert.equal(program.exports.first(), "first true1")
    assert.equal(program.exports.second("x"), "SECOND X")
    assert.deepEqual(await program.exports.load(), { word: "other" })
    program.keep()
  }
})

test("what is kept has the functions that were called, those of runs before too", () => {
  const { file, kept } = place()
  const sizes = [(): string => "", (one: Program) => one.first(), (one: Program) => one.second("x"), () => ""].map(
    (use) => {
      const program = load(file, kept)
      use(program.exports)
      program.keep()
      return statSync(kept).size
    },
  )
  const [none = 0, one = 0, two = 0, again = 0] = sizes
  assert.ok(none < one && one < two, String(sizes))
  assert.equal(again, two)
})

test("after a few runs nothing is written any more", () => {
  const { file, kept } = place()
  for (let run = 0; run < 4; run += 1) load(file, kept).keep()
  const { ino } = statSync(kept)
  const program = load(file, kept)
  program.exports.second("x")
  program.keep()
  assert.equal(statSync(kept).ino, ino)
})

test("what is no code of this source is not run, and is replaced", () => {
  const { file, kept } = place()
  load(file, kept).keep()
  const code = readFileSync(kept)
  const flipped = Buffer.from(code)
  flipped.writeUInt32LE(~flipped.readUInt32LE(0) >>> 0, 0)
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from("nonsense"),
    Buffer.alloc(code.length),
    code.subarray(0, -9),
    flipped,
  ]) {
    writeFileSync(kept, bytes)
    const program = load(file, kept)
    assert.equal(program.isCompiled, false)
    assert.equal(program.exports.second("x"), "SECOND X")
    program.keep()
    assert.equal(load(file, kept).isCompiled, true)
  }
  writeFileSync(file, `${SOURCE}\nexports.first = () => "changed"`)
  const changed = load(file, kept)
  assert.equal(changed.isCompiled, false)
  assert.equal(changed.exports.first(), "changed")
})

test("without a place for code a file runs all the same, and nothing is left where it cannot be kept", () => {
  const { file, folder } = place()
  for (const kept of [undefined, join(folder, "no-such-folder/program.code"), folder]) {
    const program = load(file, kept)
    assert.equal(program.exports.first(), "first true1")
    program.keep()
  }
  assert.deepEqual(readdirSync(folder).sort(), ["other.cjs", "program.cjs"])
})

test("what was kept for programs that are no more goes when there is a new one", () => {
  const { file, folder, kept } = place()
  const ages = { old: 31, recent: 29 }
  for (const [name, days] of Object.entries(ages)) {
    const path = join(folder, `${name}.code`)
    writeFileSync(path, "code")
    const at = Date.now() / 1000 - days * 24 * 60 * 60
    utimesSync(path, at, at)
  }
  load(file, kept).keep()
  assert.deepEqual(readdirSync(folder).sort(), ["other.cjs", "program.cjs", "program.code", "recent.code"])
  assert.equal(statSync(kept).mode & 0o777, 0o600)
})

test("an error of the program's own is told", () => {
  const { file, kept } = place()
  writeFileSync(file, "throw Object.assign(new Error('mine'), { code: 'ENOENT' })")
  assert.throws(() => load(file, kept), /mine/)
})
