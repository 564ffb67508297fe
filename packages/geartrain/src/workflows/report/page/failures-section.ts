import { type Html, html } from "../../../provenance/page/html.ts"
import { type RunAnalysis, type RunFailure, reasonSays } from "../run-analysis.ts"
import { restLine, tableHead } from "./page-words.ts"

const MOST_GROUPS = 50
const MOST_FAILURES = 200

/** What failed, by kind, then one by one. */
export function failuresSection(run: string, { failures, groups }: RunAnalysis): Html {
  return html`<div class="scroll"><table>${tableHead(["#Jobs", "Reason", "What they have in common", "Such as"])}
<tbody>
${groups
  .slice(0, MOST_GROUPS)
  .map(
    ({ count, reason, message, example }) =>
      html`<tr><td class="number">${count}</td><td>${reason}<br>${reasonSays(reason)}</td><td>${message}</td><td class="name">${example.key}</td></tr>\n`,
  )}</tbody></table></div>
${restLine(groups.length - MOST_GROUPS, `gear workflow analyze ${run.slice(0, 12)}`)}
${failures.slice(0, MOST_FAILURES).map(failureDetails)}${restLine(failures.length - MOST_FAILURES, `gear workflow analyze ${run.slice(0, 12)}`)}`
}

function failureDetails(failure: RunFailure): Html {
  const { key, gear, culprit, reason, message, evidence, exitCode, signal, attempts, lost, commands } = failure
  const facts: readonly (readonly [string, string])[] = [
    ["Culprit", culprit],
    ["Gear", gear],
    ["Tries", String(attempts)],
    ...(exitCode === undefined
      ? []
      : [["Exit code", signal === undefined ? String(exitCode) : `${exitCode} (${signal})`] as const]),
    ...(evidence === undefined ? [] : [["Evidence", evidence] as const]),
    ...(lost === 0 ? [] : [["Lost behind it", `${lost} ${lost === 1 ? "job" : "jobs"}`] as const]),
  ]
  return html`<details><summary>${key}: ${reason}, ${message}</summary><dl>
${facts.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>\n`)}</dl>
${commands.length === 0 ? "" : html`<pre><code>${commands.join("\n")}</code></pre>`}</details>
`
}
