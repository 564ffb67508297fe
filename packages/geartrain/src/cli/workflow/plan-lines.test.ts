import assert from "node:assert/strict"
import { test } from "node:test"
import { plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { planLines, reasonText } from "./plan-lines.ts"

test("a plan is a table of jobs, with why each runs, and what it all comes to", () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`
  const changed = {
    kind: "changed",
    component: "input reads",
    before: `a.fq ${digest("a")}`,
    now: `a.fq ${digest("b")}`,
  } as const
  const plan = samplePlan([
    plannedJob("align[0]", [], {
      each: { reads: "a.fq" },
      reason: changed,
      expected: { wallMs: 61_000, outputBytes: 2048 },
    }),
    plannedJob("align[1]", [], { action: "reuse", reason: { kind: "same" }, expected: { wallMs: 61_000 } }),
    plannedJob("merge", ["align[0]", "align[1]"]),
  ])
  const lines = planLines(plan, ['step "x" has nothing to run for'])
  assert.deepEqual(lines, [
    "JOB            DOES   WHY                                                      TIME  OUTPUT",
    "align[0] a.fq  run    input reads: a.fq aaaaaaaaaaaa → a.fq bbbbbbbbbbbb  1 min 1 s   2 KiB",
    "align[1]       reuse  done before, with all of this the same",
    "merge          await  after align[0], align[1]",
    "",
    "3 jobs: 1 run, 1 reuse, 1 await",
    "expected from earlier jobs: 1 min 1 s one after the other, 2 KiB of output",
    "saved by reuse: 1 min 1 s",
    'note: step "x" has nothing to run for',
  ])
})

test("of many jobs, those of one step that do the same for the same are one row", () => {
  const jobs = Array.from({ length: 500 }, (_, index) =>
    plannedJob(`count[${index}]`, [], { expected: { wallMs: 1000 } }),
  )
  const lines = planLines(samplePlan(jobs), [])
  assert.match(lines[1] ?? "", /^count × 500 {2}run {3}such as count\[0\]: its gear has no earlier job {2}8 min 20 s/)
  assert.ok(lines.length < 10)
})

test("names from outside cannot write to the terminal", () => {
  const row = planLines(samplePlan([plannedJob("a", [], { each: { reads: "\u001b[31mred" } })]), [])[1] ?? ""
  assert.ok(!row.includes("\u001b"))
  assert.ok(!reasonText({ kind: "changed", component: "config x", before: "\u001b[2J", now: 1 }).includes("\u001b"))
})
