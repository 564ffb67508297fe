import assert from "node:assert/strict"
import { test } from "node:test"
import { digestOfText, FakeJobs } from "../../../test/workflows/fake-jobs.ts"
import { SAMPLE_STORED_GEAR } from "../../../test/workflows/sample-plan.ts"
import type { StepOrder } from "../workflow-jobs.ts"
import { StagedFiles } from "./stage-files.ts"

const digest = digestOfText("one")
const order = (path?: string): StepOrder => ({
  gear: SAMPLE_STORED_GEAR,
  config: {},
  files: new Map([["in", { name: "f", digest, sizeBytes: 3, ...(path === undefined ? {} : { path }) }]]),
})

test("a file outside of the store is looked at for its digest, and other bytes are refused", async () => {
  const jobs = new FakeJobs()
  const files = new StagedFiles({ transfers: [] }, jobs)
  jobs.files.set("/changed", "two")
  await assert.rejects(files.verified(order("/changed")), { code: "WORKFLOW_INPUT_CHANGED" })
  await assert.rejects(files.verified(order("/gone")), { code: "INPUT_NOT_FOUND" })
  jobs.files.set("/same", "one")
  const wanted = order("/same")
  assert.equal(await files.verified(wanted), wanted)
})

test("bytes that the store has serve where a file was changed, and what it has not is missing", async () => {
  const jobs = new FakeJobs()
  const files = new StagedFiles({ transfers: [] }, jobs)
  assert.deepEqual(await files.missing(order()), [digest])
  jobs.stored.set(digest, "one")
  assert.deepEqual(await files.missing(order()), [])
  jobs.files.set("/changed", "two")
  assert.equal((await files.verified(order("/changed"))).files.get("in")?.path, undefined)
})

test("a file is read once for all that read it, and once more after it could not be read", async () => {
  const jobs = new FakeJobs()
  let reads = 0
  const readFile: FakeJobs["readFile"] = async (path, name) => {
    reads += 1
    return await jobs.readFile(path, name)
  }
  const files = new StagedFiles({ transfers: [] }, { readFile, presence: (digests) => jobs.presence(digests) })
  await assert.rejects(files.verified(order("/away")), { code: "INPUT_NOT_FOUND" })
  jobs.files.set("/away", "one")
  await Promise.all([files.verified(order("/away")), files.verified(order("/away"))])
  assert.equal(reads, 2)
})
