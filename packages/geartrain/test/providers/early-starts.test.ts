import assert from "node:assert/strict"
import { existsSync, globSync, lstatSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { after, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import type { Box, Provider } from "@geartrain/ports"
import { makeBench, missingFor, OPENERS, plainBox, shell } from "./bench.ts"

const bench = makeBench()
after(() => bench.remove())

/** Backends of this process that wait for their boxes. */
function waitingBackends(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isWaiting(`/proc/${name}`))
    .map(Number)
}

function isWaiting(process_: string): boolean {
  try {
    const words = readFileSync(`${process_}/cmdline`, "utf8").split("\0")
    return words.some((word) => word.includes(`-${process.pid}-`) && word.includes("/state/early/"))
  } catch {
    // It has ended meanwhile.
    return false
  }
}

async function codeOf(provider: Provider, box: Box): Promise<number> {
  const container = await provider.start(box)
  const { code } = await container.wait()
  await container.delete()
  return code
}

async function run(provider: Provider, count: number, script: string): Promise<readonly number[]> {
  const boxes = await Promise.all(Array.from({ length: count }, () => plainBox(bench, { command: shell(script) })))
  const codes: number[] = []
  for (const box of boxes) codes.push(await codeOf(provider, box))
  return codes
}

const open = OPENERS["crun"]
const skip = missingFor("crun") ?? false

test("backends that are killed while they wait for a box cost no box", { skip }, async () => {
  const provider = await (open as NonNullable<typeof open>)()
  try {
    assert.deepEqual(await run(provider, 3, "exit 4"), [4, 4, 4])
    for (let tries = 0; waitingBackends().length === 0 && tries < 500; tries += 1) await setTimeout(10)
    const waiting = waitingBackends()
    assert.ok(waiting.length > 0, "some wait after boxes that came one after the other")
    for (const pid of waiting) process.kill(pid, "SIGKILL")
    while (waiting.some((pid) => existsSync(`/proc/${pid}`))) await setTimeout(10)
    assert.deepEqual(await run(provider, 6, "exit 5"), [5, 5, 5, 5, 5, 5])
  } finally {
    await provider.close()
  }
  assert.deepEqual(waitingBackends(), [], "none outlives its provider")
})

test("a box is described by more than a pipe holds", { skip }, async () => {
  const provider = await (open as NonNullable<typeof open>)()
  const script = 'printf %s "$A$C" | wc -c | grep -qx 180000'
  try {
    const large = Object.fromEntries(["A", "B", "C"].map((name) => [name, name.repeat(90_000)]))
    for (let count = 0; count < 3; count += 1) {
      const box = await plainBox(bench, { environment: { PATH: "/bin:/usr/bin", ...large }, command: shell(script) })
      assert.equal(await codeOf(provider, box), 0)
    }
  } finally {
    await provider.close()
  }
})

test("nothing of a box's environment is left when it has gone", { skip }, async () => {
  const provider = await (open as NonNullable<typeof open>)()
  try {
    for (let count = 0; count < 3; count += 1) {
      const environment = { PATH: "/bin:/usr/bin", KEY: "hush-4711" }
      assert.equal(await codeOf(provider, await plainBox(bench, { environment, command: shell("exit 0") })), 0)
    }
    for (let tries = 0; waitingBackends().length === 0 && tries < 500; tries += 1) await setTimeout(10)
    const folders = `/proc/${waitingBackends()[0]}/root${earlyFolderOf(waitingBackends()[0] ?? 0)}`
    const files = globSync("*/*", { cwd: folders }).filter((path) => !path.endsWith("/config.json"))
    assert.ok(files.length > 0)
    for (const path of files) assert.doesNotMatch(readFileSync(join(folders, path), "utf8"), /hush/)
    for (const path of globSync("*/config.json", { cwd: folders }))
      assert.ok(lstatSync(join(folders, path)).isSymbolicLink(), `${path} is of a box that is to come`)
  } finally {
    await provider.close()
  }
})

/** Where the folders of all backends are that wait with this one, as that sees it. */
function earlyFolderOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
  const folder = words[words.indexOf("--bundle") + 1] ?? ""
  return dirname(folder)
}

test("boxes that wait for a program around them are made beside those that are begun early", { skip }, async () => {
  const provider = await (open as NonNullable<typeof open>)()
  try {
    for (let count = 0; count < 3; count += 1) {
      const around = await plainBox(bench, { command: shell("exit 6"), around: ["env", "-u", "NOTHING"] })
      assert.equal(await codeOf(provider, around), 6)
      assert.deepEqual(await run(provider, 1, "exit 7"), [7])
    }
  } finally {
    await provider.close()
  }
})
