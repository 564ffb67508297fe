import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear, JobRecord, JsonValue } from "@geartrain/spec"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import { checkCrate } from "./check/check-crate.ts"
import { type Crate, fileId } from "./crate.ts"
import type { CrateDescription } from "./crate-root.ts"
import type { CratedJob } from "./crated-job.ts"
import { jobCrate } from "./job-crate.ts"

const PUBLISHED: CrateDescription = {
  published: "2026-02-03T04:05:06.789Z",
  author: { name: "A. Author", orcid: "https://orcid.org/0000-0002-1825-0097" },
  license: "https://spdx.org/licenses/CC-BY-4.0",
}

function ended(number: number, changes: Partial<JobRecord> = {}): JobRecord {
  return job(number, {
    state: "complete",
    started: "2026-01-01T00:00:01.000Z",
    ended: "2026-01-01T00:00:02.000Z",
    provider: { name: "crun", version: "1.8.1", rootless: false },
    ...changes,
  })
}

function crated(record: JobRecord, places: Partial<CratedJob> = {}): CratedJob {
  return {
    record,
    recordPath: `jobs/${record.id}/job.json`,
    inputPaths: new Map(),
    outputPaths: new Map(record.outputs.map(({ path }) => [path, `jobs/${record.id}/outputs/${path}`])),
    ...places,
  }
}

function reads(record: JobRecord, name: string, number: number): JobRecord {
  return {
    ...record,
    inputs: { table: { path: `/data/${name}`, sizeBytes: 5 } },
    invocation: {
      ...record.invocation,
      inputs: { table: { base: "file", name, digest: digest(number), object: {} } },
    },
  }
}

function entity(crate: Crate, id: string): { readonly [name: string]: JsonValue } {
  const found = crate["@graph"].find((one) => one["@id"] === id)
  assert.ok(found !== undefined, id)
  return found
}

const GEARS: ReadonlyMap<string, Gear> = new Map([1, 2].map((number) => [gear(number).id, gear(number)]))

test("the crate of a job breaks no rule of RO-Crate and of the Process Run Crate profile", () => {
  const record = reads(ended(1, { outputs: [{ path: "a b/50%.csv", digest: digest(9), sizeBytes: 3 }] }), "in.csv", 8)
  const crate = jobCrate([crated(record)], GEARS, PUBLISHED)
  assert.deepEqual(checkCrate(crate as unknown as JsonValue), [])
  const action = entity(crate, `#job-${record.id}`)
  assert.deepEqual(action["result"], [{ "@id": `jobs/${record.id}/outputs/a%20b/50%25.csv` }])
  assert.deepEqual(action["agent"], { "@id": "https://orcid.org/0000-0002-1825-0097" })
})

test("without an author only what should be there is missing, and nothing that must", () => {
  const crate = jobCrate([crated(ended(1))], new Map(), { published: PUBLISHED.published })
  const faults = checkCrate(crate as unknown as JsonValue)
  assert.deepEqual([...new Set(faults.map(({ level }) => level))], ["should"])
  assert.deepEqual(faults.map(({ rule }) => rule).toSorted(), ["process-run/action-agent", "process-run/action-result"])
})

test("an input that is not in the crate is told by its digest, and is no part of it", () => {
  const crate = jobCrate([crated(reads(ended(1), "in.csv", 8))], GEARS, PUBLISHED)
  const id = `#file-${digest(8).slice("sha256:".length)}`
  assert.equal(entity(crate, id)["sha256"], digest(8).slice("sha256:".length))
  assert.ok(!JSON.stringify(entity(crate, "./")["hasPart"]).includes(id))
})

test("what one job made and another read is one entity", () => {
  const maker = ended(1, { outputs: [{ path: "t.csv", digest: digest(9), sizeBytes: 3 }] })
  const place = `jobs/${maker.id}/outputs/t.csv`
  const reader = reads(ended(2), "t.csv", 9)
  const crate = jobCrate([crated(maker), crated(reader, { inputPaths: new Map([["table", place]]) })], GEARS, PUBLISHED)
  assert.deepEqual(
    checkCrate(crate as unknown as JsonValue).filter(({ level }) => level === "must"),
    [],
  )
  assert.deepEqual(entity(crate, `#job-${maker.id}`)["result"], [{ "@id": place }])
  const objects = entity(crate, `#job-${reader.id}`)["object"] as readonly { readonly "@id": string }[]
  assert.ok(objects.some((object) => object["@id"] === place))
  assert.equal(crate["@graph"].filter((one) => one["@id"] === place).length, 1)
})

test("a failed job says why", () => {
  const failure = {
    reason: "NONZERO_EXIT",
    culprit: "gear",
    message: "it ended with 3",
    next: "gear logs",
  } as const
  const record = ended(1, { state: "failed", failure })
  const action = entity(jobCrate([crated(record)], GEARS, PUBLISHED), `#job-${record.id}`)
  assert.deepEqual(action["actionStatus"], { "@id": "http://schema.org/FailedActionStatus" })
  assert.equal(action["error"], "NONZERO_EXIT: it ended with 3")
})

test("paths become relative URIs, and never a scheme", () => {
  assert.equal(fileId("面试.mp4"), "面试.mp4")
  assert.equal(fileId("c:drive.txt"), "./c:drive.txt")
  assert.equal(fileId("what?#now"), "what%3F%23now")
  assert.equal(fileId("tab\tnew\nline"), "tab%09new%0Aline")
})
