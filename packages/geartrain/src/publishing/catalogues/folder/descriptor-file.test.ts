import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { listDescriptors, readDescriptor, writeDescriptor } from "./descriptor-file.ts"

const DESCRIPTOR = { mediaType: "x/y", digest: `sha256:${"a".repeat(64)}`, sizeBytes: 3 } as const

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-descriptors-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test("a descriptor is read as it was written, and nothing half-written is left beside it", async (context) => {
  const home = folder(context)
  assert.ok(await writeDescriptor(join(home, "1.0"), DESCRIPTOR, { onlyNew: true }))
  assert.deepEqual(readDescriptor(join(home, "1.0")), DESCRIPTOR)
  assert.deepEqual(readdirSync(home), ["1.0"])
})

test("of several who write a new one at once, one succeeds, and what it wrote stays", async (context) => {
  const home = folder(context)
  const wishes = Array.from({ length: 8 }, (_, index) => ({ ...DESCRIPTOR, sizeBytes: index }))
  const won = await Promise.all(wishes.map((wish) => writeDescriptor(join(home, "1.0"), wish, { onlyNew: true })))
  assert.equal(won.filter((each) => each).length, 1)
  assert.equal(readDescriptor(join(home, "1.0"))?.sizeBytes, won.indexOf(true))
  await writeDescriptor(join(home, "1.0"), { ...DESCRIPTOR, sizeBytes: 99 }, { onlyNew: false })
  assert.equal(readDescriptor(join(home, "1.0"))?.sizeBytes, 99)
})

test("what is not there is none, and a folder that was never made holds none", async (context) => {
  const home = folder(context)
  assert.equal(readDescriptor(join(home, "1.0")), undefined)
  assert.equal((await listDescriptors(join(home, "never"))).size, 0)
})

test("a list has them by their names, in order, without those that somebody is writing", async (context) => {
  const home = folder(context)
  for (const name of ["2", "10", "1"]) await writeDescriptor(join(home, name), DESCRIPTOR, { onlyNew: true })
  writeFileSync(join(home, "3.tmp"), "{")
  assert.deepEqual([...(await listDescriptors(home)).keys()], ["1", "10", "2"])
})

test("whatever is no descriptor is damage, and is told by its name", async (context) => {
  const home = folder(context)
  const path = join(home, "1.0")
  const whole = { mediaType: "x/y", digest: DESCRIPTOR.digest, size: 3 }
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    "7",
    JSON.stringify({ ...whole, size: "3" }),
    JSON.stringify({ ...whole, mediaType: 1 }),
    JSON.stringify({ ...whole, digest: "sha256:../x" }),
    JSON.stringify({ ...whole, more: "x".repeat(5000) }),
  ]) {
    writeFileSync(path, text)
    assert.throws(() => readDescriptor(path), { code: "CATALOGUE_DAMAGED", message: /"1\.0" in the catalogue/ }, text)
  }
  rmSync(path)
  mkdirSync(path)
  assert.throws(() => readDescriptor(path), { code: "CATALOGUE_DAMAGED" })
})
