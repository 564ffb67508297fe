import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { beginRun } from "./run-workflow.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-begin-"))
after(() => rmSync(home, { recursive: true }))

test("a run whose outputs could not be written does not begin, and nothing is left of it", async () => {
  const begun = beginRun(samplePlan([plannedJob("a")]), { out: "/proc/x" }, home)
  await assert.rejects(begun, (error) => isGeartrainError(error, "OUTPUT_FOLDER_UNUSABLE"))
  assert.deepEqual(readdirSync(home), [])
  const { header } = await beginRun(samplePlan([plannedJob("a")]), { out: join(home, "out/deep") }, home)
  assert.equal(header.out, join(home, "out/deep"))
  assert.deepEqual(readdirSync(home), ["runs"])
})

test("a run whose steps ask for graphics processors does not begin on this machine, and does on a server", async () => {
  const steps = { a: { gear: "g", resources: { gpu: 1 } } }
  const plan = samplePlan([plannedJob("a")], { documents: { "": { workflow: 1, name: "sample", steps } } })
  await assert.rejects(beginRun(plan, {}, join(home, "gpu")), {
    ...{ code: "CAPABILITY_MISSING", message: /step "a" asks for a graphics processor/ },
  })
  assert.equal(existsSync(join(home, "gpu")), false)
  const server = { url: "https://gears.example", project: "lab/study" } as never
  assert.notEqual((await beginRun(plan, { server }, join(home, "gpu"))).header.server, undefined)
})
