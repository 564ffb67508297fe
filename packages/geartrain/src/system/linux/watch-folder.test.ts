import assert from "node:assert/strict"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { watchFolder } from "./watch-folder.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-watch-"))
after(() => rmSync(folder, { recursive: true, force: true }))

test("every kind of change is told", async () => {
  const path = join(folder, "file")
  const changes = [
    () => writeFileSync(path, "x"),
    () => writeFileSync(path, "xy"),
    () => renameSync(path, `${path}2`),
    () => rmSync(`${path}2`),
  ]
  for (const change of changes) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const watcher = watchFolder(folder, resolve)
    change()
    // Keeps the process, which a watcher does not.
    const waiting = setInterval(() => undefined, 1000)
    await promise
    clearInterval(waiting)
    watcher.close()
  }
})

test("a folder that cannot be watched is looked at now and then, until that is closed", async () => {
  let times = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = watchFolder(join(folder, "none"), () => {
    times += 1
    if (times === 2) resolve()
  })
  const waiting = setInterval(() => undefined, 1000)
  await promise
  clearInterval(waiting)
  watcher.close()
  const before = times
  await new Promise((wait) => setTimeout(wait, 60))
  assert.equal(times, before)
})
