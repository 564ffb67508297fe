import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { isGeartrainError, type JobRecord } from "@geartrain/spec"
import { jobFolders } from "../../src/engine/job-folders.ts"
import { cancelJob } from "../../src/engine/life/cancel-job.ts"
import { placeOutputs } from "../../src/engine/life/place-outputs.ts"
import { reconcileJobs } from "../../src/engine/life/reconcile-jobs.ts"
import { followLog } from "../../src/engine/log/read-log.ts"
import { runJob } from "../../src/engine/phases/run-job.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

/** A process that nobody has: its id is higher than Linux gives, so it is dead. */
const DEAD = { pid: 4_194_305, startTime: "1@never", host: "" }

test("a job whose program died while it ran is failed, with the log and the outputs that it left", {
  skip,
}, async () => {
  const id = await abandon("executing")
  assert.deepEqual(await reconcileJobs(home.engine), [id])
  const record = await home.engine.jobs.get(id)
  assert.equal(record?.state, "failed")
  assert.equal(record?.failure?.reason, "ENGINE_LOST")
  assert.deepEqual(
    record?.outputs.map((file) => file.path),
    ["left.txt"],
  )
  assert.deepEqual(await home.log(record as JobRecord), ["said"])
  assert.equal(existsSync(jobFolders(home.engine.workFolder, id).base), false)
})

test("a job whose program died while it collected is what it would have been", { skip }, async () => {
  const id = await abandon("collecting")
  await reconcileJobs(home.engine)
  const record = await home.engine.jobs.get(id)
  assert.equal(record?.state, "complete")
  assert.equal(record?.outputs[0]?.path, "left.txt")
})

test("cancelling a job whose program is dead ends its record", { skip }, async () => {
  const id = await abandon("executing")
  assert.equal(await cancelJob(id, home.engine), "ended")
  assert.equal((await home.engine.jobs.get(id))?.state, "failed")
})

test("a job whose program lives is left alone", { skip }, async () => {
  const record = await home.run({ command: "true" })
  assert.deepEqual(await reconcileJobs(home.engine), [])
  assert.equal(await cancelJob(record.id, home.engine), "ended")
})

test("a log is followed from its beginning until the job has ended", { skip }, async () => {
  const { gear } = record(await home.run({ command: "echo one; sleep 0.6; echo two" }))
  const stored = await home.engine.gears.getGear(gear.id)
  assert.ok(stored)
  const lines: string[] = []
  let following: Promise<void> | undefined
  await runJob({ gear: stored, config: {}, files: {} }, home.engine, {
    onEvent: (event) => {
      if (event.type === "created") following = follow(event.id, lines)
    },
  })
  await following
  assert.deepEqual(lines, ["one", "two"])
})

test("outputs are copied out whole, with their folders, and nothing is overwritten unasked", { skip }, async () => {
  const job = await home.run({
    command: "mkdir -p output/a/b; echo deep > output/a/b/c.txt; echo '#!/bin/sh' > output/tool; chmod +x output/tool",
  })
  const folder = join(home.folder, "placed")
  const placed = await placeOutputs(job, home.engine, { folder })
  assert.deepEqual(placed, [join(folder, "a/b/c.txt"), join(folder, "tool")])
  assert.equal(await readFile(join(folder, "a/b/c.txt"), "utf8"), "deep\n")
  await assert.rejects(placeOutputs(job, home.engine, { folder }), (error) => isGeartrainError(error, "OUTPUT_EXISTS"))
  await placeOutputs(job, home.engine, { folder, force: true })
})

test("outputs are not written through a link that lies in the folder", { skip }, async () => {
  const job = await home.run({ command: "mkdir output/sub; echo x > output/sub/file" })
  const folder = join(home.folder, "trap")
  await mkdir(folder)
  await mkdir(join(home.folder, "outside"))
  await symlink(join(home.folder, "outside"), join(folder, "sub"))
  await assert.rejects(placeOutputs(job, home.engine, { folder }), (error) =>
    isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"),
  )
  assert.equal(existsSync(join(home.folder, "outside/file")), false)
})

/** Leaves a job behind as a program does that is killed. */
async function abandon(phase: "executing" | "collecting"): Promise<string> {
  const done = await home.run({ command: "true" })
  const id = done.id.split("").toReversed().join("")
  const { log: _log, ended: _ended, failure: _failure, ...rest } = done
  const running: JobRecord = { ...rest, id, state: "running", phase }
  await home.engine.jobs.create(running, { ...DEAD, host: home.engine.owner.host })
  const folders = jobFolders(home.engine.workFolder, id)
  await mkdir(folders.output, { recursive: true })
  await writeFile(join(folders.output, "left.txt"), "left\n")
  await writeFile(folders.log, `${JSON.stringify({ time: "2026-01-01T00:00:00.000Z", fd: 1, msg: "said" })}\n`)
  return id
}

async function follow(id: string, lines: string[]): Promise<void> {
  for await (const line of followLog(id, home.engine)) lines.push(line.msg)
}

function record(job: JobRecord): JobRecord {
  assert.equal(job.state, "complete", job.failure?.message)
  return job
}
