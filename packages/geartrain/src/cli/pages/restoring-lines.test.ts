import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { digest, job, jobId } from "../../../test/stores/records/sample-records.ts"
import { knownJob } from "../../engine/freeing/known-job.ts"
import { createPaint } from "../output/paint.ts"
import { otherwiseLines, restoringLines } from "./restoring-lines.ts"

const id = (text: string): string => `#${Number.parseInt(text.replace("sha256:", ""), 16)}`
const usage: JobRecord["usage"] = { wallMs: 41_000, method: "cgroup" }
const KNOWN = knownJob(job(1, { state: "complete", usage }))
const output = (number: number) => ({ job: jobId(1), path: `out-${number}`, digest: digest(number), sizeBytes: 1024 })

test("a plan is a numbered list of jobs, with what comes of each and how long it took", () => {
  const lines = restoringLines(
    [
      { job: KNOWN, outputs: [output(1)] },
      { job: KNOWN, outputs: [1, 2, 3, 4].map(output) },
    ],
    id,
  )
  assert.match(lines[1] ?? "", /^1 +#1 +gear-1@1\.0\.0 +out-1 +1 KiB +took 41\.0 s$/)
  assert.match(lines[2] ?? "", /^2 +#1 +gear-1@1\.0\.0 +4 outputs +4 KiB +took 41\.0 s$/)
  assert.deepEqual(restoringLines([], id), [])
})

test("what came out otherwise is shown with both digests, and what did not come out is told", () => {
  const otherwise = [{ ...output(1), now: digest(9) }, output(2)]
  const lines = otherwiseLines({ record: job(1), otherwise }, { paint: createPaint(false), id })
  assert.deepEqual(lines, [
    "different  not restored, since job #1 does not give the same again",
    "OUTPUT  THEN  NOW",
    "out-1   #1    #9",
    "out-2   #2    is missing",
  ])
})
