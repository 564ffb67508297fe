import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { hashOpenFile } from "../../system/hash-file.ts"
import type { InputDigests } from "../engine-ports.ts"
import { isUnchanged, readInput } from "./read-input.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-input-"))
})
after(() => rm(folder, { recursive: true }))

test("a file is read with its digest, its size, and the name that the user knows it by", async () => {
  await writeFile(join(folder, "data.csv"), "a,b\n")
  await symlink("data.csv", join(folder, "today.csv"))
  const read = await readInput("table", join(folder, "today.csv"))
  assert.equal(read.name, "today.csv")
  assert.ok(read.path.endsWith("/data.csv"))
  assert.equal(read.sizeBytes, 4)
  assert.equal(read.digest, `sha256:${sha256sum(join(folder, "data.csv"))}`)
})

test("a file that is written to afterwards is no longer what was read", async () => {
  const path = join(folder, "growing.txt")
  await writeFile(path, "one")
  const read = await readInput("text", path)
  assert.equal(await isUnchanged(read), true)
  await writeFile(path, "two!")
  assert.equal(await isUnchanged(read), false)
  await rm(path)
  assert.equal(await isUnchanged(read), false)
})

test("a blob of the store stays what was read when a job lets go of its other name, or it is held for another", async () => {
  const blob = join(folder, "blob")
  await writeFile(blob, "one")
  await link(blob, join(folder, "output-of-a-job"))
  const options = { blobs: { locate: async () => blob } }
  const digests: InputDigests = {
    digestOf: async (file) => {
      const hashed = await hashOpenFile(file)
      await rm(join(folder, "output-of-a-job"))
      await utimes(blob, 1, 1)
      return { ...hashed, isRecalled: false }
    },
  }
  const read = await readInput("text", blob, { ...options, digests })
  await utimes(blob, 2, 2)
  assert.equal(await isUnchanged(read), true)
  await rm(blob)
  await writeFile(blob, "other")
  assert.equal(await isUnchanged(read), false)
})

test("what only has the bytes of a blob is a file like others", async () => {
  const [blob, path] = [join(folder, "stored"), join(folder, "own.txt")]
  await writeFile(blob, "one")
  await writeFile(path, "one")
  const read = await readInput("text", path, { blobs: { locate: async () => blob } })
  await utimes(path, 2, 2)
  assert.equal(await isUnchanged(read), false)
})

test("a missing file, a folder, a named pipe and a device are refused by name, at once", async () => {
  await mkdir(join(folder, "scans"))
  execFileSync("mkfifo", [join(folder, "pipe")])
  await assert.rejects(readInput("dicom", join(folder, "nothing")), refusal("INPUT_NOT_FOUND", /there is no file/))
  await assert.rejects(readInput("dicom", join(folder, "scans")), refusal("INPUT_NOT_A_FILE", /is a folder/))
  await assert.rejects(readInput("dicom", join(folder, "pipe")), refusal("INPUT_NOT_A_FILE", /is a named pipe/))
  await assert.rejects(readInput("dicom", "/dev/zero"), refusal("INPUT_NOT_A_FILE", /is a device/))
})

test("a link that leads to itself, by another one too, is told as that", async () => {
  await symlink("there", join(folder, "here"))
  await symlink("here", join(folder, "there"))
  await assert.rejects(
    readInput("dicom", join(folder, "here")),
    refusal("INPUT_NOT_FOUND", /: ".*here" is a link that leads to itself$/),
  )
})

test("a file that may not be read is told as that", async () => {
  // Write-only for everybody, root included.
  const path = "/proc/sys/net/ipv4/route/flush"
  await assert.rejects(readInput("dicom", path), refusal("INPUT_UNREADABLE", /may not be read/))
})

function refusal(
  code: "INPUT_NOT_FOUND" | "INPUT_NOT_A_FILE" | "INPUT_UNREADABLE",
  says: RegExp,
): (error: unknown) => boolean {
  return (error) => isGeartrainError(error, code) && says.test(error.message) && error.hint !== undefined
}

function sha256sum(path: string): string {
  return execFileSync("sha256sum", [path], { encoding: "utf8" }).slice(0, 64)
}
