import { formatDuration, formatSize } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import type { StepStatistics } from "../run-statistics.ts"
import { restLine, tableHead } from "./page-words.ts"

const MOST_STEPS = 1000

/** What each step was granted, and what its jobs used of it. */
export function stepsSection(steps: readonly StepStatistics[]): Html {
  return html`<div class="scroll"><table>
<caption>Time, processors and memory are those of jobs that ran here and completed</caption>
${tableHead(["Step", "#Jobs", "#Reused", "#Failed", "#Time, mean", "#least to most", "#Processors used", "#Most memory", "#Memory granted"])}
<tbody>
${steps.slice(0, MOST_STEPS).map(stepRow)}</tbody></table></div>
${restLine(steps.length - MOST_STEPS, "gear workflow statistics --json")}`
}

function stepRow({
  step,
  gear,
  jobs,
  runtimeMs,
  cpuMs,
  peakMemoryBytes,
  grantedMemoryBytes,
  grantedCpuCores,
}: StepStatistics): Html {
  const cores =
    cpuMs === undefined || runtimeMs === undefined || runtimeMs.total === 0 ? undefined : cpuMs.total / runtimeMs.total
  const share =
    peakMemoryBytes === undefined || grantedMemoryBytes === undefined
      ? ""
      : ` (${Math.round((100 * peakMemoryBytes.max) / grantedMemoryBytes)} % used)`
  const cells = [
    String(jobs.total),
    String(jobs.reused),
    String(jobs.failed),
    runtimeMs === undefined ? "" : formatDuration(runtimeMs.mean),
    runtimeMs === undefined ? "" : `${formatDuration(runtimeMs.min)} to ${formatDuration(runtimeMs.max)}`,
    cores === undefined ? "" : `${cores.toFixed(2)}${grantedCpuCores === undefined ? "" : ` of ${grantedCpuCores}`}`,
    peakMemoryBytes === undefined ? "" : formatSize(peakMemoryBytes.max),
    grantedMemoryBytes === undefined ? "not limited" : `${formatSize(grantedMemoryBytes)}${share}`,
  ]
  return html`<tr><td class="name">${step}<br><small>${gear}</small></td>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>\n`
}
