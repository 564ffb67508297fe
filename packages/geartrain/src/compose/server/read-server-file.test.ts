import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { readServerFile } from "./read-server-file.ts"

function fileOf(t: TestContext, text: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-server-file-"))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, "server.yaml"), text)
  return join(folder, "server.yaml")
}

async function refusalOf(path: string): Promise<string> {
  try {
    await readServerFile(path)
  } catch (error) {
    assert.ok(isGeartrainError(error, "SETTINGS_INVALID"), String(error))
    return error.message.replaceAll(path, "FILE")
  }
  return "none"
}

test("settings are read by their names, and called by file and name where one is wrong", async (t) => {
  const path = fileOf(t, "# the lab's\nport: 8080\nopen-metrics: true\nhost: 0.0.0.0\n")
  const { values, nameOf } = await readServerFile(path)
  assert.deepEqual(values, { port: 8080, "open-metrics": true, host: "0.0.0.0" })
  assert.equal(nameOf("port"), `${path}: port`)
})

test("words that other readers of YAML take for something else stay words", async (t) => {
  const { values } = await readServerFile(fileOf(t, "a: no\nb: 1_000\nc: 12:30:00\n"))
  assert.deepEqual(values, { a: "no", b: "1_000", c: "12:30:00" })
})

test("a file that holds no settings is told so", async (t) => {
  for (const text of ["- a\n", "text\n", "null\n", "7\n", ""])
    assert.equal(await refusalOf(fileOf(t, text)), 'Cannot use settings file "FILE": it holds no settings', text)
})

test("what is no YAML is told with its line, and what cannot be read with why", async (t) => {
  assert.match(await refusalOf(fileOf(t, 'port: 8080\nhost: "open\n')), /^Cannot read "FILE": FILE:3:1 /)
  assert.match(await refusalOf(fileOf(t, "a: 1\na: 2\n")), /^Cannot read "FILE": FILE:2:1 /)
  assert.match(await refusalOf(fileOf(t, Buffer.from([0x61, 0x3a, 0x20, 0xff]))), /it is not UTF-8$/)
  const path = fileOf(t, "")
  assert.match(await refusalOf(`${path}-none`), /: it cannot be read \(ENOENT\)$/)
  assert.match(await refusalOf(join(path, "..")), /: it is no regular file$/)
})
