import { canonicalJson } from "@geartrain/spec"
import { formatSize } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import type { RunAccount } from "../run-account.ts"
import { restLine, tableHead, timeText } from "./page-words.ts"

const MOST_ROWS = 500
/** Of one value, in letters. */
const LONGEST_VALUE = 2_000

/** What the run was made from: everything that decides its result has a digest here. */
export function provenanceSection({ header, plan, view }: RunAccount): Html {
  const { reuse, cleanup } = plan.options
  const facts: readonly (readonly [string, string])[] = [
    ["Run", header.id],
    ["Plan", header.plan],
    ["Workflow", plan.workflow.digest],
    ...(plan.workflow.file === undefined ? [] : [["File", plan.workflow.file] as const]),
    ["Planned", `${timeText(plan.created)} by Geartrain ${plan.engine}`],
    ...(view.by?.host === undefined ? [] : [["On", view.by.host] as const]),
    ["Reuse", typeof reuse === "string" ? reuse : `from ${reuse.from}`],
    ["Clean-up", typeof cleanup === "string" ? cleanup : `intermediates over ${formatSize(cleanup.keepBytes)}`],
  ]
  return html`<dl>
${facts.map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>\n`)}</dl>
${parameters(plan)}${inputs(plan)}${gears(plan)}`
}

function parameters({ parameters: values, documents }: RunAccount["plan"]): Html {
  const entries = Object.entries(values)
  if (entries.length === 0) return html``
  const declared = documents[""]?.parameters ?? {}
  return html`<h3>Parameters</h3><div class="scroll"><table>${tableHead(["Name", "Value", "What it is"])}
<tbody>
${entries
  .slice(0, MOST_ROWS)
  .map(
    ([name, value]) =>
      html`<tr><td class="name">${name}</td><td><code>${canonicalJson(value ?? null).slice(0, LONGEST_VALUE)}</code></td><td>${(Object.hasOwn(declared, name) ? declared[name]?.description : undefined) ?? ""}</td></tr>\n`,
  )}</tbody></table></div>
${restLine(entries.length - MOST_ROWS, "gear workflow status --json")}`
}

function inputs({ inputs: given }: RunAccount["plan"]): Html {
  const files = Object.entries(given).flatMap(([input, all]) => all.map((file) => ({ input, ...file })))
  if (files.length === 0) return html``
  return html`<h3>Inputs</h3><div class="scroll"><table>${tableHead(["Input", "File", "#Size", "sha256"])}
<tbody>
${files
  .slice(0, MOST_ROWS)
  .map(
    ({ input, name, sizeBytes, digest }) =>
      html`<tr><td class="name">${input}</td><td class="name">${name}</td><td class="number">${formatSize(sizeBytes)}</td><td class="digest">${digest.slice("sha256:".length)}</td></tr>\n`,
  )}</tbody></table></div>
${restLine(files.length - MOST_ROWS, "plan.json of the run")}`
}

function gears({ gears: used }: RunAccount["plan"]): Html {
  const byId = Map.groupBy(Object.entries(used), ([, { id }]) => id)
  const rows = [...byId].map(([id, steps]) => ({ id, gear: steps[0]?.[1], steps: steps.map(([step]) => step) }))
  return html`<h3>Gears</h3><div class="scroll"><table>${tableHead(["Gear", "Steps", "Id"])}
<tbody>
${rows
  .slice(0, MOST_ROWS)
  .map(
    ({ id, gear, steps }) =>
      html`<tr><td class="name">${gear?.name ?? ""} ${gear?.version ?? ""}</td><td class="name">${someOf(steps)}</td><td class="digest">${id}</td></tr>\n`,
  )}</tbody></table></div>
${restLine(rows.length - MOST_ROWS, "plan.json of the run")}`
}

/** The first names of a list that may be long. */
function someOf(names: readonly string[]): string {
  return `${names.slice(0, 10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`
}
