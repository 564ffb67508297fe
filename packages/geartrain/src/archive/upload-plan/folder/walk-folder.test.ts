import assert from "node:assert/strict"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { fileChanged } from "../plan-error.ts"
import type { Found } from "./found-file.ts"
import { type WalkOptions, walkFolder } from "./walk-folder.ts"

async function walked(folder: string, options: WalkOptions = {}): Promise<readonly Found[]> {
  const all: Found[] = []
  for await (const found of walkFolder(folder, options)) all.push(found)
  return all
}

/** Each path with what was said of it: a size, or why it was left out. */
async function saidOf(folder: string): Promise<Readonly<Record<string, number | string>>> {
  const all = await walked(folder)
  return Object.fromEntries(
    all.map((each) =>
      each.is === "file" ? [each.file.source.path, each.file.sizeBytes] : [each.item.path, each.item.why],
    ),
  )
}

test("files come in the order of their names, whatever order the disk has, and folders in their place among them", async (context) => {
  const folder = folderOf(context, { "b/2": "x", "b/10": "x", "b.txt": "x", a: "x", é: "x", Z: "x" })
  const paths = (await walked(folder)).map((each) => (each.is === "file" ? each.file.source.path : ""))
  assert.deepEqual(paths, ["Z", "a", "b/10", "b/2", "b.txt", "é"])
})

test("an empty folder has nothing, and an empty file is one", async (context) => {
  const folder = folderOf(context, { empty: "" })
  mkdirSync(join(folder, "nothing"))
  assert.deepEqual(await saidOf(folder), { empty: 0 })
})

test("a link to a file of the folder is that file, with its size and where its bytes lie", async (context) => {
  const folder = folderOf(context, { "store/key": "12345", "a/deep/x": "1" })
  symlinkSync("../store/key", join(folder, "a/image.nii"))
  symlinkSync("image.nii", join(folder, "a/twice"))
  const found = (await walked(folder)).filter((each) => each.is === "file" && each.file.source.linkedTo !== undefined)
  assert.deepEqual(found, [
    { is: "file", file: { source: { kind: "file", path: "a/image.nii", linkedTo: "store/key" }, sizeBytes: 5 } },
    { is: "file", file: { source: { kind: "file", path: "a/twice", linkedTo: "store/key" }, sizeBytes: 5 } },
  ])
})

test("no link leads out of the folder, round in a circle, or into another folder", async (context) => {
  const outside = folderOf(context, { secret: "s" })
  const folder = folderOf(context, { "sub/x": "1" })
  symlinkSync(join(outside, "secret"), join(folder, "absolute"))
  symlinkSync(`../${outside.split("/").at(-1)}/secret`, join(folder, "relative"))
  symlinkSync("..", join(folder, "sub/up"))
  symlinkSync("loop", join(folder, "loop"))
  symlinkSync("none", join(folder, "nothing"))
  symlinkSync("sub/x/below-a-file", join(folder, "through"))
  symlinkSync("/dev/null", join(folder, "device"))
  const nothing = "is a link to nothing: data that is not here has to be fetched first"
  assert.deepEqual(await saidOf(folder), {
    absolute: "is a link out of the folder",
    device: "is a link out of the folder",
    loop: nothing,
    nothing: nothing,
    relative: "is a link out of the folder",
    "sub/up": "is a link to a folder, and those are not followed",
    "sub/x": 1,
    through: nothing,
  })
})

test("a folder beside it whose name begins alike is out of the folder, too", async (context) => {
  const parent = folderOf(context, { "data/x": "1", "data-secret/y": "1", "data/..z": "22" })
  symlinkSync("../data-secret/y", join(parent, "data/link"))
  symlinkSync("..z", join(parent, "data/dots"))
  assert.deepEqual(await saidOf(join(parent, "data")), {
    "..z": 2,
    dots: 2,
    link: "is a link out of the folder",
    x: 1,
  })
})

test("what programs leave behind is left out, a folder of it as one, and not looked into", async (context) => {
  const folder = folderOf(context, { ".git/objects/aa": "x", "a/.DS_Store": "x", "a/.bidsignore": "x" })
  symlinkSync("a", join(folder, "Thumbs.db"))
  assert.deepEqual(
    (await walked(folder)).map((each) => (each.is === "file" ? each.file.source.path : each.item)),
    [
      { path: ".git", kind: "folder", why: "is the history of version control" },
      { path: "Thumbs.db", kind: "file", why: "is of Windows, and no data" },
      { path: "a/.DS_Store", kind: "file", why: "is of macOS, and no data" },
      "a/.bidsignore",
    ],
  )
})

test("a socket is no regular file, and a link to one neither", async (context) => {
  const folder = folderOf(context, { x: "1" })
  const server = createServer().listen(join(folder, "socket"))
  await new Promise((resolve) => server.once("listening", resolve))
  context.after(() => server.close())
  symlinkSync("socket", join(folder, "to-socket"))
  assert.deepEqual(await saidOf(folder), {
    socket: "is no regular file",
    "to-socket": "is a link to what is no regular file",
    x: 1,
  })
})

test("a name that is no UTF-8 is told, and its neighbours are found", async (context) => {
  const folder = folderOf(context, { x: "1" })
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), "latin-1")
  assert.deepEqual(await saidOf(folder), { "caf\ufffd": "has a name that is no UTF-8 text", x: 1 })
})

test("64 folders in each other are looked into, and the next is left out as one", async (context) => {
  const steps = Array.from({ length: 64 }, () => "d").join("/")
  const folder = folderOf(context, { [`${steps}/in`]: "1", [`${steps}/d/out`]: "1" })
  assert.deepEqual(await saidOf(folder), {
    [`${steps}/d`]: "lies deeper than 64 folders",
    [`${steps}/in`]: 1,
  })
})

test("the very number of files that may be is walked, and one more is refused", async (context) => {
  const folder = folderOf(context, { a: "", b: "", ".DS_Store": "" })
  assert.equal((await walked(folder, { mostFiles: 3 })).length, 3)
  await assert.rejects(walked(folder, { mostFiles: 2 }), (error: unknown) => {
    assert.ok(isGeartrainError(error, "UPLOAD_UNSORTABLE"))
    assert.equal(error.message, `Cannot sort the folder "${folder}": it has more than 2 files`)
    return true
  })
})

test("whoever stops the walk is heard in the next folder", async (context) => {
  const folder = folderOf(context, { a: "", "b/c": "" })
  const stop = new AbortController()
  const seen: string[] = []
  const walk = async (): Promise<void> => {
    for await (const each of walkFolder(folder, { signal: stop.signal })) {
      seen.push(each.is === "file" ? each.file.source.path : "")
      stop.abort(new Error("stopped"))
    }
  }
  await assert.rejects(walk(), new Error("stopped"))
  assert.deepEqual(seen, ["a"])
})

test("a folder that has gone is an error of the disk, and no empty folder", async (context) => {
  await assert.rejects(walked(join(folderOf(context, {}), "none")), { code: "ENOENT" })
})

test("a file that is not what was planned is named, and the hint says that nothing is sent twice", () => {
  const error = fileChanged("a/b", "it has become a link")
  assert.deepEqual([error.code, error.details], ["UPLOAD_FILE_CHANGED", { file: "a/b" }])
  assert.equal(error.message, 'Cannot upload "a/b": it has become a link')
  assert.match(error.hint ?? "", /not sent twice/)
})
