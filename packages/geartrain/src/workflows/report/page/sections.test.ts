import assert from "node:assert/strict"
import { test } from "node:test"
import { digest } from "../../../../test/stores/records/sample-records.ts"
import { planned, sampleAccount, samplePlan, second } from "../../../../test/workflows/sample-runs.ts"
import { html } from "../../../provenance/page/html.ts"
import type { AccountedJob } from "../run-account.ts"
import { analyzeRun } from "../run-analysis.ts"
import { runStatistics } from "../run-statistics.ts"
import { failuresSection } from "./failures-section.ts"
import { jobsSection } from "./jobs-section.ts"
import { restLine, tableHead, timeText } from "./page-words.ts"
import { provenanceSection } from "./provenance-section.ts"
import { REPORT_STYLE } from "./report-style.ts"
import { resultsSection } from "./results-section.ts"
import { stepsSection } from "./steps-section.ts"
import { leadOf, summarySection } from "./summary-section.ts"
import { timelineSection } from "./timeline-section.ts"

const ACCOUNT = sampleAccount()

function jobThatRan(key: string, from: number, to: number | undefined): AccountedJob {
  const ended = to === undefined ? {} : { ended: second(to) }
  const state = to === undefined ? ("running" as const) : ("complete" as const)
  const tries = [{ attempt: 1, state, started: second(from), ...ended }]
  return { planned: planned(key), state, gear: "g@1", tries }
}

test("the timeline has a lane for each job, from the first start to the last end", () => {
  const jobs = [jobThatRan("b", 5, 10), jobThatRan("a", 0, 5)]
  const { text } = timelineSection({ ...ACCOUNT, jobs })
  assert.deepEqual(text.match(/(?<=class="lane"[^>]*>)[^<]+/g), ["a", "b"])
  const bars = [...text.matchAll(/<rect class="complete" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)]
  assert.deepEqual(
    bars.map(([, x, width]) => [Number(x), Number(width)]),
    [
      [210, 400],
      [610, 400],
    ],
  )
})

test("a try that goes on is drawn to the last moment that is known", () => {
  const { ended: _, ...view } = ACCOUNT.view
  const { text } = timelineSection({ ...ACCOUNT, view, jobs: [jobThatRan("a", 0, 10), jobThatRan("b", 5, undefined)] })
  assert.match(text, /<rect class="running" x="610.0" y="\d+" width="400.0"/)
})

test("of thousands of tries the timeline shows steps, with no more bars than it is wide", () => {
  const jobs = Array.from({ length: 5000 }, (_, index) => jobThatRan(`align[${index}]`, index * 3, index * 3 + 1))
  const { text } = timelineSection({ ...ACCOUNT, jobs })
  assert.equal(text.match(/class="lane"/g)?.length, 1)
  assert.ok((text.match(/<rect/g)?.length ?? 0) <= 800)
})

test("a step tells what it was granted beside what it used, and leaves out what was not measured", () => {
  const { text } = stepsSection(runStatistics(ACCOUNT).perStep)
  assert.match(text, /align<br><small>align@1\.0\.0<\/small>/)
  assert.match(text, />2\.00 of 2</)
  assert.match(text, />2 MiB \(25 % used\)</)
  assert.match(text, /merge.*not limited/)
})

test("results are told by output; one that is not there yet, and one that was skipped, say so", () => {
  const outputs = {
    bam: { takes: "file" as const, parts: [{ jobs: ["align[0]"], output: "bam" }] },
    none: { takes: "file" as const, parts: [{ jobs: ["merge"] }] },
    left: { takes: "file" as const, parts: [{ jobs: ["split"] }] },
  }
  const jobs = ACCOUNT.jobs.map((job) => (job.planned.key === "split" ? { ...job, state: "skipped" as const } : job))
  const { text } = resultsSection({ ...ACCOUNT, plan: { ...samplePlan(), outputs }, jobs })
  assert.ok(text.includes(digest(0x100).slice("sha256:".length)))
  assert.match(text, /<h3>none<\/h3><p>Nothing yet/)
  assert.match(text, /<h3>left<\/h3><p>Nothing: what it is made of was skipped/)
  assert.match(resultsSection({ ...ACCOUNT, plan: { ...samplePlan(), outputs: {} } }).text, /declares no outputs/)
})

test("failures come by kind, then one by one with what to type", () => {
  const { text } = failuresSection(ACCOUNT.header.id, analyzeRun(ACCOUNT))
  assert.match(text, /part\.&lt;n&gt; ended with exit code &lt;n&gt;/)
  assert.match(text, /<dt>Lost behind it<\/dt><dd>1 job<\/dd>/)
  assert.match(text, /gear logs 000000000000\ngear debug 000000000000/)
})

test("few tries are shown at once, many are folded away", () => {
  assert.match(jobsSection(ACCOUNT).text, /^<details open>/)
  const jobs = Array.from({ length: 60 }, (_, index) => jobThatRan(`a[${index}]`, 0, 1))
  assert.match(jobsSection({ ...ACCOUNT, jobs }).text, /^<details><summary>60 tries/)
})

test("what it was made from has digests of plan, workflow, inputs and gears, each gear once", () => {
  const gears = { a: { id: digest(5), name: "g", version: "1" }, b: { id: digest(5), name: "g", version: "1" } }
  const { text } = provenanceSection({ ...ACCOUNT, plan: { ...samplePlan(), gears } })
  for (const each of [digest(0xe001), digest(0xf001), digest(1).slice("sha256:".length)]) assert.ok(text.includes(each))
  assert.equal(text.split(digest(5)).length, 2)
  assert.match(text, />a, b</)
})

test("the summary counts jobs, and a run that waits says for what", () => {
  const waiting = { ...ACCOUNT, view: { ...ACCOUNT.view, waiting: ["memory: 8 GiB of 4 GiB"] } }
  const { text } = summarySection(waiting, runStatistics(ACCOUNT))
  assert.match(text, /<b>5<\/b><span>jobs<\/span>/)
  assert.match(text, /<b>1<\/b><span>retry<\/span>/)
  assert.match(text, /memory: 8 GiB of 4 GiB/)
  assert.match(
    leadOf(ACCOUNT).text,
    /^<span class="verdict bad">failed<\/span> run 0123456789ab, begun 2026-01-01 00:00:00 UTC/,
  )
})

test("words of the page: times, heads of tables, and what a list leaves out", () => {
  assert.equal(timeText("2026-01-02T03:04:05.678Z"), "2026-01-02 03:04:05 UTC")
  assert.equal(
    tableHead(["A", "#B"]).text,
    '<thead><tr><th scope="col">A</th><th scope="col" class="number">B</th></tr></thead>',
  )
  assert.equal(restLine(0, "x").text, html``.text)
  assert.equal(restLine(1234, "x").text, "<p>And 1,234 more: <code>x</code></p>\n")
  assert.ok(!/url\(|@import/.test(REPORT_STYLE))
})
