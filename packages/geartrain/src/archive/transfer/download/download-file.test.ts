import assert from "node:assert/strict"
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type Asked, answeringClient } from "../../../../test/archive/transfer/answering-client.ts"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { open } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { writeAt } from "../../../system/write-at.ts"
import { downloadFile, localName } from "./download-file.ts"
import type { WantedContent } from "./read-content.ts"

const TEXT = "the bytes of a file"
const { signal } = new AbortController()

function wantedOf(text: string): WantedContent {
  return { name: "a.txt", digest: sha256(Buffer.from(text)), sizeBytes: text.length, path: "/content" }
}

/** Sends what the range asks for, as the server does. */
function rest(text: string, { headers }: Asked): Response {
  const start = Number(/\d+/.exec(headers.get("range") ?? "0")?.[0])
  return new Response(text.slice(start), { status: start === 0 ? 200 : 206 })
}

interface Tried {
  readonly folder: string
  readonly ranges: readonly (string | null)[]
  /** All that was said to be here, one after the other. */
  readonly countedBytes: number[]
  readonly fetch: (options?: { readonly force?: boolean; readonly text?: string }) => Promise<string>
}

/** A folder to download `a.txt` into, from a server that answers so. */
function trying(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  answer: (asked: Asked, folder: string) => Response = (asked) => rest(TEXT, asked),
): Tried {
  const folder = folderOf(context, files)
  const ranges: (string | null)[] = []
  const { client } = answeringClient((asked) => {
    ranges.push(asked.headers.get("range"))
    return answer(asked, folder)
  })
  const countedBytes: number[] = []
  const onBytes = (count: number): void => void countedBytes.push(count)
  return {
    ...{ folder, ranges, countedBytes },
    fetch: ({ force = false, text = TEXT } = {}) =>
      downloadFile(wantedOf(text), join(folder, "a.txt"), { client, signal, force, onBytes }),
  }
}

test("a file appears whole, with nothing beside it, and every byte is counted once", async (context) => {
  const { folder, fetch, countedBytes } = trying(context, {})
  assert.equal(await fetch(), "fetched")
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), TEXT)
  assert.deepEqual(readdirSync(folder), ["a.txt"])
  assert.equal(
    countedBytes.reduce((sum, count) => sum + count, 0),
    TEXT.length,
  )
})

test("these very bytes at the path already are asked for no more, and counted", async (context) => {
  const { fetch, ranges, countedBytes } = trying(context, { "a.txt": TEXT })
  assert.equal(await fetch(), "there")
  assert.deepEqual([ranges, countedBytes], [[], [TEXT.length]])
})

test("an empty file needs nothing of the server, and is there", async (context) => {
  const { folder, fetch, ranges } = trying(context, {})
  assert.equal(await fetch({ text: "" }), "fetched")
  assert.equal(statSync(join(folder, "a.txt")).size, 0)
  assert.deepEqual(ranges, [])
})

test("what has other bytes, also as many, stays until it may be written over", async (context) => {
  for (const other of ["something else", "x".repeat(TEXT.length)]) {
    const { folder, fetch, ranges } = trying(context, { "a.txt": other })
    await assert.rejects(fetch(), { code: "OUTPUT_EXISTS" })
    assert.deepEqual(ranges, [])
    assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), other)
    assert.equal(await fetch({ force: true }), "fetched")
    assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), TEXT)
  }
})

test("a link is not written through: it is something else, and is itself replaced", async (context) => {
  const { folder, fetch } = trying(context, { "elsewhere/b.txt": "theirs" })
  symlinkSync("elsewhere/b.txt", join(folder, "a.txt"))
  await assert.rejects(fetch(), { code: "OUTPUT_EXISTS" })
  assert.equal(await fetch({ force: true }), "fetched")
  assert.equal(readFileSync(join(folder, "elsewhere/b.txt"), "utf8"), "theirs")
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), TEXT)
})

