import assert from "node:assert/strict"
import test from "node:test"
import type { PackMember } from "../members/pack-member.ts"
import { openZipMember } from "./open-zip-member.ts"
import type { ByteSource } from "./window-reader.ts"
import { writeZip } from "./write-zip.ts"

const TEXTS = { "a.txt": "first", "folder/b.txt": "second ".repeat(10_000) }

test("one member of an archive is unpacked, and what is not there is said not to be", async () => {
  const source = await archiveOf(TEXTS)
  for (const [name, text] of Object.entries(TEXTS)) {
    const opened = await openZipMember(source, name)
    assert.ok(opened.ok)
    assert.equal(opened.sizeBytes, text.length)
    assert.equal((await opened.bytes.toArray()).join(""), text)
  }
  for (const name of ["b.txt", "folder/", "", "../a.txt"]) {
    assert.deepEqual(await openZipMember(source, name), { ok: false, missing: true, why: "has no such member" })
  }
})

test("what is no archive is told as that", async () => {
  const opened = await openZipMember(sourceOf(Buffer.from("no archive at all, but long enough to be looked at")), "a")
  assert.ok(!opened.ok && !opened.missing)
  assert.match(opened.why, /is no zip archive/)
})

async function archiveOf(texts: Readonly<Record<string, string>>): Promise<ByteSource> {
  const members = async function* (): AsyncGenerator<PackMember, void> {
    for (const [name, text] of Object.entries(texts)) {
      const bytes = Buffer.from(text)
      yield {
        name,
        sizeBytes: bytes.length,
        modifiedMs: 0,
        bytes: async function* () {
          yield bytes
        },
      }
    }
  }
  const parts: Uint8Array[] = []
  for await (const part of writeZip(members())) parts.push(part)
  return sourceOf(Buffer.concat(parts))
}

function sourceOf(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    part: async function* (start, end) {
      yield bytes.subarray(start, end)
    },
  }
}
