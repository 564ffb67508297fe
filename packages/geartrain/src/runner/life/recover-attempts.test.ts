import assert from "node:assert/strict"
import { mkdir, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { openedBlobs } from "../../../test/stores/opened-blobs.ts"
import { opened } from "../../../test/stores/records/opened-records.ts"
import { job, jobId, OWNER } from "../../../test/stores/records/sample-records.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import { AttemptFolder } from "../attempt/attempt-folder.ts"
import { recoverAttempts } from "./recover-attempts.ts"

/** Whoever ran it is gone: its process id is of another by now. */
const GONE = { ...OWNER, startTime: "1" }

async function runnerOf(t: TestContext) {
  const { folder, records } = await opened(t)
  const { store } = await openedBlobs(t)
  const attemptsFolder = join(folder, "attempts")
  const workFolder = join(folder, "work")
  await mkdir(workFolder)
  const engine = { ...records, blobs: store, workFolder } as unknown as EnginePorts
  return {
    records,
    attemptsFolder,
    recover: () => recoverAttempts({ engine, attemptsFolder }),
    /** An attempt that the runner had, as its disk tells. */
    had: async (number: number, record?: Partial<JobRecord>): Promise<void> => {
      const claimed = { job: jobId(number), attempt: 2, token: `token-${number}` }
      await new AttemptFolder(attemptsFolder, claimed).create(claimed)
      if (record !== undefined) await records.jobs.create(job(number, record), GONE)
    },
  }
}

test("what was never begun, and what was cut off, is to be run again; what had ended is only to be told", async (t) => {
  const { had, recover } = await runnerOf(t)
  await had(1)
  await had(2, { state: "running" })
  await had(3, { state: "complete" })
  await had(4, { state: "failed", failure: { culprit: "gear", reason: "NONZERO_EXIT", message: "m", next: "n" } })
  const found = await recover()
  const told = found.map(({ note, record }) => [note.job, note.attempt, note.token, record?.state])
  assert.deepEqual(told.toSorted(), [
    [jobId(1), 2, "token-1", undefined],
    [jobId(2), 2, "token-2", undefined],
    [jobId(3), 2, "token-3", "complete"],
    [jobId(4), 2, "token-4", "failed"],
  ])
})

test("a job that somebody still runs is not told as ended", async (t) => {
  const { had, records, recover } = await runnerOf(t)
  await had(8)
  await records.jobs.create(job(8), OWNER)
  const [found] = await recover()
  assert.deepEqual([found?.note.job, found?.record], [jobId(8), undefined])
  assert.equal((await records.jobs.get(jobId(8)))?.state, "running")
})

test("a job that was cut off and belongs to no attempt any more leaves no record", async (t) => {
  const { records, recover } = await runnerOf(t)
  await records.jobs.create(job(5), GONE)
  await records.jobs.create(job(6, { state: "complete" }), GONE)
  assert.deepEqual(await recover(), [])
  assert.equal(await records.jobs.get(jobId(5)), undefined)
  assert.equal((await records.jobs.get(jobId(6)))?.state, "complete")
})

test("a folder in which nothing was noted goes, and one that is no attempt stays", async (t) => {
  const { attemptsFolder, recover } = await runnerOf(t)
  await mkdir(join(attemptsFolder, `${jobId(7)}-1`), { recursive: true })
  await mkdir(join(attemptsFolder, "somebody-elses"))
  await writeFile(join(attemptsFolder, "file"), "")
  assert.deepEqual(await recover(), [])
  assert.deepEqual((await readdir(attemptsFolder)).toSorted(), ["file", "somebody-elses"])
})

test("a runner that never ran has nothing to answer for", async (t) => {
  const { attemptsFolder, recover } = await runnerOf(t)
  assert.deepEqual(await recover(), [])
  assert.deepEqual(await readdir(attemptsFolder), [])
})
