import assert from "node:assert/strict"
import { appendFile, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { readLines } from "./read-lines.ts"

async function logOf(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-read-lines-"))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, "log"), text)
  return join(folder, "log")
}

async function read(path: string, from: number, mostBytes = 1000): Promise<string> {
  return Buffer.from(await readLines(path, from, mostBytes)).toString()
}

test("whole lines are read, and what is still being written is left for the next time", async (t) => {
  const path = await logOf(t, "one\ntwo\nthr")
  assert.equal(await read(path, 0), "one\ntwo\n")
  assert.equal(await read(path, 8), "")
  await appendFile(path, "ee\n")
  assert.equal(await read(path, 8), "three\n")
})

test("where nothing is, nothing is read: no file, an empty one, or one that ended before", async (t) => {
  const path = await logOf(t, "")
  for (const from of [0, 1, 1000]) assert.equal(await read(path, from), "")
  assert.equal(await read(`${path}-none`, 0), "")
})

test("no more is read than was asked for, and never a part of a line", async (t) => {
  const path = await logOf(t, "one\ntwo\nthree\n")
  assert.equal(await read(path, 0, 4), "one\n")
  assert.equal(await read(path, 0, 7), "one\n")
  assert.equal(await read(path, 0, 8), "one\ntwo\n")
  assert.equal(await read(path, 0, 3), "")
})

test("letters of several bytes are not torn apart, as a line ends after them", async (t) => {
  const path = await logOf(t, "é\n\u{1f600}\n")
  for (let most = 0; most <= 8; most += 1)
    assert.ok(["", "é\n", "é\n\u{1f600}\n"].includes(await read(path, 0, most)), String(most))
})

test("a link that was put in the place of a log is not followed", async (t) => {
  const path = await logOf(t, "secret\n")
  await symlink(path, `${path}-link`)
  await assert.rejects(readLines(`${path}-link`, 0, 1000), { code: "ELOOP" })
})
