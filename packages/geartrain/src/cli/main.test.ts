import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"

const folder = mkdtempSync(join(tmpdir(), "gear-main-"))
after(() => rmSync(folder, { recursive: true, force: true }))

function gear(...args: readonly string[]) {
  return node(join(import.meta.dirname, "main.ts"), ...args)
}

function node(...args: readonly string[]) {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, XDG_CACHE_HOME: join(folder, "cache") }
  return spawnSync(process.execPath, args, { env, encoding: "utf8" })
}

test("the program ends with the exit code of its command, and nothing it wrote is lost", () => {
  assert.equal(gear("nosuch").status, 2)
  const help = gear("help")
  assert.equal(help.status, 0)
  assert.match(help.stdout, /gear COMMAND --help\n$/)
})

test("compiled code is kept in a folder of the user's own", () => {
  gear("version")
  assert.ok(existsSync(join(folder, "cache/geartrain/compiled")))
})

test("a crash that nothing catches is called a bug, and never ends with the code of an answer", () => {
  const bomb =
    "data:text/javascript,process.on('newListener',(name)=>{if(name==='uncaughtException')setImmediate(()=>{throw new TypeError('boom')})})"
  const main = join(import.meta.dirname, "main.ts")
  for (const [words, code] of [
    [["jobs"], 70],
    [["run", "g"], 125],
  ] as const) {
    const result = node("--import", bomb, main, ...words)
    assert.equal(result.status, code, result.stderr)
    assert.match(result.stderr, /^error BUG: This is a bug in gear, .*TypeError: boom\n/)
  }
})
