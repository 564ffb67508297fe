import assert from "node:assert/strict"
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { knownGear, rememberGear, stampOf } from "./known-images.ts"

const ID = `sha256:${"c".repeat(64)}` as const
let settings = { cache: "" }
before(async () => {
  settings = { cache: await mkdtemp(join(tmpdir(), "gear-known-")) }
})
after(() => rm(settings.cache, { recursive: true, force: true }))

test("what an image turned out to be is remembered by its stamp", async () => {
  assert.equal(await knownGear("1:2:3", settings), undefined)
  await rememberGear("1:2:3", ID, settings)
  assert.equal(await knownGear("1:2:3", settings), ID)
  assert.equal(await knownGear("constructor", settings), undefined)
})

test("the oldest is forgotten when there are many", async () => {
  await rememberGear("first", ID, settings)
  for (let count = 0; count < 200; count++) await rememberGear(`image ${count}`, ID, settings)
  assert.equal(await knownGear("first", settings), undefined)
  assert.equal(await knownGear("image 199", settings), ID)
})

test("a list that is damaged is no knowledge", async () => {
  await writeFile(join(settings.cache, "images.json"), '{"x": 1, "y": "sha256:no"')
  assert.equal(await knownGear("x", settings), undefined)
  await writeFile(join(settings.cache, "images.json"), '{"x": 1, "y": "sha256:no"}')
  assert.equal(await knownGear("y", settings), undefined)
})

test("a file that was changed just now has no stamp, and neither has what is no file", async () => {
  const path = join(settings.cache, "young")
  await writeFile(path, "x")
  // The time that a user can set does not make a file look old.
  await utimes(path, 0, 0)
  assert.equal(await stampOf(path), undefined)
  assert.equal(await stampOf(settings.cache), undefined)
  assert.equal(await stampOf(join(settings.cache, "none")), undefined)
  assert.match((await stampOf(process.execPath)) ?? "", /^\d+:\d+:\d+:/)
})
