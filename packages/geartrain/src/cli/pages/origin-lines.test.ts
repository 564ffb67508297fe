import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import type { FileOrigin, OriginStep } from "../../engine/proof/trace-origin.ts"
import { createPaint } from "../output/paint.ts"
import { originLines } from "./origin-lines.ts"

const MEANS = { paint: createPaint(false), id: (id: string) => `#${Number.parseInt(id, 16)}` }
const NOWHERE: FileOrigin = { digest: digest(1), name: "f", steps: [] }

function step(number: number, changes: Partial<JobRecord> = {}, next: readonly FileOrigin[] = []): OriginStep {
  return {
    job: job(number, { state: "complete", created: "2026-01-02T03:04:05.000Z", ...changes }),
    names: ["out.txt"],
    next,
  }
}

function backward(...steps: readonly OriginStep[]): readonly string[] {
  return originLines({ ...NOWHERE, steps }, NOWHERE, MEANS)
}

test("a file that no job made or read is told as that, in both directions", () => {
  assert.deepEqual(originLines(NOWHERE, NOWHERE, MEANS), ["  no recorded job made it", "  no recorded job read it"])
})

test("each step further back is indented further", () => {
  const inner: FileOrigin = { digest: digest(2), name: "in.txt", steps: [step(2)] }
  const lines = backward(step(1, {}, [inner]))
  assert.match(lines[0] ?? "", /^ {2}made by job #1 {2}gear-1@1\.0\.0 {2}as out\.txt/)
  assert.match(lines[1] ?? "", /^ {4}from in\.txt {2}sha256:/)
  assert.match(lines[2] ?? "", /^ {6}made by job #2 /)
})

test("re-runs of verifications are shown only where no other job is", () => {
  const rerun = step(2, { forVerification: true })
  assert.deepEqual(backward(step(1), rerun).slice(1, 2), ["  made by one more job: --json lists all"])
  assert.match(backward(rerun)[0] ?? "", /job #2/)
})

test("of many jobs five are shown and the others counted, and a way that was not followed to its end says so", () => {
  const steps = Array.from({ length: 9 }, (_, index) => step(index))
  const lines = originLines({ ...NOWHERE, steps, cut: true }, NOWHERE, MEANS)
  assert.equal(lines.filter((line) => line.includes("job #")).length, 5)
  assert.deepEqual(lines.slice(5, 7), ["  made by 4 more jobs: --json lists all", "  …  the way goes on"])
})

test("a job is shown with its last verdict, else with a state that is not that of success", () => {
  assert.match(backward(step(1, { state: "failed" }))[0] ?? "", /, failed$/)
  assert.doesNotMatch(backward(step(1))[0] ?? "", /complete/)
  const history = [
    { at: "2026-02-02T00:00:00.000Z", verdict: "identical", provider: "crun", differences: [] },
    { at: "2026-02-03T00:00:00.000Z", verdict: "different", provider: "runc", differences: [{ path: "out.txt" }] },
  ] as const
  assert.match(backward(step(1, { history }))[0] ?? "", /, verified different on 2026-02-03$/)
})

test("bytes that were freed are told with the way to have them again", () => {
  const outputs = [{ path: "out.txt", digest: digest(1), sizeBytes: 1, freed: "2026-02-03T00:00:00.000Z" }]
  assert.ok(backward(step(1, { outputs }))[0]?.endsWith(`, bytes freed: gear restore ${digest(1)}`))
})

test("names that a terminal would obey are escaped", () => {
  assert.ok(
    !backward({ ...step(1), names: ["a\u001b[2J"] })
      .join("")
      .includes("\u001b"),
  )
})
