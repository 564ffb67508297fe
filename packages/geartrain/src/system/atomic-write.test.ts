import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { createAtomically, writeAtomically } from "./atomic-write.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-atomic-"))
after(() => rmSync(folder, { recursive: true, force: true }))

test("a file is there whole, in folders that are made for it", async () => {
  const path = join(folder, "a/b/file")
  await writeAtomically(path, async (file) => void (await file.writeFile("new")))
  assert.equal(readFileSync(path, "utf8"), "new")
  assert.deepEqual(readdirSync(join(folder, "a/b")), ["file"])
})

test("until the last byte is written readers have the old file", async () => {
  const path = join(folder, "replaced")
  writeFileSync(path, "old")
  const before = statSync(path).ino
  await writeAtomically(path, async (file) => {
    await file.writeFile("half")
    assert.equal(readFileSync(path, "utf8"), "old")
    await file.writeFile(" and half")
  })
  assert.equal(readFileSync(path, "utf8"), "half and half")
  assert.notEqual(statSync(path).ino, before)
})

test("a writer that fails leaves the old file and nothing else, and its error comes through", async () => {
  const path = join(folder, "kept/file")
  await writeAtomically(path, async (file) => void (await file.writeFile("old")))
  const reason = new RangeError("no more")
  const failing = writeAtomically(path, async (file) => {
    await file.writeFile("half")
    throw reason
  })
  await assert.rejects(failing, reason)
  assert.equal(readFileSync(path, "utf8"), "old")
  assert.deepEqual(readdirSync(join(folder, "kept")), ["file"])
})

test("writers at once do not mix: one of their files is there in the end", async () => {
  const path = join(folder, "race/file")
  const texts = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100_000))
  await Promise.all(texts.map((text) => writeAtomically(path, async (file) => void (await file.writeFile(text)))))
  assert.ok(texts.includes(readFileSync(path, "utf8")))
  assert.deepEqual(readdirSync(join(folder, "race")), ["file"])
})

test("a folder of that name is not replaced", async () => {
  await assert.rejects(
    writeAtomically(join(folder, "a"), async () => undefined),
    { code: "EISDIR" },
  )
  assert.deepEqual(readdirSync(join(folder, "a")), ["b"])
})

test("of several who make a file at once one succeeds, and the others change nothing", async () => {
  const path = join(folder, "made/file")
  const texts = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100_000))
  const made = await Promise.all(texts.map((text) => createAtomically(path, text)))
  assert.deepEqual(made.filter(Boolean), [true])
  assert.equal(readFileSync(path, "utf8"), texts[made.indexOf(true)])
  assert.equal(await createAtomically(path, "later"), false)
  assert.equal(readFileSync(path, "utf8"), texts[made.indexOf(true)])
  assert.deepEqual(readdirSync(join(folder, "made")), ["file"])
})

test("a file that nobody else may read is made so", async () => {
  const path = join(folder, "secret/file")
  await createAtomically(path, "secret", { mode: 0o600 })
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test("a file in the place of its folder is no file that was there before", async () => {
  writeFileSync(join(folder, "no-folder"), "")
  await assert.rejects(createAtomically(join(folder, "no-folder/file"), "text"), { code: "EEXIST" })
})
