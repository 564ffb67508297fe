import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { isGeartrainError } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { COMMIT_FORMAT, type Commit, type TreeFile } from "./commit.ts"
import { commitFolder, findFolder } from "./commit-folder.ts"
import { readCommit, readHead, writeCommit } from "./commit-lines.ts"
import { CommitStore, versionedFolder } from "./commit-store.ts"
import { filesAt, lowerBound, treeDigest } from "./tree.ts"
import { walkFolder } from "./walk-folder.ts"

const DIGEST = `sha256:${"0".repeat(64)}` as const

function file(path: string): TreeFile {
  return { path, digest: DIGEST, sizeBytes: 1 }
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-commits-"))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test("the files of a folder lie side by side, whatever comes before the slash in the order of characters", () => {
  const files = ["a", "b-c/x", "b/x", "b/y", "b0"].map(file)
  assert.deepEqual(
    filesAt(files, "b").map(({ path }) => path),
    ["b/x", "b/y"],
  )
  assert.deepEqual(
    filesAt(files, "a").map(({ path }) => path),
    ["a"],
  )
  assert.deepEqual(filesAt(files, "c"), [])
  assert.equal(filesAt(files, "").length, 5)
  assert.equal(lowerBound(files, "b/y"), 3)
  assert.notEqual(treeDigest(files), treeDigest(files.slice(1)))
})

const HEAD: Commit = {
  ...{ format: COMMIT_FORMAT, id: "0".repeat(24), number: 1, of: "x", created: "2026-01-01T00:00:00.000Z" },
  ...{ origin: { kind: "folder", path: "/x" }, digest: DIGEST, fileCount: 1, sizeBytes: 1 },
}

test("a commit is read as it was written, whatever is in its names", () =>
  inFolder(async (folder) => {
    const path = join(folder, "000001.jsonl")
    const files = ['a b/漢\n\u2028"', "z"].map(file)
    await writeCommit(path, HEAD, files)
    assert.deepEqual(await readCommit<TreeFile>(path), { head: HEAD, items: files })
    assert.deepEqual(await readHead(path), HEAD)
    assert.deepEqual(await readdir(folder), ["000001.jsonl"])
  }))

test("what is no commit is told", () =>
  inFolder(async (folder) => {
    const path = join(folder, "000001.jsonl")
    for (const text of ["", "no JSON\n", "[]\n", `${JSON.stringify(HEAD)}\n{"path":`]) {
      await writeFile(path, text)
      await assert.rejects(readCommit(path), (error) => isGeartrainError(error, "PIPELINE_RECORD_UNREADABLE"), text)
    }
  }))

test("a writer that fails leaves no commit", () =>
  inFolder(async (folder) => {
    function* failing(): Generator<TreeFile> {
      yield file("a")
      throw new RangeError("no more")
    }
    await assert.rejects(writeCommit(join(folder, "000001.jsonl"), HEAD, failing()), RangeError)
    assert.deepEqual(await readdir(folder), [])
  }))

test("a folder is walked in the order of its paths, and committed anew only when it changed", () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, "data/b"), { recursive: true })
    for (const path of ["data/b/x", "data/b-c", "data/a"]) await writeFile(join(folder, path), path)
    const { root, files } = await walkFolder(join(folder, "data"))
    assert.deepEqual(
      files.map(({ path }) => path),
      ["a", "b-c", "b/x"],
    )
    const jobs = { readFile: async (path: string, name: string) => ({ name, path, digest: DIGEST, sizeBytes: 1 }) }
    const store = new CommitStore(join(folder, "home"))
    const commit = async (digit: string) => {
      const means = { store, id: digit.repeat(24), now: "2026-01-01T00:00:00.000Z" }
      return (await commitFolder(await findFolder(join(folder, "data"), jobs), means)).commit
    }
    const first = await commit("1")
    const again = await commit("2")
    assert.deepEqual([first.number, again.number, again.id], [1, 1, "1".repeat(24)])
    await rm(join(folder, "data/a"))
    const third = await commit("3")
    assert.deepEqual([third.number, third.id, third.fileCount], [2, "3".repeat(24), 2])
    assert.deepEqual(await store.numbers(versionedFolder(root)), [1, 2])
  }))

test("a folder that another commits to at this moment is waited for", () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, "data"))
    const jobs = { readFile: async (path: string, name: string) => ({ name, path, digest: DIGEST, sizeBytes: 1 }) }
    const store = new CommitStore(join(folder, "home"))
    const source = await findFolder(join(folder, "data"), jobs)
    const held = await store.hold(source.of)
    let isDone = false
    const means = { store, id: "1".repeat(24), now: HEAD.created }
    const committing = commitFolder(source, means).then(({ commit }) => {
      isDone = true
      return commit
    })
    await setTimeout(120)
    assert.equal(isDone, false)
    held.release()
    assert.equal((await committing).number, 1)
  }))

test("what was read before another committed to the folder is not committed over it", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data")
    await mkdir(data)
    await writeFile(join(data, "a"), "old")
    const store = new CommitStore(join(folder, "home"))
    const digestOf = async (path: string) => sha256(Buffer.from(await readFile(path)))
    const jobs = {
      readFile: async (path: string, name: string) => ({ name, path, digest: await digestOf(path), sizeBytes: 3 }),
    }
    const id = (digit: string) => digit.repeat(24)
    let isChanged = false
    const slow = {
      readFile: async (path: string, name: string) => {
        const read = await jobs.readFile(path, name)
        if (!isChanged) {
          isChanged = true
          await writeFile(join(data, "a"), "new")
          await commitFolder(await findFolder(data, jobs), { store, id: id("2"), now: HEAD.created })
        }
        return read
      },
    }
    const { state, commit } = await commitFolder(await findFolder(data, slow), {
      store,
      id: id("1"),
      now: HEAD.created,
    })
    assert.deepEqual([commit.number, commit.id], [1, id("2")])
    assert.equal(state.files[0]?.digest, sha256(Buffer.from("new")))
  }))

test("a folder with a name that is no text is told, and a stray file among commits is none", () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, "data"))
    await mkdir(Buffer.concat([Buffer.from(`${folder}/data/a`), Buffer.from([0xff])]))
    await assert.rejects(
      walkFolder(join(folder, "data")),
      (error) => isGeartrainError(error, "PIPELINE_FOLDER_UNFIT") && /is not UTF-8/.test(error.message),
    )
    await mkdir(join(folder, "home/outputs"), { recursive: true })
    await writeFile(join(folder, "home/outputs/stray"), "")
    const store = new CommitStore(join(folder, "home"))
    assert.deepEqual(await store.names("outputs"), ["stray"])
    assert.equal(await store.newest({ kind: "outputs", name: "stray" }), undefined)
  }))

test("a folder that is none is refused", () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, "file"), "")
    for (const name of ["none", "file"]) {
      await assert.rejects(walkFolder(join(folder, name)), (error) => isGeartrainError(error, "PIPELINE_FOLDER_UNFIT"))
    }
  }))
