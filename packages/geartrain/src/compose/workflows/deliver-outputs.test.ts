import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError, type OutputFile } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { sha256 } from "../../system/hash.ts"
import { pick } from "../../workflows/orders/take-inputs.ts"
import type { Engine } from "../open-engine.ts"
import { deliverOutputs } from "./deliver-outputs.ts"

const top = mkdtempSync(join(tmpdir(), "geartrain-deliver-"))
after(() => rmSync(top, { recursive: true }))

const engine = {
  blobs: { locate: async (digest: string) => join(top, digest.slice("sha256:".length)) },
} as unknown as Pick<Engine, "blobs">

function written(path: string, text: string, more: Partial<OutputFile> = {}): OutputFile {
  const digest = sha256(Buffer.from(text))
  writeFileSync(join(top, digest.slice("sha256:".length)), text)
  return { path, digest, sizeBytes: text.length, ...more }
}

function deliver(files: readonly KnownFile[], name: string): Promise<readonly string[]> {
  return deliverOutputs({ tools: files }, engine, { folder: join(top, name), force: false })
}

test("what a gear wrote to be run can be run where it is delivered, and nothing else", async () => {
  const outputs = [written("bin/tool", "#!/bin/sh\n", { executable: true }), written("notes.txt", "notes")]
  const paths = await deliver(pick(outputs, { jobs: ["make"] }), "out")
  assert.deepEqual(paths, [join(top, "out/tools/bin/tool"), join(top, "out/tools/notes.txt")])
  assert.deepEqual(
    paths.map((path) => (statSync(path).mode & 0o111) !== 0),
    [true, false],
  )
  // Somebody else has put it there, by its bytes alone.
  chmodSync(paths[0] ?? "", 0o644)
  await deliver(pick(outputs, { jobs: ["make"] }), "out")
  assert.notEqual(statSync(paths[0] ?? "").mode & 0o111, 0)
  const own = join(top, "own")
  writeFileSync(own, "#!/bin/sh\n", { mode: 0o644 })
  rmSync(paths[0] ?? "")
  symlinkSync(own, paths[0] ?? "")
  await deliver(pick(outputs, { jobs: ["make"] }), "out")
  assert.equal(statSync(own).mode & 0o111, 0)
})

test("files of one name are told apart, and those that are there already with other bytes are not overwritten", async () => {
  const twice = pick([written("a/x.txt", "one"), written("a/y.txt", "two")], { jobs: ["a"] }).map((file) => ({
    ...file,
    name: "same.txt",
  }))
  const paths = await deliver(twice, "twice")
  assert.deepEqual(
    paths.map((path) => [path.slice(top.length), readFileSync(path, "utf8")]),
    [
      ["/twice/tools/0000-same.txt", "one"],
      ["/twice/tools/0001-same.txt", "two"],
    ],
  )
  assert.deepEqual(await deliver(twice, "twice"), paths)
  writeFileSync(paths[0] ?? "", "mine")
  await assert.rejects(deliver(twice, "twice"), (error) => isGeartrainError(error, "OUTPUT_EXISTS"))
  assert.equal(readFileSync(paths[0] ?? "", "utf8"), "mine")
})

test("no name leads out of the folder, nor does a link in it", async () => {
  const file = { ...written("x", "x"), name: "x" }
  for (const name of ["../x", "/x", "a//x", "a/../../x", "", "a\0b"])
    await assert.rejects(deliver([{ ...file, name }], "safe"), (error) =>
      isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"),
    )
  await deliver([file], "linked")
  symlinkSync(top, join(top, "linked/tools/out"))
  const through = deliver([{ ...file, name: "out/y" }], "linked")
  await assert.rejects(through, (error) => isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"))
})
