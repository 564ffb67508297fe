import assert from "node:assert/strict"
import { test } from "node:test"
import type { Gear, Invocation, JobRecord } from "@geartrain/spec"
import { digest, gear, job } from "../../../../test/stores/records/sample-records.ts"
import type { DraftJob } from "../expand/draft-job.ts"
import { explainRuns } from "./explain-runs.ts"

const GEAR = gear(1)
const BASE = job(1).invocation

function invocation(changes: Partial<Invocation>): Invocation {
  return { ...BASE, gear: GEAR.id, config: {}, inputs: {}, ...changes }
}

/** A job of the gear that was done. */
function done(number: number, changes: Partial<Invocation>, of: Gear = GEAR): JobRecord {
  const made = job(number, { state: "complete", invocation: invocation({ gear: of.id, ...changes }) })
  const { name, version } = of.manifest
  return { ...made, gear: { ...made.gear, id: of.id, name, version } }
}

function file(name: string, number: number): Invocation["inputs"][string] {
  return { base: "file", name, digest: digest(number), sizeBytes: 1 } as unknown as Invocation["inputs"][string]
}

/** Why jobs of these invocations run after what was done, the newest first; and how often the history was asked. */
async function reasons(past: readonly JobRecord[], now: readonly Invocation[]) {
  const asked: string[] = []
  const explain = explainRuns({
    newest: async (name, most) => {
      asked.push(`${name} ${most}`)
      return past.filter((record) => record.gear.name === name)
    },
  })
  const draft = { gear: GEAR } as unknown as DraftJob
  const told = await explain(now.map((one) => ({ draft, invocation: one })))
  return { told, asked }
}

test("without a job of the gear before, all jobs of it are new, and the history is asked once", async () => {
  const { told, asked } = await reasons([done(1, {}, gear(2))], [invocation({}), invocation({ config: { a: 1 } })])
  assert.deepEqual(told, [{ kind: "new" }, { kind: "new" }])
  assert.deepEqual(asked, ["gear-1 500"])
})

test("what is told is the first difference from the job that has most in common", async () => {
  const past = [
    done(1, { config: { threads: 1, mode: "fast", k: 1 } }),
    done(2, { config: { threads: 8, mode: "slow", k: 2 } }),
  ]
  const { told } = await reasons(past, [invocation({ config: { threads: 4, mode: "slow", k: 2 } })])
  assert.deepEqual(told, [{ kind: "changed", component: "config threads", before: 8, now: 4 }])
})

test("of several that have as much in common the newest counts", async () => {
  const past = [done(2, { config: { k: 2 } }), done(1, { config: { k: 1 } })]
  const { told } = await reasons(past, [invocation({ config: { k: 3 } })])
  assert.deepEqual(told, [{ kind: "changed", component: "config k", before: 2, now: 3 }])
})

test("a file that changed under its name is the same item of a scatter with other content", async () => {
  const past = [done(1, { inputs: { scan: file("b.nii", 1) } }), done(2, { inputs: { scan: file("a.nii", 2) } })]
  const { told } = await reasons(past, [invocation({ inputs: { scan: file("a.nii", 3) } })])
  assert.equal(told[0]?.kind, "changed")
  assert.equal(told[0]?.component, "input scan")
  assert.match(JSON.stringify(told[0]?.before), new RegExp(digest(2)))
})

test("a value that is new, and one that is gone, are told without the side that is not there", async () => {
  const past = [done(1, { config: { old: true } })]
  const gone = await reasons(past, [invocation({})])
  assert.deepEqual(gone.told, [{ kind: "changed", component: "config old", before: true }])
  const added = await reasons([done(1, {})], [invocation({ config: { fresh: null } })])
  assert.deepEqual(added.told, [{ kind: "changed", component: "config fresh", now: null }])
})

test("another version of the gear is told as the gear, and the very same job was asked for", async () => {
  const older = { ...gear(5), manifest: { ...GEAR.manifest, version: "0.9.0" } }
  const { told } = await reasons([done(1, {}, older)], [invocation({})])
  assert.equal(told[0]?.component, "gear")
  const same = await reasons([done(1, {})], [invocation({})])
  assert.deepEqual(same.told, [{ kind: "asked" }])
})
