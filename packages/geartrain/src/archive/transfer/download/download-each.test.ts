import assert from "node:assert/strict"
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { type Asked, answeringClient, refusal } from "../../../../test/archive/transfer/answering-client.ts"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { type Downloaded, downloadEach } from "./download-each.ts"
import { Folders, unwritable } from "./folders.ts"

const { signal } = new AbortController()

/** A file whose bytes are its path. */
function wantedAt(path: string) {
  return { path, wanted: { name: path, digest: sha256(Buffer.from(path)), sizeBytes: path.length, path: `/${path}` } }
}

/** Answers with the path that was asked for. */
function echo({ path }: Asked): Response {
  return new Response(path.slice(1))
}

async function downloadAll(
  folder: string,
  paths: readonly string[],
  answer: (asked: Asked) => Response,
): Promise<{ readonly outcomes: Readonly<Record<string, string>>; readonly asked: readonly string[] }> {
  const { client, asked } = answeringClient(answer)
  const told: Downloaded[] = []
  const onEach = (downloaded: Downloaded): void => void told.push(downloaded)
  const downloading = { client, signal, force: false, onBytes: () => undefined, onEach }
  await downloadEach(paths.map(wantedAt), folder, downloading)
  const outcomes = told.map(({ path, outcome, error }) => [path, error?.code ?? outcome] as const)
  assert.equal(new Set(told.map(({ path }) => path)).size, told.length, "each is told of once")
  return { outcomes: Object.fromEntries(outcomes), asked: asked.map(({ path }) => path) }
}

test("files come into the folders that their paths lead through, which are made once", async (context) => {
  const folder = folderOf(context, { "a/here": "a/here" })
  const paths = ["a/here", "a/b/1", "a/b/2", "a/b/c/3", "top"]
  const { outcomes } = await downloadAll(folder, paths, echo)
  assert.deepEqual(outcomes, {
    "a/here": "there",
    "a/b/1": "fetched",
    "a/b/2": "fetched",
    "a/b/c/3": "fetched",
    top: "fetched",
  })
  for (const path of paths) assert.equal(readFileSync(join(folder, path), "utf8"), path)
})

test("a fault of one file leaves the others alone", async (context) => {
  const folder = folderOf(context, { "3": "something else" })
  const { outcomes } = await downloadAll(folder, ["1", "2", "3", "4"], (asked) =>
    asked.path === "/2" ? refusal("ARCHIVE_FILE_NOT_FOUND") : echo(asked),
  )
  assert.deepEqual(outcomes, { 1: "fetched", 2: "ARCHIVE_FILE_NOT_FOUND", 3: "OUTPUT_EXISTS", 4: "fetched" })
})

test("who is not known to the server asks for no more than was under way", async (context) => {
  const folder = folderOf(context, {})
  const paths = Array.from({ length: 20 }, (_, index) => `${index}`)
  const { outcomes, asked } = await downloadAll(folder, paths, () => refusal("NOT_AUTHENTICATED"))
  assert.ok(asked.length <= 4, `${asked.length}`)
  assert.deepEqual(new Set(Object.values(outcomes)), new Set(["NOT_AUTHENTICATED"]))
  assert.equal(Object.keys(outcomes).length, asked.length)
})

test("no file is written through a link in the place of a folder", async (context) => {
  const outside = folderOf(context, {})
  const folder = folderOf(context, { file: "x" })
  symlinkSync(outside, join(folder, "link"))
  const { outcomes } = await downloadAll(folder, ["link/1", "link/2", "link/deep/3", "file/4", "ok"], echo)
  assert.deepEqual(outcomes, {
    "file/4": "OUTPUT_FOLDER_UNUSABLE",
    "link/1": "OUTPUT_FOLDER_UNUSABLE",
    "link/2": "OUTPUT_FOLDER_UNUSABLE",
    "link/deep/3": "OUTPUT_FOLDER_UNUSABLE",
    ok: "fetched",
  })
  assert.deepEqual(readdirSync(outside), [])
})

test("whoever stops is heard, and nothing is told of the file that was under way", async (context) => {
  const folder = folderOf(context, {})
  const stop = new AbortController()
  const { client } = answeringClient(() => {
    stop.abort(new Error("stopped"))
    return refusal("ARCHIVE_FILE_NOT_FOUND")
  })
  const told: string[] = []
  const downloading = { client, signal: stop.signal, force: false, onBytes: () => undefined }
  const all = downloadEach([wantedAt("a")], folder, { ...downloading, onEach: ({ path }) => void told.push(path) })
  await assert.rejects(all, new Error("stopped"))
  assert.deepEqual(told, [])
})

test("folders are made below the top alone, and the top has to be there", async (context) => {
  const folder = folderOf(context, {})
  await new Folders(folder).make("a/b/file")
  assert.ok(lstatSync(join(folder, "a/b")).isDirectory())
  assert.deepEqual(readdirSync(join(folder, "a/b")), [])
  await new Folders(folder).make("plain")
  assert.deepEqual(readdirSync(folder), ["a"])
  await assert.rejects(new Folders(join(folder, "none")).make("a/x"), { code: "ENOENT" })
})

test("what the disk says names the path, and a mistake of ours is thrown as it is", (context) => {
  const path = join(folderOf(context, { a: "x" }), "a/b")
  const told = (): unknown => {
    try {
      return writeFileSync(path, "x")
    } catch (error) {
      return unwritable(path, error)
    }
  }
  const error = told()
  assert.ok(error instanceof Error)
  assert.equal(error.message, `Cannot download to "${path}": ENOTDIR`)
  const bug = new TypeError("x is not a function")
  assert.throws(() => unwritable(path, bug), bug)
})
