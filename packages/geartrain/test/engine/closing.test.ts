import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openEngine } from "../../src/compose/open-engine.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"

test("an engine whose records can no longer be written leaves nothing of its boxes when it is closed", {
  skip: busyboxMissing() ?? false,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-closing-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const home = join(folder, "home")
  const engine = await openEngine({ home, cache: join(folder, "cache") }, { write: true, box: true })
  await engine.provider()
  const boxes = (): readonly string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith("geartrain-boxes-") && name.includes(`-${process.pid}-`))
  assert.equal(boxes().length, 1)
  for (const name of readdirSync(home).filter((each) => each.startsWith("records.db")))
    writeFileSync(join(home, name), "no database, and longer than the head of one ".repeat(400))
  await assert.rejects(engine.close())
  assert.deepEqual(boxes(), [])
})