test("a folder in its place is not replaced, force or none", async (context) => {
  const { folder, fetch } = trying(context, {})
  mkdirSync(join(folder, "a.txt"))
  await assert.rejects(fetch(), { code: "OUTPUT_EXISTS" })
  await assert.rejects(fetch({ force: true }), { code: "EISDIR" })
  assert.ok(statSync(join(folder, "a.txt")).isDirectory())
})

test("a name that somebody takes while the bytes come stays theirs", async (context) => {
  const { folder, fetch } = trying(context, {}, (asked, at) => {
    writeFileSync(join(at, "a.txt"), "theirs")
    return rest(TEXT, asked)
  })
  await assert.rejects(fetch(), { code: "OUTPUT_EXISTS" })
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "theirs")
})

test("what an earlier try got is not fetched again, and counted at once", async (context) => {
  let isCut = true
  const { folder, fetch, ranges, countedBytes } = trying(context, {}, (asked) =>
    isCut ? new Response(brokenAfter(TEXT.slice(0, 5))) : rest(TEXT, asked),
  )
  await assert.rejects(fetch(), new Error("broken"))
  assert.deepEqual(
    readdirSync(folder).map((name) => name.replace(/[0-9a-f]{24}/, "KEY")),
    [".gear-KEY.part"],
  )
  isCut = false
  countedBytes.splice(0)
  assert.equal(await fetch(), "fetched")
  assert.deepEqual(ranges, [null, "bytes=5-"])
  assert.equal(countedBytes[0], 5)
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), TEXT)
  assert.deepEqual(readdirSync(folder), ["a.txt"])
})

test("a beginning that is longer than the whole is none, and one of other bytes is thrown away with them", async (context) => {
  const { folder, fetch } = trying(context, {}, () => new Response(brokenAfter("")))
  await assert.rejects(fetch(), new Error("broken"))
  const part = join(folder, readdirSync(folder)[0] ?? "")
  const { client } = answeringClient((asked) => rest(TEXT, asked))
  const again = () =>
    downloadFile(wantedOf(TEXT), join(folder, "a.txt"), { client, signal, force: false, onBytes: () => undefined })
  writeFileSync(part, "other")
  await assert.rejects(again(), { code: "BLOB_DIGEST_MISMATCH" })
  assert.deepEqual(readdirSync(folder), [])
  writeFileSync(part, `${TEXT} and more`)
  assert.equal(await again(), "fetched")
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), TEXT)
})

test("bytes with another digest leave nothing, and what they were to replace", async (context) => {
  const { folder, fetch } = trying(context, { "a.txt": "old" }, () => new Response("x".repeat(TEXT.length)))
  await assert.rejects(fetch({ force: true }), { code: "BLOB_DIGEST_MISMATCH" })
  assert.deepEqual(readdirSync(folder), ["a.txt"])
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "old")
})

test("whatever the server calls a file, here it is one step of a path", () => {
  for (const name of ["../../etc/passwd", "a/b", "..", "", "\u0000", "C:\\x", "\u202egpj.exe", "x".repeat(1000)]) {
    const local = localName(name)
    assert.ok(local !== "" && local !== "." && local !== ".." && !/[/\\\0]/.test(local), JSON.stringify(local))
    assert.ok(Buffer.byteLength(local) <= 255)
  }
})

test("bytes are written at their place, behind a hole where the file is shorter", async (context) => {
  const path = join(folderOf(context, { a: "0123456789" }), "a")
  const file = await open(path, "r+")
  context.after(() => file.close())
  await writeAt(file, Buffer.from("AB"), 4)
  await writeAt(file, Buffer.alloc(0), 100)
  await writeAt(file, Buffer.from("end"), 12)
  assert.equal(readFileSync(path, "latin1"), "0123AB6789\0\0end")
})

/** Sends a beginning, and then an error that no other try mends. */
function brokenAfter(text: string): ReadableStream<Uint8Array> {
  let isSent = text === ""
  return new ReadableStream({
    pull: (controller) => {
      if (isSent) controller.error(new Error("broken"))
      else controller.enqueue(new TextEncoder().encode(text))
      isSent = true
    },
  })
}
