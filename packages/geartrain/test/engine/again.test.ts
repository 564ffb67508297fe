import assert from "node:assert/strict"
import { rm, writeFile } from "node:fs/promises"
import { after, before, test } from "node:test"
import { type Digest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { replayRequest } from "../../src/engine/again/replay-request.ts"
import { verifyJob } from "../../src/engine/again/verify-job.ts"
import { resolveJob } from "../../src/engine/life/resolve-job.ts"
import { runJob } from "../../src/engine/phases/run-job.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

const COUNT = { command: "wc -c < input/data/data.txt > output/count; echo $FW_CONFIG_GREETING >> output/count" }
const DECLARED = { inputs: { data: { base: "file" } }, config: { greeting: { type: "string", default: "hello" } } }

test("a job that repeats is verified as identical, and the verdict is in its history", { skip }, async () => {
  const record = await home.run({ ...COUNT, ...DECLARED }, { files: { data: await home.file("data.txt", "12345") } })
  assert.equal(record.state, "complete", record.failure?.message)
  const { verification, job } = await verifyJob(record, home.engine)
  assert.equal(verification.verdict, "identical")
  assert.equal(job.replayOf, record.id)
  assert.equal(job.forVerification, true)
  assert.notEqual(job.id, record.id)
  assert.equal(job.invocationDigest, record.invocationDigest)
  const stored = await home.engine.jobs.get(record.id)
  assert.equal(stored?.history.length, 1)
  assert.equal(stored?.history[0]?.job, job.id)
})

test("the latest job is the newest that is no re-run of a verification, or else the newest", { skip }, async () => {
  const home = await openEngineHome()
  try {
    const record = await home.run({ command: "true" })
    const reruns: JobRecord[] = []
    for (let count = 0; count < 6; count++) reruns.push((await verifyJob(record, home.engine)).job)
    assert.equal((await resolveJob("latest", home.engine)).id, record.id)
    assert.equal((await resolveJob(reruns[0]?.id ?? "", home.engine)).forVerification, true)
    const replayed = await runJob(await replayRequest(record, home.engine), home.engine)
    assert.equal(replayed.forVerification, undefined)
    assert.equal((await resolveJob("latest", home.engine)).id, replayed.id)
    for (const { id } of [record, replayed]) await home.engine.jobs.remove(id)
    assert.equal((await resolveJob("latest", home.engine)).id, reruns.at(-1)?.id)
  } finally {
    await home.close()
  }
})

test("a job that does not repeat is verified as different, with the outputs that differ", { skip }, async () => {
  const record = await home.run({ command: "echo same > output/same; head -c 16 /dev/urandom > output/random" })
  const { verification } = await verifyJob(record, home.engine)
  assert.equal(verification.verdict, "different")
  assert.deepEqual(
    verification.differences.map((difference) => difference.path),
    ["random"],
  )
})

test("a gear that fails the same way again is identical, too", { skip }, async () => {
  const record = await home.run({ command: "echo half > output/half; exit 4" })
  const { verification } = await verifyJob(record, home.engine)
  assert.equal(verification.verdict, "identical")
})

test("a job is replayed from its record as text, with its config, and only with the very files that it read", {
  skip,
}, async () => {
  const path = await home.file("data.txt", "first")
  const record = await home.run({ ...COUNT, ...DECLARED }, { files: { data: path }, config: { greeting: "good day" } })
  const exported = JSON.parse(JSON.stringify(record)) as JobRecord
  await writeFile(path, "other")
  await assert.rejects(replayRequest(exported, home.engine), (error) => isGeartrainError(error, "JOB_NOT_REPLAYABLE"))
  await assert.rejects(replayRequest(exported, home.engine, { files: { data: path } }), (error) =>
    isGeartrainError(error, "INPUT_DIGEST_MISMATCH"),
  )
  const elsewhere = await home.file("kept-under-another-name", "first")
  const again = await runJob(await replayRequest(exported, home.engine, { files: { data: elsewhere } }), home.engine)
  assert.equal(again.invocationDigest, record.invocationDigest)
  assert.deepEqual(again.outputs, record.outputs)
})

test("a recalled digest is told in the record, and no job that repeats another believes it", { skip }, async () => {
  const files = { data: await home.file("data.txt", "12345") }
  const digest: Digest = `sha256:${"0".repeat(64)}`
  const recalling = {
    ...home.engine,
    inputDigests: { digestOf: async () => ({ digest, sizeBytes: 5, isRecalled: true }) },
  }
  const honest = await home.run({ ...COUNT, ...DECLARED }, { files })
  assert.deepEqual(honest.inputs, { data: { path: files.data, sizeBytes: 5 } })
  const { job } = await verifyJob(honest, recalling)
  assert.deepEqual(job.inputs, honest.inputs)
  const request = await replayRequest(honest, home.engine)
  const { replayOf: _, readFiles: __, ...anew } = request
  const mistaken = await runJob(anew, recalling)
  assert.deepEqual(mistaken.inputs, { data: { path: files.data, sizeBytes: 5, recalled: true } })
  await assert.rejects(
    verifyJob(mistaken, recalling),
    (error) =>
      isGeartrainError(error, "JOB_NOT_REPLAYABLE") && /input "data" at .* has other bytes/.test(error.message),
  )
  assert.equal((await home.engine.jobs.get(mistaken.id))?.history.at(-1)?.verdict, "undecided")
})

test("a job whose gear is gone is not replayed, and the error says how to get the gear back", { skip }, async () => {
  const record = await home.run({ command: "true" })
  await home.engine.gears.removeGear(record.gear.id)
  await assert.rejects(
    replayRequest(record, home.engine),
    (error) => isGeartrainError(error, "JOB_NOT_REPLAYABLE") && /gear import/.test(error.hint ?? ""),
  )
})

test("what the user got wrong is refused all at once, before there is a job", { skip }, async () => {
  const before = await home.engine.jobs.list({})
  await assert.rejects(home.run({ ...COUNT, ...DECLARED }, { config: { greetin: "x", greeting: 3 } }), (error) => {
    assert.ok(isGeartrainError(error, "INVOCATION_INVALID"))
    assert.match(error.message, /greetin/)
    assert.match(error.message, /data/)
    return true
  })
  assert.equal((await home.engine.jobs.list({})).length, before.length)
})

test("a gear that asks for the network is not run without the user's word, nor one that does not ask with it", {
  skip,
}, async () => {
  await assert.rejects(home.run({ command: "true", capabilities: ["networking"] }), (error) =>
    isGeartrainError(error, "CAPABILITY_MISSING"),
  )
  await assert.rejects(home.run({ command: "true" }, { network: "outbound" }), (error) =>
    isGeartrainError(error, "CAPABILITY_MISSING"),
  )
  await assert.rejects(home.run({ command: "true", capabilities: ["gpu"] }), (error) =>
    isGeartrainError(error, "CAPABILITY_MISSING"),
  )
  const sealed = await home.run({ command: "true", capabilities: ["networking"] }, { network: "none" })
  assert.equal(sealed.state, "complete")
})

test("an input file that is gone is named before the gear runs", { skip }, async () => {
  const path = await home.file("short-lived", "x")
  await rm(path)
  await assert.rejects(
    home.run({ command: "true", inputs: { data: { base: "file" } } }, { files: { data: path } }),
    (error) => isGeartrainError(error, "INPUT_NOT_FOUND"),
  )
})
