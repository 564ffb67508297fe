import assert from "node:assert/strict"
import { readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { GeartrainError, isGeartrainError, type JobRecord, type Verification } from "@geartrain/spec"
import { verifyJob } from "../../src/engine/again/verify-job.ts"
import type { EnginePorts } from "../../src/engine/engine-ports.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

const COPY = { command: "cp input/data/data.txt output/copy", inputs: { data: { base: "file" } } }

/** Fails with JOB_NOT_REPLAYABLE or the like, and answers with what the history says of it. */
async function undecided(record: JobRecord, ports: EnginePorts = home.engine): Promise<Verification> {
  const before = (await home.engine.jobs.get(record.id))?.history.length ?? 0
  await assert.rejects(verifyJob(record, ports), (error) => isGeartrainError(error))
  const history = (await home.engine.jobs.get(record.id))?.history ?? []
  assert.equal(history.length, before + 1)
  const last = history.at(-1)
  assert.equal(last?.verdict, "undecided")
  assert.deepEqual(last?.differences, [])
  return last
}

test("an input that is gone leaves the verdict undecided, and the history names it", { skip }, async () => {
  const path = await home.file("data.txt", "gone soon")
  const record = await home.run(COPY, { files: { data: path } })
  await rm(path)
  // The output is the same bytes, and would do as the input.
  await home.engine.blobs.remove?.(record.outputs[0]?.digest ?? "sha256:")
  const { why, job, provider } = await undecided(record)
  assert.match(
    why ?? "",
    /^Cannot replay job ".*": input "data" \("data\.txt", .*\) is neither stored nor at ".*data\.txt"$/,
  )
  assert.equal(job, undefined)
  assert.equal(provider, "")
})

test("so do a gear that is gone, and one whose root filesystem is", { skip }, async () => {
  const record = await home.run({ command: "echo a > output/a" })
  await home.engine.stores.roots.remove(record.gear.tree)
  const rootless = await undecided(record)
  assert.match(rootless.why ?? "", /root filesystem/)
  await home.engine.gears.removeGear(record.gear.id)
  assert.match((await undecided(record)).why ?? "", /gear "gear-\d+@1\.0\.0" cannot be had: it is not stored/)
})

test("so does a provider that does not work here", { skip }, async () => {
  const record = await home.run({ command: "echo a > output/a" })
  const provider = (): never => {
    throw new GeartrainError("PROVIDER_UNAVAILABLE", 'Cannot use provider "crun": it is not installed')
  }
  const { why } = await undecided(record, { ...home.engine, provider })
  assert.equal(why, 'Cannot use provider "crun": it is not installed')
})

test("a provider that there never was says nothing about the job", { skip }, async () => {
  const record = await home.run({ command: "echo a > output/a" })
  const provider = (): never => {
    const details = { provider: "crum", known: ["crun"] }
    throw new GeartrainError("PROVIDER_UNAVAILABLE", 'Cannot use provider "crum": there are crun', { details })
  }
  await assert.rejects(verifyJob(record, { ...home.engine, provider }))
  assert.deepEqual((await home.engine.jobs.get(record.id))?.history, [])
})

test("an input that did not change is read beside the run, and its record says that its digest was recalled", {
  skip,
}, async () => {
  const record = await home.run(COPY, { files: { data: await home.file("data.txt", "recalled") } })
  const digest = record.outputs[0]?.digest ?? "sha256:"
  const inputDigests = { digestOf: async () => ({ digest, sizeBytes: 8, isRecalled: true }) }
  await home.engine.blobs.remove?.(digest)
  const { verification, job } = await verifyJob(record, { ...home.engine, inputDigests })
  assert.equal(verification.verdict, "identical")
  assert.equal(job.inputs["data"]?.recalled, true)
})

test("a job that was cancelled is nothing to compare with", { skip }, async () => {
  const cancelled = await home.run({ command: "sleep 60" }, {}, { force: AbortSignal.timeout(200) })
  assert.equal(cancelled.state, "cancelled")
  await assert.rejects(
    verifyJob(cancelled, home.engine),
    (error) => isGeartrainError(error, "JOB_NOT_REPLAYABLE") && /CANCELLED/.test(error.message),
  )
})

test("a verification that is interrupted is no verdict", { skip }, async () => {
  const record = await home.run({ command: "sleep 1; echo a > output/a" })
  await assert.rejects(verifyJob(record, home.engine, { force: AbortSignal.timeout(100) }), (error) =>
    isGeartrainError(error, "JOB_NOT_REPLAYABLE"),
  )
  assert.deepEqual((await home.engine.jobs.get(record.id))?.history, [])
})

test("a run that its time limit ended decides nothing about one that came to its end", { skip }, async () => {
  const record = await home.run({ command: "echo a > output/a; sleep 0.5; echo b > output/b" })
  const slow = { ...record, limits: { ...record.limits, timeMs: 100 } }
  const { why, job } = await undecided(slow)
  assert.match(why ?? "", /the re-run was ended by a limit \(TIME_LIMIT\)/)
  assert.notEqual(job, undefined)
})

test("an output that comes out the same is not stored again; one that is lost is", { skip }, async () => {
  const record = await home.run({ command: "echo same > output/same; echo lost > output/lost" })
  const [lost, same] = record.outputs.map(({ digest }) => digest)
  assert.ok(lost !== undefined && same !== undefined)
  const path = (await home.engine.blobs.locate(same)) ?? ""
  const { ino } = await stat(path)
  await home.engine.blobs.remove?.(lost)
  const { verification, job } = await verifyJob(record, home.engine)
  assert.equal(verification.verdict, "identical")
  assert.equal((await stat(path)).ino, ino, "the file is the one that was there")
  assert.deepEqual(job.outputs, record.outputs)
  assert.notEqual(await home.engine.blobs.stat(lost), undefined)
  assert.deepEqual(await readdir(home.engine.workFolder), [])
  const names = await readdir(join(home.folder, "home/tmp"), { recursive: true })
  const blobs = names.filter((name) => name.includes("/") && !/^[^/]+\/spares(\/|$)/.test(name))
  assert.deepEqual(blobs, [], "nothing is left half-stored")
})
