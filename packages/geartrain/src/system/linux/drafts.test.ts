import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  chownSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { ownIdentity, type ProcessIdentity } from "../host.ts"
import { draftPath, sweepDrafts, writeByDraft } from "./drafts.ts"
import { processName } from "./process-name.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-drafts-"))
after(() => rmSync(home, { recursive: true, force: true }))

const DEAD: ProcessIdentity = { ...ownIdentity(), pid: spawnSync("true").pid }
const DAY_S = 24 * 60 * 60

function folder(name: string): string {
  const path = join(home, name)
  mkdirSync(path)
  return path
}

function leave(where: string, maker: ProcessIdentity, ageDays = 0): string {
  const name = `.gear-${processName(maker)}.0123abcd`
  writeFileSync(join(where, name), "half")
  const seconds = Date.now() / 1000 - ageDays * DAY_S
  lutimesSync(join(where, name), seconds, seconds)
  return name
}

test("what a process has begun stays while it lives, and goes after it was killed", async (context) => {
  const where = folder("killed")
  const script = `const { draftPath } = await import(${JSON.stringify(join(import.meta.dirname, "drafts.ts"))})
    const { mkdirSync, writeFileSync } = await import("node:fs")
    const place = draftPath(${JSON.stringify(where)})
    mkdirSync(place, { mode: 0o700 })
    writeFileSync(place + "/part", "half")
    writeFileSync(draftPath(${JSON.stringify(where)}), "half")
    console.log("begun"); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] })
  context.after(() => other.kill("SIGKILL"))
  await once(other.stdout, "data")
  writeFileSync(draftPath(where), "own")
  await sweepDrafts(where)
  assert.equal(readdirSync(where).length, 3)
  other.kill("SIGKILL")
  await once(other, "close")
  await writeByDraft(join(where, "whole"), (file) => file.writeFile("all"))
  const left = readdirSync(where).toSorted()
  assert.equal(left.length, 2)
  assert.match(left[0] ?? "", new RegExp(`^\\.gear-${process.pid}@`))
  assert.equal(left[1], "whole")
})

test("another machine, container or user may still need theirs, and other names are not ours", async () => {
  const where = folder("others")
  const [ticks = "", boot = "", namespace = ""] = DEAD.startTime.split("@")
  const kept = [
    leave(where, { ...DEAD, host: "another-machine" }, 100),
    leave(where, { ...DEAD, startTime: `${ticks}@${boot}@1${namespace}` }, 100),
    // Of this machine before it was started again, or of another one that has its name.
    leave(where, { ...DEAD, startTime: `${ticks}@0-${boot}@${namespace}` }, 6),
  ]
  for (const name of [
    ".gear-",
    ".gear-Ab12Cd",
    ".gear-0123456789abcdef01234567.part",
    `.gear-${processName(DEAD)}`,
    `.gear-${processName(DEAD)}.0123abcd.tmp`,
    `gear-${processName(DEAD)}.0123abcd`,
  ]) {
    writeFileSync(join(where, name), "")
    kept.push(name)
  }
  await sweepDrafts(where)
  assert.deepEqual(readdirSync(where).toSorted(), kept.toSorted())
})

test("a draft from before the machine was started again goes when nobody has touched it for a week", async () => {
  const where = folder("rebooted")
  const [ticks = "", boot = "", namespace = ""] = DEAD.startTime.split("@")
  leave(where, { ...DEAD, startTime: `${ticks}@0-${boot}@${namespace}` }, 8)
  await sweepDrafts(where)
  assert.deepEqual(readdirSync(where), [])
})

test("a link that is called so goes, and not what it leads to", async () => {
  const where = folder("linked")
  const precious = folder("precious")
  writeFileSync(join(precious, "mine"), "")
  symlinkSync(precious, join(where, `.gear-${processName(DEAD)}.0123abcd`))
  await sweepDrafts(where)
  assert.deepEqual(readdirSync(where), [])
  assert.ok(existsSync(join(precious, "mine")))
})

test("what belongs to another user stays", {
  skip: process.getuid?.() === 0 ? false : "needs root, to give a file away",
}, async () => {
  const where = folder("given")
  const name = leave(where, DEAD)
  chownSync(join(where, name), 12_345, 12_345)
  await sweepDrafts(where)
  assert.deepEqual(readdirSync(where), [name])
})

test("a folder that is not there, or is none, is for others to complain of", async () => {
  await sweepDrafts(join(home, "nowhere"))
  writeFileSync(join(home, "file"), "")
  await sweepDrafts(join(home, "file"))
  assert.ok(existsSync(join(home, "file")))
})
