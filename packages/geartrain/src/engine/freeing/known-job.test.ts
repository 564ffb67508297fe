import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import { knownJob, whyUnproven } from "./known-job.ts"

const COMPLETE = job(1, { state: "complete" })
const { invocation, gear } = COMPLETE

test("what is known of a job says why it cannot be carried out again", () => {
  const of = (changes: Partial<JobRecord>): string | undefined => {
    const { never, doubt } = knownJob({ ...COMPLETE, ...changes })
    return never ?? doubt
  }
  assert.equal(of({}), undefined)
  assert.equal(of({ state: "failed" }), "its job ended as failed")
  assert.match(of({ gear: { ...gear, development: true } }) ?? "", /^its gear was a folder/)
  assert.match(of({ invocation: { ...invocation, network: "outbound" } }) ?? "", /^its job had the network/)
  const inputs = { token: { base: "api-key" as const } }
  assert.match(of({ invocation: { ...invocation, inputs } }) ?? "", /^its job was given a key \("token"\)/)
})

test("inputs are known with the place where they lay, as far as the record says", () => {
  const file = { base: "file" as const, name: "f", digest: digest(1), object: {} }
  const record = {
    ...COMPLETE,
    invocation: { ...invocation, inputs: { scan: file, other: file, age: { base: "context" as const, found: false } } },
    inputs: { scan: { path: "/data/f", sizeBytes: 1 } },
  }
  assert.deepEqual(knownJob(record).inputs, [
    { name: "scan", digest: digest(1), path: "/data/f" },
    { name: "other", digest: digest(1) },
  ])
})

test("an output is proven by every verification that came to a verdict", () => {
  const same = { at: "2026-02-01T00:00:00.000Z", provider: "crun", verdict: "identical", differences: [] } as const
  const known = knownJob(COMPLETE)
  assert.equal(whyUnproven(known, "a")?.isTried, false)
  assert.equal(whyUnproven({ ...known, history: [same] }, "a"), undefined)
  const other = { ...same, verdict: "different", differences: [{ path: "a" }] } as const
  assert.equal(whyUnproven({ ...known, history: [other, same] }, "a")?.isTried, true)
  assert.equal(whyUnproven({ ...known, history: [other, same] }, "b"), undefined)
})
