import { formatDuration, formatSize } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import type { RunAccount } from "../run-account.ts"
import { type TraceRow, traceRows } from "../trace-table.ts"
import { restLine, tableHead } from "./page-words.ts"

const MOST_ROWS = 1000

/** Every try, as long as there are not too many. */
export function jobsSection(account: RunAccount): Html {
  const rows = traceRows(account)
  return html`<details${rows.length <= 50 ? html` open` : ""}><summary>${rows.length.toLocaleString("en")} tries and jobs that were not tried</summary>
<div class="scroll"><table>${tableHead(["Job", "State", "#Try", "#Exit", "#Time", "#Processors", "#Most memory", "Record"])}
<tbody>
${rows.slice(0, MOST_ROWS).map(jobRow)}</tbody></table></div></details>
${restLine(rows.length - MOST_ROWS, `gear workflow trace ${account.header.id.slice(0, 12)}`)}`
}

function jobRow({ key, state, attempt, exit, realtimeMs, cpuPercent, peakMemoryBytes, job }: TraceRow): Html {
  const numbers = [
    attempt === 0 ? "" : String(attempt),
    exit === undefined ? "" : String(exit),
    realtimeMs === undefined ? "" : formatDuration(realtimeMs),
    cpuPercent === undefined ? "" : `${cpuPercent} %`,
    peakMemoryBytes === undefined ? "" : formatSize(peakMemoryBytes),
  ]
  return html`<tr><td class="name">${key}</td><td>${state}</td>${numbers.map((text) => html`<td class="number">${text}</td>`)}<td><code>${job?.slice(0, 12) ?? ""}</code></td></tr>\n`
}
