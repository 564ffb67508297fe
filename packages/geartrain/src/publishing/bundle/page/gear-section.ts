import type { Gear } from "@geartrain/spec"
import { type Html, html, linkTo } from "../../../provenance/page/html.ts"

/** One gear: what it is, who made it, and its names. */
export function gearSection({ id, tree, platform, manifest }: Gear, document: string): Html {
  const rows: readonly (readonly [string, string])[] = [
    ["What it does", manifest.description],
    ["Author", manifest.author],
    ["Maintainer", manifest.maintainer ?? ""],
    ["Licence", manifest.license],
    ["Home page", manifest.url],
    ["Source", manifest.source],
    ["To be cited", manifest.cite ?? ""],
    ["Platform", platform],
  ]
  return html`<h3>${manifest.label} <small>(<a href="${linkTo(document)}">${manifest.name} ${manifest.version}</a>)</small></h3>
<dl>
${rows.filter(([, text]) => text !== "").map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>\n`)}<dt>Gear id</dt><dd class="digest">${id}</dd>
<dt>Tree digest</dt><dd class="digest">${tree}</dd>
</dl>
`
}
