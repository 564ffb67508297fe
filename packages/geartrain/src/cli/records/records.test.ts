import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type ErrorCode, type Gear, type GearManifest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { type OpenedRecords, openRecords } from "../../compose/stores/open-records.ts"
import { readSettings } from "../../settings/read-settings.ts"
import { ownIdentity } from "../../system/host.ts"
import type { Context } from "../command.ts"
import { COMMAND_GROUPS } from "../command-table.ts"
import { candidates } from "../completion/candidates.ts"
import { gearCandidates, jobCandidates, manifestWords } from "../completion/stored-words.ts"
import { createReply } from "../output/reply.ts"
import { openTerminal } from "../output/terminal.ts"
import { currentJobs } from "./current-jobs.ts"
import { findThing } from "./find-thing.ts"

const GEAR_ID = `sha256:${"ab".repeat(32)}` as const
const TREE = `sha256:${"cd".repeat(32)}` as const
const JOB_ID = `abab${"1".repeat(20)}`

const gear: Gear = {
  id: GEAR_ID,
  platform: "linux/amd64",
  tree: TREE,
  manifest: {
    name: "word-count",
    label: "Word count",
    description: "",
    version: "1.0.0",
    author: "",
    license: "MIT",
    url: "",
    source: "",
    inputs: { text: { base: "file", description: "The text" } },
    config: { unit: { type: "string", enum: ["words", "lines"] }, fast: { type: "boolean" } },
  } as unknown as GearManifest,
  origin: { kind: "tar", reference: "w.tar" },
  entries: 1,
  sizeBytes: 1,
  imported: "2024-01-01T00:00:00.000Z",
}

const job: JobRecord = {
  format: "geartrain-job/1",
  id: JOB_ID,
  state: "running",
  phase: "preparing",
  gear: { id: GEAR_ID, name: "word-count", version: "1.0.0", platform: "linux/amd64", tree: TREE, origin: gear.origin },
  invocation: {
    format: "geartrain-invocation/1",
    gear: GEAR_ID,
    config: {},
    inputs: {},
    environment: {},
    network: "none",
  },
  invocationDigest: TREE,
  command: [],
  inputs: {},
  outputs: [],
  skippedOutputs: [],
  host: { name: "h", kernel: "6", architecture: "x86_64", cpus: 1, memoryBytes: 1 },
  engine: { version: "0.1.0", node: "24" },
  limits: {},
  created: "2024-01-01T00:00:00.000Z",
  history: [],
}

let folder = ""
let records: OpenedRecords
let context: Context
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gear-records-"))
  const settings = readSettings({ GEARTRAIN_HOME: join(folder, "store"), XDG_CACHE_HOME: folder })
  const terminal = openTerminal(settings.terminal)
  context = {
    terminal,
    reply: createReply(terminal, { json: false, quiet: true }),
    settings: () => settings,
    options: { json: false, quiet: true, verbose: false, debug: false, noInput: true, yes: false },
    groups: COMMAND_GROUPS,
  }
  records = await openRecords(settings)
  await records.gears.putGear(gear)
  await records.gears.setReference("word-count@1.0.0", GEAR_ID)
  await records.jobs.create(job, { ...ownIdentity(), startTime: "0" })
})
after(async () => {
  await records.close()
  await rm(folder, { recursive: true, force: true })
})

async function wordsFor(...words: readonly string[]): Promise<readonly string[]> {
  return (await candidates(words, context)).map((candidate) => candidate.word)
}

function refusal(code: ErrorCode) {
  return (error: unknown): boolean => isGeartrainError(error, code)
}

test("a word finds a job by id and latest, and a gear by name and id", async () => {
  for (const word of ["latest", JOB_ID, `abab${"1".repeat(6)}`]) {
    const thing = await findThing(word, records)
    assert.equal(thing.kind === "job" && thing.job.id, JOB_ID, word)
  }
  for (const word of ["word-count", "word-count@1.0.0", GEAR_ID, "abababab"]) {
    const thing = await findThing(word, records)
    assert.equal(thing.kind === "gear" && thing.gear.id, GEAR_ID, word)
  }
})

test("a word that means neither is told as that, and a name as the name of a gear", async () => {
  await assert.rejects(findThing("ffff", records), (error) => {
    assert.ok(isGeartrainError(error, "GEAR_NOT_FOUND"))
    assert.equal(error.message, 'Cannot find "ffff": neither a job nor a gear has an id that begins so')
    return true
  })
  await assert.rejects(findThing("word-cuont", records), refusal("GEAR_NOT_FOUND"))
})

test("a word that means both is refused with how to say which", async () => {
  const both = { ...job, id: "abababab0000000000000000" }
  await records.jobs.create(both, ownIdentity())
  await assert.rejects(findThing("abababab", records), (error) => {
    assert.ok(isGeartrainError(error, "GEAR_AMBIGUOUS"))
    assert.equal(error.hint, "Write sha256:abababab for the gear, or more digits: abababab0000 for the job")
    return true
  })
})

test("stored names, ids, inputs, keys and values are offered to a shell", async () => {
  assert.deepEqual(
    (await gearCandidates(context)).map(({ word }) => word),
    ["word-count", "word-count@1.0.0"],
  )
  assert.equal((await jobCandidates(context))[0]?.word, "latest")
  assert.equal((await manifestWords("word-count", context))?.inputs[0]?.says, "The text")
  assert.equal(await manifestWords("./x", context), undefined)
  assert.deepEqual(await wordsFor("run", "word"), ["word-count", "word-count@1.0.0"])
  assert.deepEqual(await wordsFor("run", "word-count", "--unit", ""), ["words", "lines"])
  assert.deepEqual(await wordsFor("run", "word-count", "--te"), ["--text"])
  assert.deepEqual(await wordsFor("run", "word-count", "--set", "u"), ["unit="])
  assert.deepEqual(await wordsFor("run", "word-count", "--set=unit=l"), ["--set=unit=lines"])
  assert.deepEqual(await wordsFor("run", "word-count", "-s", "fast="), ["fast=true", "fast=false"])
  assert.deepEqual(await wordsFor("run", "word-count", "--input", "t"), ["text="])
  assert.deepEqual(await wordsFor("verify", "abab1"), ["abab11111111"])
  assert.deepEqual(await wordsFor("run", "word-count", "--provider", "cr"), ["crun"])
  assert.deepEqual(await wordsFor("schema", "rep"), ["reply"])
  assert.deepEqual(await wordsFor("diff", "latest", "word-count", ""), [])
})

test("a job whose program is gone is ended when the jobs are listed", async () => {
  const jobs = await currentJobs(context.settings(), { states: ["failed"] }, assert.fail)
  assert.deepEqual(
    jobs.map(({ id, reason }) => [id, reason]),
    [[JOB_ID, "ENGINE_LOST"]],
  )
})
