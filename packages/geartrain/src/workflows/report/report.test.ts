import assert from "node:assert/strict"
import { test } from "node:test"
import {
  jobEvent,
  planned,
  sampleAccount,
  samplePlan,
  sampleWorkflow,
  second,
} from "../../../test/workflows/sample-runs.ts"
import { foldRun } from "../run/fold-run.ts"
import { deliveredFiles } from "./delivered-files.ts"
import { jobsOf, runAccount, tookMs } from "./run-account.ts"
import { analyzeRun, reasonSays } from "./run-analysis.ts"
import { runStatistics, spreadOf } from "./run-statistics.ts"
import { traceLines, traceRows } from "./trace-table.ts"

test("the trace has a row for each try, and one for each job that was not tried", () => {
  const account = sampleAccount()
  const lines = [...traceLines(account)]
  assert.equal(
    lines[0],
    "key step job state attempt exit submit start end duration_ms realtime_ms cpu_ms cpu_percent peak_memory_bytes read_bytes written_bytes gear digest culprit reason".replaceAll(
      " ",
      "\t",
    ),
  )
  const cells = lines.slice(1).map((line) => line.split("\t"))
  assert.deepEqual(
    cells.map(([key, , , state, attempt, exit]) => [key, state, attempt, exit]),
    [
      ["split", "reused", "0", ""],
      ["align[0]", "complete", "1", "0"],
      ["align[1]", "failed", "1", "3"],
      ["align[1]", "complete", "2", "0"],
      ["align[2]", "failed", "1", "3"],
      ["merge", "lost", "0", ""],
    ],
  )
  const [, first] = traceRows(account)
  assert.deepEqual(
    [first?.durationMs, first?.realtimeMs, first?.cpuPercent, first?.gear, first?.writtenBytes],
    [2000, 1500, 200, "align@1.0.0", 50],
  )
  for (const row of cells) assert.equal(row.length, 20)
})

test("whatever a name is, it takes one cell of one line", () => {
  const plan = samplePlan(1)
  const hostile = { ...plan, jobs: [planned("a\tb\nc\\d\u001b[2J")] }
  const [, line] = [...traceLines(sampleAccount(1, hostile))]
  assert.ok(line?.startsWith("a\\tb\\nc\\\\d\\x1b[2J\t"), line)
  assert.equal(line?.split("\t").length, 20)
})

test("statistics count steps and jobs by what became of them, and add up time, also that spent for nothing", () => {
  const { steps, jobs, ...sums } = runStatistics(sampleAccount())
  assert.deepEqual(steps, { total: 3, succeeded: 1, reused: 1, failed: 1, incomplete: 1, skipped: 0, retries: 1 })
  assert.deepEqual(jobs, { total: 5, succeeded: 3, reused: 1, failed: 1, incomplete: 1, skipped: 0, retries: 1 })
  const { perStep, ...figures } = sums
  assert.deepEqual(figures, {
    wallMs: 20_000,
    cumulativeMs: 2000 * 3 + 4000,
    cumulativeGearMs: 6000,
    cpuMs: 12_000,
    badputMs: 4000,
    savedMs: 1500,
    readBytes: 400,
    writtenBytes: 200,
    freedBytes: 0,
  })
  const align = perStep.find(({ step }) => step === "align")
  assert.deepEqual(align?.runtimeMs, { count: 2, min: 1500, max: 1500, mean: 1500, total: 3000 })
  assert.deepEqual([align?.grantedMemoryBytes, align?.grantedCpuCores], [2 ** 21, 2])
  assert.deepEqual(Object.keys(perStep.find(({ step }) => step === "merge") ?? {}), ["step", "gear", "jobs"])
})

