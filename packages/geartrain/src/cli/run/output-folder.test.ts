import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type ErrorCode, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { parseArguments } from "../arguments/parse-arguments.ts"
import type { Command } from "../command.ts"
import { OUTPUT_FLAGS } from "./job-flags.ts"
import { type OutputPlan, planOutputs } from "./output-folder.ts"

const command: Command = {
  name: "try",
  arguments: [],
  flags: OUTPUT_FLAGS,
  examples: [],
  exits: "gear",
  run: async () => ({}),
}
const record = { id: "0123456789abcdef01234567", gear: { name: "fsl-bet" } } as JobRecord

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gear-cli-output-"))
})
after(() => rm(folder, { recursive: true, force: true }))

async function plan(...args: readonly string[]): Promise<OutputPlan> {
  return await planOutputs(parseArguments(command, args))
}

function refusal(code: ErrorCode) {
  return (error: unknown): boolean => isGeartrainError(error, code)
}

test("outputs go to a folder named after gear and job, unless one is named", async () => {
  assert.equal((await plan()).folderFor?.(record), "fsl-bet-0123456789ab")
  assert.equal((await plan("-o", join(folder, "new"))).folderFor?.(record), join(folder, "new"))
})

test("an empty folder is taken, one with something in it is not, unless forced", async () => {
  const empty = join(folder, "empty")
  await mkdir(empty)
  assert.equal((await plan("-o", empty)).force, false)
  await writeFile(join(empty, "mine.txt"), "x")
  await assert.rejects(
    plan("-o", empty),
    (error) => isGeartrainError(error, "OUTPUT_EXISTS") && error.message.includes('"mine.txt"'),
  )
  assert.equal((await plan("-o", empty, "--force")).force, true)
})

test("a file where the folder should be is refused", async () => {
  const file = join(folder, "file")
  await writeFile(file, "")
  await assert.rejects(plan("-o", file), refusal("OUTPUT_FOLDER_UNUSABLE"))
  await assert.rejects(plan("-o", join(file, "below")), refusal("OUTPUT_FOLDER_UNUSABLE"))
  await assert.rejects(plan("-o", file, "--force"), refusal("OUTPUT_FOLDER_UNUSABLE"))
})

test("where nothing can be made, that is said before the gear runs, and nothing is left where it can", async () => {
  for (const nowhere of ["/proc/x", "/proc/x/y/z"])
    await assert.rejects(plan("-o", nowhere), refusal("OUTPUT_FOLDER_UNUSABLE"))
  const before = await readdir(folder)
  await plan("-o", join(folder, "a/b/c"))
  assert.deepEqual(await readdir(folder), before)
})

test("outputs stay in the store when that is asked for, and not both ways", async () => {
  assert.equal((await plan("--no-output")).folderFor, undefined)
  await assert.rejects(plan("--no-output", "-o", "x"), refusal("USAGE"))
})
