import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { Gear } from "@geartrain/spec"
import type { JobRequest } from "../../engine/job-request.ts"
import { parseArguments } from "../arguments/parse-arguments.ts"
import { runCommand } from "../commands/jobs/run.ts"
import { buildRequest } from "./build-request.ts"
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
