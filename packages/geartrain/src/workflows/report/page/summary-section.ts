import { formatDuration, formatSize } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import { LOOKS } from "../../picture/state-looks.ts"
import type { RunAccount } from "../run-account.ts"
import type { OutcomeCounts, RunStatistics } from "../run-statistics.ts"
import { timeText } from "./page-words.ts"

const STYLES = { complete: "good", failed: "bad", cancelled: "bad", running: "open", paused: "open" } as const

/** How it went, in one line. */
export function leadOf({ header, view, plan }: RunAccount): Html {
  const what = plan.documents[""]?.description
  return html`<span class="verdict ${STYLES[view.state]}">${view.state}</span> run ${header.id.slice(0, 12)}${view.started === undefined ? "" : html`, begun ${timeText(view.started)}`}${view.why === undefined ? "" : html`: ${view.why}`}${what === undefined ? "" : html`<br>${what}`}`
}

export function summarySection(account: RunAccount, statistics: RunStatistics): Html {
  const { wallMs, cumulativeMs, cpuMs, badputMs, savedMs, readBytes, writtenBytes, freedBytes, jobs } = statistics
  const figures: readonly (readonly [says: string, value: string])[] = [
    ...(wallMs === undefined ? [] : [["wall time", formatDuration(wallMs)] as const]),
    ["of all jobs together", formatDuration(cumulativeMs)],
    ["of processors", formatDuration(cpuMs)],
    ["for nothing, in tries that failed", formatDuration(badputMs)],
    ["saved by reuse", formatDuration(savedMs)],
    ["read", formatSize(readBytes)],
    ["written", formatSize(writtenBytes)],
    ...(freedBytes === 0 ? [] : [["of intermediates freed", formatSize(freedBytes)] as const]),
  ]
  const waiting = account.view.waiting
  return html`<ul class="counts">
${counted(jobs).map(([value, says]) => html`<li><b>${value}</b><span>${says}</span></li>\n`)}</ul>
<dl>
${figures.map(([says, value]) => html`<dt>${value}</dt><dd>${says}</dd>\n`)}</dl>
${waiting.length === 0 ? "" : html`<p>It waits for:</p><ul>${waiting.slice(0, 20).map((each) => html`<li>${each}</li>\n`)}</ul>\n`}`
}

function counted(jobs: OutcomeCounts): readonly (readonly [number, string])[] {
  const all = [
    [jobs.total, jobs.total === 1 ? "job" : "jobs"],
    [jobs.succeeded - jobs.reused, LOOKS.complete.says],
    [jobs.reused, LOOKS.reused.says],
    [jobs.failed, LOOKS.failed.says],
    [jobs.incomplete, "not complete"],
    [jobs.skipped, LOOKS.skipped.says],
    [jobs.retries, jobs.retries === 1 ? "retry" : "retries"],
  ] as const
  return all.filter(([count], index) => index === 0 || count > 0)
}
