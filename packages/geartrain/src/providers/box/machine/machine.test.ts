import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { isAtLeast, readMachine } from "./machine.ts"
import { isAbandoned, makerMark } from "./maker-mark.ts"
import { sampleMemory } from "./memory-sampler.ts"
import { mendFor } from "./mend.ts"
import { dispositionOf } from "./signal-disposition.ts"
import { IN_USE, makeStateFolder, removeStateFolder, sweepStateFolders } from "./state-folder.ts"

test("versions of kernels are compared number by number, whatever follows", () => {
  for (const [kernel, isNew] of [
    ["5.10.0-21-amd64", true],
    ["5.9.16", false],
    ["5.100", true],
    ["6.0-rc1", true],
    ["4.19.0", false],
    ["10", true],
    ["", false],
    ["unknown", false],
  ] as const) {
    assert.equal(isAtLeast(kernel, [5, 10]), isNew, kernel)
  }
  assert.equal(readMachine().userNamespace, process.getuid?.() !== 0)
})

test("what a dead process of ours has made is abandoned; what lives, is another's or of another namespace is not", () => {
  const mark = makerMark()
  assert.match(mark, new RegExp(`^\\d+-${process.pid}$`))
  assert.equal(isAbandoned(`geartrain-${mark}-abc`), false)
  const { pid } = spawnSync("true")
  const [namespace] = mark.split("-")
  assert.equal(isAbandoned(`geartrain-${namespace}-${pid}-abc`), true)
  assert.equal(isAbandoned(`geartrain-boxes-${namespace}-${pid}-abc`), true)
  assert.equal(isAbandoned(`geartrain-1-${pid}-abc`), false)
  for (const name of [`docker-${namespace}-${pid}-abc`, `geartrain-${namespace}-${pid}-a/b`, "geartrain-", ""]) {
    assert.equal(isAbandoned(name), false, name)
  }
})

test("a provider's folder is its own, and those of dead programs are swept away", async () => {
  const [namespace] = makerMark().split("-")
  const { pid } = spawnSync("true")
  const dead = join(tmpdir(), `geartrain-boxes-${namespace}-${pid}-dead`)
  mkdirSync(join(dead, "inner"), { recursive: true })
  const folder = makeStateFolder((made) => made)
  try {
    await sweepStateFolders(folder)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.ok(existsSync(join(folder, IN_USE)))
    assert.match(folder, /^[\w./+-]+$/)
    assert.equal(existsSync(dead), false)
  } finally {
    rmSync(dead, { recursive: true, force: true })
    await removeStateFolder(folder)
  }
  assert.equal(existsSync(folder), false)
  await removeStateFolder(folder)
})

test("without a place for a provider's folder it is told which, and what to do, and nothing is left", async () => {
  const before = process.env["TMPDIR"]
  const place = mkdtempSync(join(tmpdir(), "geartrain-place-"))
  const refusing = (code: string) => () => {
    throw Object.assign(new Error("refused"), { code })
  }
  const hint = "Make room there, or set TMPDIR to another folder that you may write to"
  try {
    process.env["TMPDIR"] = place
    assert.throws(() => makeStateFolder(refusing("ENOSPC")), {
      ...{ code: "SYSTEM_REFUSED", hint },
      message: `Cannot make a folder for boxes in "${place}": the disk is full`,
    })
    assert.throws(() => makeStateFolder(refusing("EXXX")), { code: "EXXX" })
    assert.deepEqual(readdirSync(place), [])
    process.env["TMPDIR"] = `${place}/none`
    assert.throws(() => makeStateFolder(refusing("ENOSPC")), {
      ...{ code: "SYSTEM_REFUSED", hint },
      message: `Cannot make a folder for boxes in "${place}/none": there is no such folder`,
    })
  } finally {
    if (before === undefined) delete process.env["TMPDIR"]
    else process.env["TMPDIR"] = before
    rmSync(place, { recursive: true })
  }
})

test("the memory of a process and its children is seen, and nothing of one that is gone", async () => {
  const child = spawn("sh", ["-c", "echo ready; read -r line; sleep 60 & echo; wait"], {
    stdio: ["pipe", "pipe", "ignore"],
  })
  await once(child.stdout, "data")
  const sampler = sampleMemory("/proc", () => child.pid)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const peak = sampler.stop() ?? 0
  const own = Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024
  assert.ok(peak >= own && peak < own + 2 ** 30, `${peak} of ${own}`)
  child.kill("SIGKILL")
  await once(child, "exit")
  const none = sampleMemory("/proc", () => undefined)
  await new Promise((resolve) => setTimeout(resolve, 40))
  assert.equal(none.stop(), undefined)
})

test("what a signal does is read from the masks of the process", () => {
  const status = (masks: Partial<Record<"SigBlk" | "SigIgn" | "SigCgt", string>>): string =>
    Object.entries({ SigBlk: "0", SigIgn: "0", SigCgt: "0", ...masks })
      .map(([name, mask]) => `${name}:\t${mask.padStart(16, "0")}\n`)
      .join("")
  assert.equal(dispositionOf(status({}), 15), "ends")
  assert.equal(dispositionOf(status({ SigCgt: "4000" }), 15), "delivers")
  assert.equal(dispositionOf(status({ SigCgt: "4000" }), 14), "ends")
  assert.equal(dispositionOf(status({ SigBlk: "4000" }), 15), "delivers")
  assert.equal(dispositionOf(status({ SigIgn: "4000", SigCgt: "4000" }), 15), "ignores")
  assert.equal(dispositionOf(status({ SigCgt: "8000000000000000" }), 64), "delivers", "the highest of 64")
  assert.equal(dispositionOf("", 15), "ends")
})

test("there is always something to do about a provider that does not work", () => {
  for (const words of [
    "overlay: denied",
    "mount /proc: permission denied",
    "unshare: Operation not permitted",
    "",
    "?",
  ]) {
    assert.match(mendFor(words), /^[A-Zs].*[^.]$/, words)
  }
  assert.match(mendFor("cannot mount proc: Operation not permitted"), /\/proc of its own/)
})
