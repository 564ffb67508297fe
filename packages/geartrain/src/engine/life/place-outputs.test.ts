import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { type Digest, isGeartrainError, type OutputFile } from "@geartrain/spec"
import { placeOutputs } from "./place-outputs.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-place-"))
after(() => rmSync(home, { recursive: true, force: true }))

/** A store whose blobs are files of this folder, and outputs with these texts. */
function stored(texts: Readonly<Record<string, string>>, gone: readonly string[] = []) {
  const paths = new Map<Digest, string>()
  const outputs = Object.entries(texts).map(([path, text]): OutputFile => {
    const digest: Digest = `sha256:${createHash("sha256").update(text).digest("hex")}`
    const blob = join(home, digest.slice("sha256:".length))
    writeFileSync(blob, text)
    if (!gone.includes(path)) paths.set(digest, blob)
    return { path, digest, sizeBytes: text.length, ...(path.endsWith(".sh") ? { executable: true } : {}) }
  })
  return {
    record: { outputs },
    stores: { blobs: { locate: async (digest: Digest) => paths.get(digest) } },
  }
}

function place(
  texts: Readonly<Record<string, string>>,
  folder: string,
  more: { force?: boolean; gone?: readonly string[] } = {},
) {
  const { record, stores } = stored(texts, more.gone)
  return placeOutputs(record, stores, { folder: join(home, folder), ...(more.force === true ? { force: true } : {}) })
}

test("outputs lie where the gear put them, whole, and those are executable that were", async () => {
  const paths = await place({ "a.txt": "one", "deep/er/run.sh": "#!" }, "plain")
  assert.deepEqual(paths, [join(home, "plain/a.txt"), join(home, "plain/deep/er/run.sh")])
  assert.equal(readFileSync(join(home, "plain/a.txt"), "utf8"), "one")
  assert.equal(statSync(join(home, "plain/a.txt")).mode & 0o111, 0)
  assert.equal(statSync(join(home, "plain/deep/er/run.sh")).mode & 0o111, 0o111)
  assert.deepEqual(readdirSync(join(home, "plain")).toSorted(), ["a.txt", "deep"])
})

test("an output may have the longest name that a disk takes", async () => {
  const name = "x".repeat(255)
  await place({ [name]: "text" }, "long")
  assert.deepEqual(readdirSync(join(home, "long")), [name])
})

test("before anything is written, what would be overwritten is named; with force it is overwritten", async () => {
  await place({ "a.txt": "one" }, "again")
  await assert.rejects(place({ "0.txt": "new", "a.txt": "two" }, "again"), (error) => {
    assert.ok(isGeartrainError(error, "OUTPUT_EXISTS"))
    assert.deepEqual(error.details["files"], ["a.txt"])
    return true
  })
  assert.deepEqual(readdirSync(join(home, "again")), ["a.txt"])
  await place({ "a.txt": "two" }, "again", { force: true })
  assert.equal(readFileSync(join(home, "again/a.txt"), "utf8"), "two")
})

test("a link in the folder is never written through: as a file it is replaced, as a folder it is refused", async () => {
  mkdirSync(join(home, "linked"))
  mkdirSync(join(home, "precious"))
  writeFileSync(join(home, "precious/file"), "mine")
  symlinkSync("../precious/file", join(home, "linked/file"))
  symlinkSync("../precious", join(home, "linked/folder"))
  await place({ file: "output" }, "linked", { force: true })
  assert.equal(readFileSync(join(home, "precious/file"), "utf8"), "mine")
  assert.equal(readFileSync(join(home, "linked/file"), "utf8"), "output")
  await assert.rejects(place({ "folder/new": "output" }, "linked"), (error) =>
    isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"),
  )
  assert.deepEqual(readdirSync(join(home, "precious")), ["file"])
})

test("an output whose bytes are gone is named, with the way to make it again", async () => {
  await assert.rejects(place({ "a.txt": "one", "b.txt": "gone" }, "partial", { gone: ["b.txt"] }), (error) => {
    assert.ok(isGeartrainError(error, "BLOB_NOT_FOUND"))
    assert.match(error.message, /"b\.txt"/)
    assert.match(error.hint ?? "", /^Make it again: gear /)
    return true
  })
})

test("a file in the place of the folder is refused", async () => {
  writeFileSync(join(home, "file"), "")
  await assert.rejects(place({ a: "1" }, "file"), (error) => isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"))
})

test("of a copy that was killed nothing is left once the outputs are written there again", {
  skip: existsSync("/dev/shm") ? false : "needs /dev/shm",
}, async (context) => {
  // So large that it takes seconds, and on its own disk so that no disk can share the bytes instead.
  const shared = mkdtempSync("/dev/shm/geartrain-place-")
  context.after(() => rmSync(shared, { recursive: true, force: true }))
  const source = join(shared, "blob")
  writeFileSync(source, "")
  truncateSync(source, 32 * 1024 ** 3)
  const folder = join(home, "killed")
  const script = `const { placeOutputs } = await import(${JSON.stringify(join(import.meta.dirname, "place-outputs.ts"))})
    await placeOutputs({ outputs: [{ path: "deep/large", digest: "sha256:0", sizeBytes: 1 }] },
      { blobs: { locate: async () => ${JSON.stringify(source)} } }, { folder: ${JSON.stringify(folder)} })`
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] })
  context.after(() => other.kill("SIGKILL"))
  const closed = once(other, "close")
  while (namesIn(join(folder, "deep")).length === 0 && other.exitCode === null) await pause(2)
  other.kill("SIGKILL")
  assert.deepEqual(await closed, [null, "SIGKILL"])
  assert.match(readdirSync(join(folder, "deep")).join(), new RegExp(`^\\.gear-${other.pid}@[^,]+$`))
  await place({ "deep/large": "small" }, "killed")
  assert.deepEqual(readdirSync(join(folder, "deep")), ["large"])
})

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // It is made while we look.
    return []
  }
}
