import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
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
