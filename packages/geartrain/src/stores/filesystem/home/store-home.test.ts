import assert from "node:assert/strict"
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { filePieces } from "./file-pieces.ts"
import { blobPath, rootPath, storeLayout } from "./layout.ts"
import { removeFolder } from "./remove-folder.ts"
import { putBack, retire } from "./retire.ts"
import { openStoreHome } from "./store-home.ts"
import { inTrash } from "./trash.ts"
import { writeHashed } from "./write-hashed.ts"

const DIGEST: Digest = `sha256:${"ab".repeat(32)}`

test("a home is made at the first write, for its owner alone, and closing leaves no folder of this process", async (context) => {
  const path = join(await temporaryFolder(context), "deep/in/home")
  const home = await openStoreHome(path)
  await assert.rejects(stat(path), { code: "ENOENT" })
  const temporary = await home.temporary()
  assert.notEqual(await home.temporary(), temporary)
  await assert.rejects(stat(temporary), { code: "ENOENT" })
  assert.equal((await stat(path)).mode & 0o777, 0o700)
  assert.equal(await readFile(join(path, "VERSION"), "utf8"), "1\n")
  assert.deepEqual((await readdir(path)).toSorted(), ["VERSION", "blobs", "roots", "tmp", "trash", "work"])
  await home.close()
  await home.close()
  assert.deepEqual(await readdir(join(path, "tmp")), [])
  await writeFile(await home.temporary(), "used again after it was closed")
})

test("what was done once is not done again, unless it failed", async (context) => {
  const home = await openStoreHome(join(await temporaryFolder(context), "home"))
  let runs = 0
  const fail = home.once("x", async () => {
    runs++
    throw new RangeError("no")
  })
  await assert.rejects(fail, RangeError)
  const run = async (): Promise<void> => {
    runs++
  }
  await Promise.all([home.once("x", run), home.once("x", run), home.once("y", run)])
  await home.once("x", run)
  assert.equal(runs, 3)
})

test("only digests become paths", () => {
  const layout = storeLayout("/home")
  assert.equal(blobPath(layout, DIGEST), `/home/blobs/sha256/ab/${"ab".repeat(32)}`)
  assert.equal(rootPath(layout, DIGEST), `/home/roots/${"ab".repeat(32)}`)
  for (const hostile of ["sha256:../../etc/passwd", "", "sha256:AB", `${DIGEST}/..`] as Digest[]) {
    assert.throws(() => blobPath(layout, hostile), RangeError)
    assert.throws(() => rootPath(layout, hostile), RangeError)
  }
})

test("where no home can be made that is told, with what to do, and nobody tries for ever", {
  timeout: 30_000,
}, async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(join(folder, "file"), "")
  for (const [path, because] of [
    ["/proc/geartrain", "no folder can be made there"],
    ["/proc/geartrain/home", "no folder can be made there"],
    [join(folder, "file"), "there is something that is no folder"],
    [join(folder, "file/in"), "there is something that is no folder"],
  ] as const) {
    const home = await openStoreHome(path)
    await assert.rejects(home.prepare(), {
      code: "STORE_READ_ONLY",
      message: `Cannot make store "${path}": ${because}`,
      hint: "Set GEARTRAIN_HOME to a folder of yours on a disk",
    })
    await home.close()
  }
})

test("a folder is removed with folders that nobody may write to, and links are not followed", async (context) => {
  const folder = await temporaryFolder(context)
  await mkdir(join(folder, "gone/closed"), { recursive: true })
  await writeFile(join(folder, "gone/closed/file"), "")
  await writeFile(join(folder, "kept"), "")
  await symlink(folder, join(folder, "gone/link"))
  await chmod(join(folder, "gone/closed"), 0)
  await removeFolder(join(folder, "gone"))
  await removeFolder(join(folder, "gone"))
  assert.deepEqual(await readdir(folder), ["kept"])
})

test("a file is read in pieces of its own, to its end, whatever size was expected", async (context) => {
  const folder = await temporaryFolder(context)
  await writeFile(join(folder, "file"), Buffer.alloc(2_500_000, 1))
  const file = await open(join(folder, "file"))
  context.after(() => file.close())
  for (const expected of [undefined, 0, 10, 2_499_999, 2_500_000, 9_000_000]) {
    let sizeBytes = 0
    for await (const piece of filePieces(file, expected)) {
      assert.equal(piece[0], 1, "another reader's change is not seen")
      piece.fill(9)
      sizeBytes += piece.length
    }
    assert.equal(sizeBytes, 2_500_000, `expected ${expected}`)
  }
})

test("a file is written, hashed and read-only, and an error of the source comes through", async (context) => {
  const folder = await temporaryFolder(context)
  const written = await writeHashed(join(folder, "a"), bytes("hello"), "store it")
  const digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
  assert.deepEqual(written, { digest, sizeBytes: 5 })
  assert.equal((await stat(join(folder, "a"))).mode & 0o777, 0o444)
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("half")
    throw new RangeError("it broke")
  }
  await assert.rejects(writeHashed(join(folder, "b"), broken(), "store it"), new RangeError("it broke"))
  await assert.rejects(writeHashed(join(folder, "a"), bytes("x"), "store it"), { code: "EEXIST" })
})

test("what is old goes to the trash, and what is new or absent does not", async (context) => {
  const folder = await temporaryFolder(context)
  const to = { trash: join(folder, "trash"), kind: "blobs", stamp: "", spareSinceMs: Date.now() - 60_000 } as const
  await writeFile(join(folder, "new"), "")
  await writeFile(join(folder, "old"), "")
  await utimes(join(folder, "old"), 1, 1)
  assert.equal(await retire(join(folder, "new"), to), false)
  assert.equal(await retire(join(folder, "none"), to), false)
  assert.equal(await retire(join(folder, "old"), to), true)
  assert.deepEqual(await readdir(join(folder, "trash/blobs")), ["old"])
  assert.deepEqual((await readdir(folder)).toSorted(), ["new", "trash"])
})

test("what comes back from the trash takes nobody's place", async (context) => {
  const folder = await temporaryFolder(context)
  for (const name of ["trashed", "anew"]) await writeFile(join(folder, name), name)
  await putBack(join(folder, "trashed"), join(folder, "anew"))
  assert.equal(await readFile(join(folder, "anew"), "utf8"), "anew")
  await putBack(join(folder, "trashed"), join(folder, "free"))
  assert.equal(await readFile(join(folder, "free"), "utf8"), "trashed")
  await putBack(join(folder, "trashed"), join(folder, "other"))
})

test("the trash is searched in every collection", async (context) => {
  const folder = await temporaryFolder(context)
  const layout = storeLayout(folder)
  assert.deepEqual(await inTrash(layout, "blobs", DIGEST), [])
  await mkdir(join(folder, "trash/one"), { recursive: true })
  assert.deepEqual(await inTrash(layout, "roots", DIGEST), [`${folder}/trash/one/roots/${"ab".repeat(32)}`])
})

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-home-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
