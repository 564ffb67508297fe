import type { KnownFile } from "@geartrain/spec/workflow"
import { formatSize } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import { deliveredFiles } from "../delivered-files.ts"
import type { RunAccount } from "../run-account.ts"
import { restLine, tableHead } from "./page-words.ts"

/** Of one output. */
const MOST_FILES = 200
const MOST_OUTPUTS = 200

/** What the whole gave, by its outputs, with digests. */
export function resultsSection(account: RunAccount): Html {
  const outputs = [...deliveredFiles(account)]
  if (outputs.length === 0)
    return html`<p>The workflow declares no outputs: what its steps gave stays with their jobs.</p>\n`
  const out = account.header.out
  return html`${out === undefined ? "" : html`<p>Delivered to <code>${out}</code>.</p>\n`}${outputs.slice(0, MOST_OUTPUTS).map(([name, files]) => outputTable(name, files))}${restLine(outputs.length - MOST_OUTPUTS, "gear workflow status --json")}`
}

function outputTable(name: string, files: readonly KnownFile[] | "skipped"): Html {
  if (files === "skipped") return html`<h3>${name}</h3><p>Nothing: what it is made of was skipped.</p>\n`
  if (files.length === 0) return html`<h3>${name}</h3><p>Nothing yet.</p>\n`
  return html`<h3>${name}</h3><div class="scroll"><table>${tableHead(["File", "#Size", "sha256"])}
<tbody>
${files
  .slice(0, MOST_FILES)
  .map(
    (file) =>
      html`<tr><td class="name">${file.name}</td><td class="number">${formatSize(file.sizeBytes)}</td><td class="digest">${file.digest.slice("sha256:".length)}</td></tr>\n`,
  )}</tbody></table></div>
${restLine(files.length - MOST_FILES, "gear workflow status --json")}`
}
