import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { createRun } from "../../src/workflows/run/run-folder.ts"
import { openCliHome } from "../cli/cli-home.ts"
import { idOf, plannedJob, samplePlan } from "./sample-plan.ts"

test("one damaged run keeps nobody from the others: they are listed, the newest is found, and it can be removed", async (context) => {
  const home = await openCliHome()
  context.after(() => home.close())
  const runs = join(home.env["GEARTRAIN_HOME"] ?? "", "runs")
  const about = { name: "sample", created: "2026-01-01T00:00:00.000Z" }
  const [good, damaged]: readonly [string, string] = [idOf(0xaaaa), idOf(0xbbbb)]
  await createRun(runs, samplePlan([plannedJob("a")]), { id: good, ...about })
  const { folder } = await createRun(runs, samplePlan([plannedJob("a")]), { id: damaged, ...about })
  await writeFile(join(folder, "run.json"), "{")
  const listed = await home.gear(["workflow", "ls"])
  assert.equal(listed.code, 0)
  assert.match(listed.out, /sample +planned/)
  assert.match(listed.err, /run\.json cannot be read/)
  assert.match((await home.gear(["workflow", "status"])).out, new RegExp(`${good}.*planned`))
  assert.equal((await home.gear(["workflow", "status", damaged])).code === 0, false)
  assert.equal((await home.gear(["workflow", "rm", damaged])).code, 0)
  assert.equal((await home.gear(["workflow", "ls"])).err, "")
})