test("every failure is told with its culprit, what shows it, what was lost behind it, and what to type", () => {
  const { failures, groups, jobs } = analyzeRun(sampleAccount())
  assert.equal(jobs.failed, 1)
  assert.deepEqual(failures, [
    {
      key: "align[2]",
      step: "align",
      gear: "align@1.0.0",
      attempts: 1,
      job: "00000000000000000000000c",
      reason: "NONZERO_EXIT",
      culprit: "gear",
      message: "part.2 ended with exit code 3",
      evidence: "no such read group",
      exitCode: 3,
      lost: 1,
      commands: ["gear logs 000000000000", "gear debug 000000000000", "gear replay 000000000000"],
    },
  ])
  assert.deepEqual(
    groups.map(({ count, message }) => [count, message]),
    [[1, "part.<n> ended with exit code <n>"]],
  )
})

test("a job that failed before it had a record says what the run knows", () => {
  const account = sampleAccount()
  const bare = {
    ...account,
    jobs: account.jobs.map(({ record: _, ...job }) => ({ ...job, tries: [], why: "No disk" })),
  }
  const [failure] = analyzeRun(bare).failures
  assert.deepEqual(
    [failure?.reason, failure?.culprit, failure?.message, failure?.commands],
    ["UNKNOWN", "unknown", "No disk", []],
  )
  assert.equal(reasonSays("UNKNOWN"), "there is no record of it")
  assert.equal(reasonSays("toString"), "there is no record of it")
})

test("failures of many jobs that say the same are one group", () => {
  const account = sampleAccount()
  const failed = account.jobs.find(({ state }) => state === "failed")!
  const many = Array.from({ length: 500 }, (_, index) => ({
    ...failed,
    planned: { ...failed.planned, key: `align[${index}]` },
  }))
  const { groups } = analyzeRun({ ...account, jobs: many })
  assert.deepEqual(
    groups.map(({ count, example }) => [count, example.key]),
    [[500, "align[0]"]],
  )
})

test("records that are needed are those of all tries and of what is reused; without them a report still tells the rest", () => {
  const account = sampleAccount()
  assert.equal(jobsOf(account.view).size, 5)
  const without = runAccount(account, new Map())
  assert.equal(traceRows(without).length, 6)
  assert.equal(runStatistics(without).cumulativeMs, 10_000)
})

test("a run's outputs are there when their jobs are done", () => {
  const outputs = { all: { takes: "files" as const, parts: [{ jobs: ["align[0]", "align[1]"], output: "bam" }] } }
  const plan = { ...samplePlan(), outputs: { ...samplePlan().outputs, ...outputs } }
  const delivered = deliveredFiles(sampleAccount(3, plan))
  assert.deepEqual(delivered.get("variants"), [])
  assert.deepEqual(
    (delivered.get("all") as readonly { name: string }[]).map(({ name }) => name),
    ["out.bam", "out.bam"],
  )
})

test("jobs of a step that was open stand where the step does, and what was lost behind them is told", () => {
  const plan = samplePlan(1)
  const [split, align, merge] = plan.jobs
  const open = { step: "align", gear: align!.gear, awaits: ["split"] }
  const view = foldRun({ ...plan, jobs: [split!, { ...merge!, after: [], afterOpen: ["align"] }], open: [open] }, [
    { at: second(1), event: "opened", step: "align", jobs: [align!] },
    jobEvent(2, "align[0]", "failed", { why: "No disk" }),
    jobEvent(3, "merge", "lost"),
  ])
  const { header } = sampleAccount()
  const account = runAccount({ header, plan, view }, new Map())
  assert.deepEqual(
    account.jobs.map(({ planned: { key } }) => key),
    ["split", "align[0]", "merge"],
  )
  assert.deepEqual(
    analyzeRun(account).failures.map(({ key, lost }) => [key, lost]),
    [["align[0]", 1]],
  )
})

test("what was not measured is no zero", () => {
  assert.equal(spreadOf([]), undefined)
  assert.equal(spreadOf([undefined]), undefined)
  assert.equal(tookMs({ started: "2026-01-01T00:00:00Z" }), undefined)
  assert.equal(
    runStatistics(sampleAccount(1, { ...samplePlan(1), documents: { "": sampleWorkflow() } })).perStep.length,
    3,
  )
})
