import { Html, html } from "../../../provenance/page/html.ts"
import { PAGE_STYLE } from "../../../provenance/page/page-style.ts"
import type { PicturedJob } from "../../picture/plan-picture.ts"
import { stepsPicture } from "../../picture/plan-picture.ts"
import { svgOf } from "../../picture/svg.ts"
import type { RunAccount } from "../run-account.ts"
import { analyzeRun } from "../run-analysis.ts"
import { runStatistics } from "../run-statistics.ts"
import { failuresSection } from "./failures-section.ts"
import { jobsSection } from "./jobs-section.ts"
import { provenanceSection } from "./provenance-section.ts"
import { REPORT_STYLE } from "./report-style.ts"
import { resultsSection } from "./results-section.ts"
import { stepsSection } from "./steps-section.ts"
import { leadOf, summarySection } from "./summary-section.ts"
import { timelineSection } from "./timeline-section.ts"

/** More steps than this are no picture that helps. */
const MOST_STEPS_DRAWN = 400

/**
 * A run as one page: its graph, what ran when, what was asked for and what was used, failures, results, and what it was made from. It opens
 * without a server, loads nothing and has no script; should a name in it ever slip through unescaped, its own policy keeps it from doing anything.
 *
 * The size of the page is bounded whatever the run's: long lists end with how many are left out, and where to find them.
 */
export function reportPage(account: RunAccount): string {
  const { header, plan } = account
  const statistics = runStatistics(account)
  const analysis = analyzeRun(account)
  const sections: readonly Section[] = [
    { id: "summary", title: "Summary", body: summarySection(account, statistics) },
    ...(analysis.failures.length === 0
      ? []
      : [{ id: "failures", title: "Failures", body: failuresSection(header.id, analysis) }]),
    { id: "graph", title: "Graph", body: graphBody(account) },
    { id: "timeline", title: "Timeline", body: timelineSection(account) },
    { id: "steps", title: "Steps", body: stepsSection(statistics.perStep) },
    { id: "results", title: "Results", body: resultsSection(account) },
    { id: "jobs", title: "Jobs", body: jobsSection(account) },
    { id: "provenance", title: "Provenance", body: provenanceSection(account) },
  ]
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${plan.workflow.name}, run ${header.id.slice(0, 12)}</title>
<style>${new Html(PAGE_STYLE)}${new Html(REPORT_STYLE)}</style>
</head>
<body>
<header>
<h1>${plan.workflow.name}</h1>
<p class="lead">${leadOf(account)}</p>
<nav aria-label="On this page"><ul>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title, body }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${body}</section>\n`)}</main>
<footer><p>Written by Geartrain. The same as tables: <code>gear workflow trace ${header.id.slice(0, 12)}</code>, <code>gear workflow statistics ${header.id.slice(0, 12)}</code>.</p></footer>
</body>
</html>
`
  return page.text
}

interface Section {
  readonly id: string
  readonly title: string
  readonly body: Html
}

function graphBody({ plan, jobs }: RunAccount): Html {
  const picture = stepsPicture(plan, jobs.map(pictured))
  if (picture.nodes.length > MOST_STEPS_DRAWN)
    return html`<p>With ${picture.nodes.length} steps, inputs and outputs it is too large to be looked at here: <code>gear workflow graph --format dot</code> writes it for other programs.</p>\n`
  return html`<div class="scroll">${new Html(svgOf(picture))}</div>\n`
}

function pictured({ planned, state }: RunAccount["jobs"][number]): PicturedJob {
  return { key: planned.key, step: planned.step, state, after: planned.after }
}
