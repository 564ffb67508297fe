import type { Gear, JobRecord } from "@geartrain/spec"
import { Html, html, linkTo } from "../../../provenance/page/html.ts"
import { PAGE_STYLE } from "../../../provenance/page/page-style.ts"
import type { ListedGear, StandIn } from "../format/bundle-index.ts"
import type { PlannedFiles } from "../write/plan-files.ts"
import { gearSection } from "./gear-section.ts"
import { jobAnchor, jobSection } from "./job-section.ts"

/** What the page tells of. */
export interface PageContents {
  readonly title: string
  readonly files: readonly PlannedFiles[]
  readonly gears: readonly (ListedGear & { readonly gear: Gear })[]
  readonly standIns: readonly StandIn[]
  /** The paragraphs for the paper. */
  readonly methods: string
  /** Paths of further members that are worth a look. */
  readonly documents: readonly { readonly path: string; readonly says: string }[]
}

/**
 * The page of a bundle: what was run, with what, what came of it, and how to check it. It opens without a server, loads nothing, and has no script;
 * should a name in it ever slip through unescaped, its own policy keeps it from doing anything.
 */
export function bundlePage(contents: PageContents): string {
  const { title, files, gears, standIns } = contents
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${lead(contents)}</p>
<nav aria-label="On this page"><ul>
<li><a href="#check">How to check it</a></li>
${files.map(({ record }) => html`<li><a href="#${jobAnchor(record)}">${nameOf(record)}</a></li>\n`)}<li><a href="#gears">Gears</a></li>
${standIns.length === 0 ? "" : html`<li><a href="#away">What is not in it</a></li>\n`}<li><a href="#cite">How to cite it</a></li>
</ul></nav>
</header>
<main>
${checkSection(standIns)}
${files.map((job) => jobSection(job, files))}
<section aria-labelledby="gears"><h2 id="gears">Gears</h2>
<p>A gear is a whole file system with a manifest. Its id is a digest of both, so the same id is the same software to the last byte.</p>
${gears.map(({ gear, document }) => gearSection(gear, document))}</section>
${standIns.length === 0 ? "" : awaySection(standIns)}
<section aria-labelledby="cite"><h2 id="cite">How to cite it</h2>
<pre>${contents.methods}</pre>
<ul>
${contents.documents.map(({ path, says }) => html`<li><a href="${linkTo(path)}">${path}</a>: ${says}</li>\n`)}</ul></section>
</main>
<footer><p>Written by Geartrain. The digests on this page are told by the files themselves: <code>gear verify</code> computes all of them again.</p></footer>
</body>
</html>
`
  return page.text
}

function nameOf({ gear, id }: JobRecord): string {
  return `${gear.name} ${gear.version}, job ${id.slice(0, 12)}`
}

function lead({ files, gears, standIns }: PageContents): string {
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`
  const outputs = files.reduce((sum, { record }) => sum + record.outputs.length, 0)
  const away = standIns.length === 0 ? "" : `, and ${count(standIns.length, "stand-in")} for files that do not travel`
  return `${count(files.length, "job")} of ${count(gears.length, "gear")} with ${count(outputs, "output")}${away}: all that it takes to get the same results again.`
}

function checkSection(standIns: readonly StandIn[]): Html {
  const inputs = [...new Set(standIns.filter(({ role }) => role === "input").map(({ name }) => name))]
  const given = inputs.map(
    (name) => ` --input ${/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`}=PATH`,
  )
  const needed = html`<p>Some inputs do not travel with it. Who has them says where they are; only files with the very bytes are taken:</p>
<pre><code>gear verify result.gtz${given.join("")}</code></pre>
`
  return html`<section aria-labelledby="check"><h2 id="check">How to check it</h2>
<p>On a Linux machine with Geartrain, without network, in the folder of the file as it was downloaded:</p>
<pre><code>gear verify result.gtz</code></pre>
<p>It checks the signature and every byte, computes the names of gears and jobs again from their content, runs every job again in a sealed box, and compares what comes
out with what came out then. Exit code 0 says that it is the same, 1 that it is not, 6 that it could not be decided and why.
With <code>--no-run</code> nothing is run. With <code>--key lab.pub</code> only a bundle that this key signed is taken: get the key from its owner, not from where the bundle is.</p>
${inputs.length === 0 ? "" : needed}<p>Without Geartrain the files can be looked at, too: <code>tar --zstd -xf result.gtz</code>, and <code>sha256sum</code> for the digests below.</p>
</section>`
}

function awaySection(standIns: readonly StandIn[]): Html {
  return html`<section aria-labelledby="away"><h2 id="away">What is not in it</h2>
<p>These files do not travel. Their digests tell whoever has them whether they are the same.</p>
<div class="scroll"><table><thead><tr><th scope="col">File</th><th scope="col">Of job</th><th scope="col" class="number">Bytes</th><th scope="col">sha256, and why it is not here</th></tr></thead>
<tbody>
${standIns.map(
  ({
    job,
    role,
    name,
    file,
    sizeBytes,
    digest,
    why,
  }) => html`<tr><td class="name">${file}<br>${role} ${name}</td><td><code>${job.slice(0, 12)}</code></td><td class="number">${sizeBytes.toLocaleString("en")}</td><td><span class="digest">${digest.slice(7)}</span><br>${why}</td></tr>
`,
)}</tbody></table></div></section>`
}
