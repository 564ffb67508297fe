import assert from "node:assert/strict"
import { test } from "node:test"
import { planned, sampleAccount } from "../../../test/workflows/sample-runs.ts"
import { analyzeRun } from "../../workflows/report/run-analysis.ts"
import { createPaint } from "../output/paint.ts"
import { analysisLines, type LogTail, MOST_TOLD } from "./analysis-lines.ts"

const PLAIN = createPaint(false)

test("an analysis tells counts, kinds, then each failure with its log and what to type", () => {
  const tails = new Map<string, LogTail>([["align[2]", { lines: ["first", "last"] }]])
  assert.deepEqual(analysisLines(analyzeRun(sampleAccount()), tails, PLAIN), [
    "failed: 1 job failed, 1 was lost to it",
    "5 jobs: 3 succeeded (1 reused), 1 failed, 1 not complete",
    "",
    "What failed, by kind",
    "     1  NONZERO_EXIT: part.<n> ended with exit code <n>  such as align[2]",
    "",
    "align[2]  part.2 ended with exit code 3",
    "  culprit: gear (NONZERO_EXIT: the gear ended with an exit code other than 0)",
    "  gear align@1.0.0, 1 try, exit code 3",
    "  evidence: no such read group",
    "  lost behind it: 1 job",
    "  | first",
    "  | last",
    "  → gear logs 000000000000",
    "  → gear debug 000000000000",
    "  → gear replay 000000000000",
  ])
})

test("of many failures the first are told, and the rest is counted; what a terminal would obey is written out", () => {
  const account = sampleAccount()
  const failed = account.jobs.find(({ state }) => state === "failed")!
  const jobs = Array.from({ length: 25 }, (_, index) => ({ ...failed, planned: planned(`a\u001b[2J[${index}]`) }))
  const tails = new Map<string, LogTail>([["a\u001b[2J[0]", { lines: ["\u001b]0;title\u0007"], why: "it wrote none" }]])
  const lines = analysisLines(analyzeRun({ ...account, jobs }), tails, PLAIN)
  assert.equal(lines.filter((line) => line.startsWith("  culprit:")).length, MOST_TOLD)
  assert.equal(lines.at(-1), "… and 5 more failures: --json has all of them")
  assert.ok(lines.includes("  no log: it wrote none"))
  for (const sign of ["\u001b[2J", "\u0007"]) assert.ok(!lines.join("").includes(sign))
})
