import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { catalogueLaws, keepsLaws } from "@geartrain/ports/laws"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { openFolderCatalogue } from "./index.ts"

const top = mkdtempSync(join(tmpdir(), "geartrain-catalogue-"))
after(() => rmSync(top, { recursive: true, force: true }))
let folders = 0

function newFolder(): string {
  folders += 1
  return join(top, String(folders))
}

keepsLaws(test, "folder", {
  laws: catalogueLaws,
  open: async () => {
    const port = openFolderCatalogue(newFolder())
    // The catalogue is there, as it is after the first that was published.
    await port.writeBlob("law-gear", descriptorOf("first"), () => piecesOf("first"))
    return { port, close: async () => {} }
  },
})

function descriptorOf(text: string) {
  return { mediaType: "text/plain", digest: sha256(Buffer.from(text)), sizeBytes: text.length }
}

async function* piecesOf(text: string): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(text)
}

function fails(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, message)
    return true
  }
}

const MANIFEST = { mediaType: "application/vnd.oci.image.manifest.v1+json", bytes: Buffer.from('{"schemaVersion":2}') }

test("a folder that is no catalogue is neither read nor written", async () => {
  const folder = newFolder()
  const port = openFolderCatalogue(folder)
  await assert.rejects(port.tags("a"), fails("CATALOGUE_NOT_FOUND", /there is none/))
  mkdirSync(folder)
  writeFileSync(join(folder, "letter.txt"), "")
  await assert.rejects(port.tags("a"), fails("CATALOGUE_NOT_FOUND", /it holds other things/))
  await assert.rejects(port.writeManifest("a", MANIFEST), fails("CATALOGUE_NOT_FOUND", /it holds other things/))
  assert.deepEqual(readdirSync(folder), ["letter.txt"])
  const file = openFolderCatalogue(join(folder, "letter.txt"))
  await assert.rejects(file.writeManifest("a", MANIFEST), fails("CATALOGUE_NOT_FOUND", /it is no folder/))
})

test("no name leads out of the catalogue", async () => {
  const folder = newFolder()
  const port = openFolderCatalogue(folder)
  for (const name of ["..", "a/b", "", "A", "a".repeat(101)]) {
    await assert.rejects(port.writeManifest(name, MANIFEST), fails("TAG_INVALID", /is no name of a gear/))
    await assert.rejects(port.tags(name), fails("TAG_INVALID", /is no name/))
  }
  for (const tag of ["..", "../x", "", "a/b", "-a", "a".repeat(129)]) {
    await assert.rejects(port.writeManifest("a", MANIFEST, { tag }), fails("TAG_INVALID", /is no tag/))
    await assert.rejects(port.readManifest("a", tag), fails("TAG_INVALID", /is no tag/))
  }
})

test("what was changed or cut in the folder is found, and no link in it is followed", async () => {
  const folder = newFolder()
  const port = openFolderCatalogue(folder)
  const { digest } = await port.writeManifest("a", MANIFEST, { tag: "1" })
  const path = join(folder, "a/blobs/sha256", digest.slice(7))
  writeFileSync(path, '{"schemaVersion":3}')
  await assert.rejects(port.readManifest("a", "1"), fails("CATALOGUE_DAMAGED", /another digest/))
  writeFileSync(path, "{")
  await assert.rejects(port.readManifest("a", "1"), fails("CATALOGUE_DAMAGED", /it has 1 bytes, and should have 19/))
  rmSync(path)
  await assert.rejects(port.readManifest("a", "1"), fails("BLOB_NOT_FOUND", /not there/))
  symlinkSync("/dev/zero", path)
  await assert.rejects(port.readManifest("a", "1"), fails("CATALOGUE_DAMAGED", /it is no file/))
  for (const text of ["", "null", "{}", `{"mediaType":"a","size":1,"digest":"../x"}`, " ".repeat(5000)]) {
    writeFileSync(join(folder, "a/tags/1"), text)
    await assert.rejects(port.readManifest("a", "1"), fails("CATALOGUE_DAMAGED", /"1" in the catalogue/), text)
  }
})

test("the list for other tools has all that was written at once", async () => {
  const folder = newFolder()
  const port = openFolderCatalogue(folder)
  const tags = Array.from({ length: 12 }, (_, index) => `1.${index}`)
  await Promise.all(
    tags.map((tag) => port.writeManifest("a", { ...MANIFEST, bytes: Buffer.from(JSON.stringify({ tag })) }, { tag })),
  )
  const index = JSON.parse(readFileSync(join(folder, "a/index.json"), "utf8"))
  const listed = index.manifests.map((each: { annotations: object }) => Object.values(each.annotations)[0])
  assert.deepEqual(listed.sort(), tags.toSorted())
})
