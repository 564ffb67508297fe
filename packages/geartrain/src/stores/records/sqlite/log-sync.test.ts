import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { LogSync } from "./log-sync.ts"

const folder = await mkdtemp(join(tmpdir(), "geartrain-log-"))
after(() => rm(folder, { recursive: true, force: true }))

test("those who ask while the disk is waited for share the next wait, and closing waits for them", async () => {
  const path = join(folder, "records.db-wal")
  await writeFile(path, "frames")
  const log = new LogSync(path)
  const first = log.sync()
  assert.equal(log.sync(), first, "it has not begun")
  await new Promise((resolve) => setImmediate(resolve))
  const later = log.sync()
  assert.notEqual(later, first)
  assert.equal(log.sync(), later)
  let isDone = false
  void later.then(() => {
    isDone = true
  })
  await log.close()
  assert.ok(isDone)
  await first
  await log.close()
})

test("a log that is not there is an error for everybody who asks, until it is there", async () => {
  const path = join(folder, "missing-wal")
  const log = new LogSync(path)
  await assert.rejects(log.sync(), { code: "ENOENT" })
  await assert.rejects(log.sync(), { code: "ENOENT" })
  await writeFile(path, "")
  await log.sync()
  await log.close()
})
