import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { findCredentials } from "./auth-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-auth-"))
after(() => rmSync(folder, { recursive: true }))

let files = 0
function write(document: unknown): string {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document))
  return path
}

function auths(entries: Readonly<Record<string, string>>): string {
  return write({
    auths: Object.fromEntries(
      Object.entries(entries).map(([key, secret]) => [key, { auth: Buffer.from(secret).toString("base64") }]),
    ),
  })
}

test("credentials are found by host, and by the longest path that fits", async () => {
  const file = auths({
    "r.test": "host:1",
    "r.test/lab": "lab:2",
    "r.test/lab/tool": "tool:3",
    "https://old.test/v1/": "old:4:5",
  })
  const find = (host: string, repository: string): unknown => findCredentials([file], host, repository)
  assert.deepEqual(await find("r.test", "other"), { username: "host", password: "1" })
  assert.deepEqual(await find("r.test", "lab/x"), { username: "lab", password: "2" })
  assert.deepEqual(await find("r.test", "lab/tool"), { username: "tool", password: "3" })
  assert.deepEqual(await find("old.test", "x"), { username: "old", password: "4:5" })
  assert.equal(await find("r.test:5000", "lab"), undefined)
})

test("the first file that knows the registry counts, and one that is not there is passed over", async () => {
  const [one, two] = [auths({ "a.test": "a:1" }), auths({ "a.test": "no:no", "b.test": "b:2" })]
  const none = join(folder, "none")
  assert.deepEqual(await findCredentials([none, one, two], "a.test", "x"), { username: "a", password: "1" })
  assert.deepEqual(await findCredentials([none, one, two], "b.test", "x"), { username: "b", password: "2" })
  assert.equal(await findCredentials([none, one, two], "c.test", "x"), undefined)
})

test("entries that docker leaves empty for a helper program are passed over", async () => {
  const file = write({ auths: { "a.test": {}, "b.test": { auth: "" }, "c.test": null }, credsStore: "secretservice" })
  for (const host of ["a.test", "b.test", "c.test"]) assert.equal(await findCredentials([file], host, "x"), undefined)
  assert.equal(await findCredentials([write({})], "a.test", "x"), undefined)
  assert.equal(await findCredentials([write("[]")], "a.test", "x"), undefined)
})

test("a file that cannot be understood is refused, and nothing of it is told", async () => {
  const secret = "c2VjcmV0"
  for (const document of [`{"auths": ${secret}`, { auths: { "a.test": { auth: secret } } }]) {
    await assert.rejects(findCredentials([write(document)], "a.test", "x"), (error) => {
      assert.ok(isGeartrainError(error, "SECRET_UNREADABLE"))
      assert.ok(!`${error.message}${error.stack}${error.cause}`.includes("secret") && !error.message.includes(secret))
      return true
    })
  }
})
