import assert from "node:assert/strict"
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { type Login, openLoginFile } from "./login-file.ts"

const LOGIN: Login = { url: "https://a.example", user: "ann", token: "gtk_1_x", key: "1", isOwn: true }

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "geartrain-logins-"))
  context.after(() => rm(path, { recursive: true }))
  return path
}

test("the newest login comes first, and one server has one", async (context) => {
  const file = openLoginFile(join(await folder(context), "new"))
  assert.deepEqual(await file.read(), [])
  const other = { ...LOGIN, url: "https://b.example" }
  await file.keep(LOGIN)
  await file.keep(other)
  await file.keep({ ...LOGIN, user: "bob" })
  assert.deepEqual(
    (await file.read()).map(({ url, user }) => [url, user]),
    [
      ["https://a.example", "bob"],
      ["https://b.example", "ann"],
    ],
  )
  await file.remove("https://a.example")
  assert.deepEqual(await file.read(), [other])
})

test("nobody else can read it, also when its mode was lost", async (context) => {
  const path = await folder(context)
  const file = openLoginFile(path)
  await file.keep(LOGIN)
  const mode = async (): Promise<number> => (await stat(join(path, "servers.json"))).mode & 0o777
  assert.equal(await mode(), 0o600)
  await chmod(join(path, "servers.json"), 0o644)
  await file.read()
  assert.equal(await mode(), 0o600)
})

test("a file that is none is told, with what to do, and left as it is", async (context) => {
  const path = await folder(context)
  for (const text of [
    "",
    "[]",
    '{"format":"geartrain-logins/1","logins":[{"url":1}]}',
    '{"format":"other","logins":[]}',
  ]) {
    await writeFile(join(path, "servers.json"), text)
    await assert.rejects(openLoginFile(path).read(), (error) => isGeartrainError(error, "LOGIN_FILE_INVALID"), text)
    await assert.rejects(openLoginFile(path).keep(LOGIN), (error) => isGeartrainError(error, "LOGIN_FILE_INVALID"))
  }
})
