import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type Gear, isGeartrainError } from "@geartrain/spec"
import type { JobRequest } from "../../engine/job-request.ts"
import { parseArguments } from "../arguments/parse-arguments.ts"
import { runCommand } from "../commands/jobs/run.ts"
import { type BuiltRequest, buildRequest } from "./build-request.ts"
import { flagsOfGear, gearParameters } from "./gear-flags.ts"

const manifest = {
  name: "g",
  version: "1",
  inputs: { a: { base: "file" }, b: { base: "file" }, atlas: { base: "context" }, key: { base: "api-key" } },
  config: { speed: { type: "integer" }, mode: { type: "string" } },
}
const gear = { manifest } as unknown as Gear

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gear-request-"))
  await writeFile(join(folder, "key"), "typed-key\n")
  const file = (name: string): object => ({
    base: "file",
    location: { name, path: `/data/${name}` },
    object: { type: "text" },
  })
  const inputs = {
    a: file("a.txt"),
    b: file("b.txt"),
    atlas: { base: "context", found: true, value: 1 },
    key: { base: "api-key", key: "file-key" },
  }
  await writeFile(
    join(folder, "config.json"),
    JSON.stringify({ config: { speed: 1, mode: "slow" }, inputs, destination: { type: "session", id: "1" } }),
  )
})
after(() => rm(folder, { recursive: true, force: true }))

async function request(...args: readonly string[]): Promise<JobRequest> {
  // Objects that were read from JSON have no prototype.
  return structuredClone((await build(...args)).request)
}

async function build(...args: readonly string[]): Promise<BuiltRequest> {
  const parameters = gearParameters(manifest as unknown as Gear["manifest"], new Set(Object.keys(runCommand.flags)))
  const { foreignFlags: _, ...command } = runCommand
  const given = parseArguments({ ...command, flags: { ...flagsOfGear(parameters), ...command.flags } }, ["g", ...args])
  return await buildRequest({ gear }, parameters, given)
}

test("without flags a request asks for nothing", async () => {
  assert.deepEqual(await request(), {
    gear,
    config: {},
    files: {},
    fileNames: {},
    fileObjects: {},
    contexts: {},
    keys: {},
    limits: {},
  })
})

test("flags come before what a config.json says, and a file that is given has its own name and type", async () => {
  const built = await request(
    ...["--config-json", join(folder, "config.json"), "--speed", "2", "--a", "mine.txt", "--context", "atlas=2"],
    ...["--key-file", `key=${join(folder, "key")}`, "--memory", "1k", "--network", "outbound"],
  )
  assert.deepEqual(built, {
    gear,
    config: { speed: 2, mode: "slow" },
    files: { a: "mine.txt", b: "/data/b.txt" },
    fileNames: { b: "b.txt" },
    fileObjects: { b: { type: "text" } },
    contexts: { atlas: 2 },
    keys: { key: "typed-key" },
    limits: { memoryBytes: 1024 },
    network: "outbound",
    destination: { type: "session", id: "1" },
  })
})

test("the type of a file can be stated, over what a config.json says", async () => {
  const path = join(folder, "config.json")
  const built = await request("--config-json", path, "--input-type", "b=nifti", "--a", "x", "--input-type", "a=dicom")
  assert.deepEqual(built.fileObjects, { a: { type: "dicom" }, b: { type: "nifti" } })
  await assert.rejects(request("--input-type", "a=dicom"), (error) => {
    assert.ok(isGeartrainError(error, "USAGE"))
    assert.equal(error.message, 'Cannot take --input-type "a=dicom": no file is given for input "a"')
    return true
  })
})

test("what a config.json names and does not hold is told, unless it is given", async () => {
  const path = join(folder, "sdk.json")
  const inputs = { a: { type: "project", id: "5f17", name: "cases.csv" }, b: { type: "dicom" } }
  await writeFile(path, JSON.stringify({ config: { speed: 1 }, inputs }))
  assert.deepEqual((await build("--config-json", path)).warnings, [
    'Input "a" is the file "cases.csv" of project 5f17 on a platform; give it with --input a=PATH',
    'Input "b" is a file that is described, and lies nowhere; give it with --input b=PATH',
  ])
  const given = await build("--config-json", path, "--a", "cases.csv", "--b", "scan.zip")
  assert.deepEqual(given.warnings, [])
  assert.deepEqual(structuredClone(given.request.fileObjects), { b: { type: "dicom" } })
})
