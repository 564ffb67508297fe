import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { watchLimits } from "./watch-limits.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-watch-"))
after(() => rmSync(folder, { recursive: true, force: true }))

function made(name: string, sizeBytes: number): string {
  const base = join(folder, name)
  mkdirSync(join(base, "output/deep"), { recursive: true })
  writeFileSync(join(base, "output/deep/file"), Buffer.alloc(sizeBytes, "x"))
  return base
}

test("a job without limits is watched until it ends", async () => {
  const over = new AbortController()
  const watching = watchLimits({ base: made("free", 1), limits: {} }, over.signal)
  setTimeout(() => over.abort(), 20)
  assert.equal(await watching, undefined)
})

test("a job that is over its time is ended, also when it was over from the beginning", async () => {
  const { signal } = new AbortController()
  assert.equal(await watchLimits({ base: made("slow", 1), limits: { timeMs: 30 } }, signal), "time-limit")
  assert.equal(await watchLimits({ base: made("late", 1), limits: { timeMs: 0 } }, signal), "time-limit")
})

test("what was written is counted in all folders, by the room that it takes", async () => {
  const { signal } = new AbortController()
  const limits = { outputBytes: 100_000, timeMs: 700 }
  assert.equal(await watchLimits({ base: made("large", 300_000), limits }, signal), "output-limit")
  assert.equal(await watchLimits({ base: made("small", 1000), limits }, signal), "time-limit")
})

test("a sparse file counts for nothing, and links are not followed to what others wrote", async () => {
  const { signal } = new AbortController()
  const base = made("sparse", 1)
  writeFileSync(join(base, "output/hole"), "")
  truncateSync(join(base, "output/hole"), 2 ** 40)
  symlinkSync(made("elsewhere", 300_000), join(base, "output/link"))
  symlinkSync("circle", join(base, "output/circle"))
  assert.equal(await watchLimits({ base, limits: { outputBytes: 100_000, timeMs: 600 } }, signal), "time-limit")
})

test("a folder that is gone is told, and not taken for an end", async () => {
  const { signal } = new AbortController()
  await assert.rejects(watchLimits({ base: join(folder, "none"), limits: {} }, signal), { code: "ENOENT" })
})
