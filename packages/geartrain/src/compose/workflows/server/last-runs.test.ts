import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { idOf } from "../../../../test/workflows/sample-plan.ts"
import { RUN_FORMAT } from "../../../workflows/run/fold-run.ts"
import { lastRuns } from "./last-runs.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-last-runs-"))
after(() => rmSync(home, { recursive: true }))

const [HERE, THERE] = ["http://here", "http://there"]

/** Makes the header of a run, as old as its number says. */
function run(number: number, server?: { readonly url: string; readonly project: string }): string {
  const folder = join(home, "runs", idOf(number))
  mkdirSync(folder, { recursive: true })
  const header = { format: RUN_FORMAT, id: idOf(number), name: "words", ...(server === undefined ? {} : { server }) }
  writeFileSync(join(folder, "run.json"), JSON.stringify(header))
  utimesSync(join(folder, "run.json"), 10_000 - number, 10_000 - number)
  return folder
}

test("the last runs on a server are the newest twenty of it, whatever else was run, is damaged or is being removed", async () => {
  assert.deepEqual(await lastRuns(home, { url: HERE }), [])
  const runs = Array.from({ length: 25 }, (_, index) => run(10 + index, { url: HERE, project: `p${index % 2}` }))
  run(1)
  run(2, { url: THERE, project: "p0" })
  writeFileSync(join(run(3, { url: HERE, project: "p0" }), "run.json"), "{")
  rmSync(join(run(4, { url: HERE, project: "p0" }), "run.json"))
  assert.deepEqual(await lastRuns(home, { url: HERE }), runs.slice(0, 20))
  assert.deepEqual(
    await lastRuns(home, { url: HERE, project: "p1" }),
    runs.filter((_, index) => index % 2 === 1),
  )
  assert.deepEqual(await lastRuns(home, { url: THERE }), [join(home, "runs", idOf(2))])
})
