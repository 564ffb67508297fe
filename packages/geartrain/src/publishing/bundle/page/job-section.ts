import { canonicalJson, type JobRecord, type Verification } from "@geartrain/spec"
import { type Html, html, linkTo } from "../../../provenance/page/html.ts"
import { type NamedBytes, namedBytes, type PlannedFiles } from "../write/plan-files.ts"

export function jobAnchor({ id }: JobRecord): string {
  return `job-${id}`
}

/** One job: what was run with what, its files with their digests, and what came of running it again. */
export function jobSection(job: PlannedFiles, all: readonly PlannedFiles[]): Html {
  const { record, recordPath } = job
  const anchor = jobAnchor(record)
  const named = namedBytes(record)
  const of = (role: NamedBytes["role"]) => named.filter((file) => file.role === role)
  const log = job.paths.log.get("log")
  return html`<section aria-labelledby="${anchor}"><h2 id="${anchor}">${record.gear.name} ${record.gear.version} <small>job ${record.id.slice(0, 12)}</small></h2>
<p>${verdict(record.history)}</p>
<dl>
${facts(record).map(([title, text]) => html`<dt>${title}</dt><dd>${text}</dd>\n`)}<dt>Invocation</dt><dd class="digest">${record.invocationDigest}</dd>
<dt>Record</dt><dd><a href="${linkTo(recordPath)}">${recordPath}</a>${log === undefined ? "" : html`, <a href="${linkTo(log)}">log</a>`}</dd>
</dl>
${config(record)}${files(job, { title: "Inputs", list: of("input"), all })}${files(job, { title: "Outputs", list: of("output"), all })}${history(record.history)}</section>
`
}

const WORDS: Readonly<Record<Verification["verdict"], readonly [style: string, says: string]>> = {
  identical: ["good", "run again: every output had the same bytes"],
  equivalent: ["good", "run again: outputs differed only in what the gear's manifest declares as free"],
  different: ["bad", "run again: outputs differed"],
  undecided: ["open", "it could not be run again"],
}

function verdict(all: readonly Verification[]): Html {
  const last = all.at(-1)
  if (last === undefined) return html`<span class="verdict">not verified</span> it was run once before it was packed`
  const [style, says] = WORDS[last.verdict]
  return html`<span class="verdict ${style}">${last.verdict}</span> ${says}, ${time(last.at)}`
}

function history(all: readonly Verification[]): Html {
  if (all.length < 2) return html``
  return html`<h3>Verified before</h3><ul>
${all.map(({ at, verdict: word, provider }) => html`<li>${time(at)}: ${word} under ${provider}</li>\n`)}</ul>
`
}

function facts(record: JobRecord): readonly (readonly [string, string])[] {
  const { exit, failure, provider, host, engine, invocation, started, ended, usage } = record
  const end = failure === undefined ? record.state : `${record.state}: ${failure.reason}, ${failure.message}`
  return [
    ["Ended as", `${end}${exit === undefined ? "" : ` (exit code ${exit.code})`}`],
    ["Command", record.command.join(" ")],
    ...(started === undefined || ended === undefined ? [] : [["Ran", `${time(started)} to ${time(ended)}`] as const]),
    ...(usage?.peakMemoryBytes === undefined
      ? []
      : [["Most memory", `${Math.ceil(usage.peakMemoryBytes / 2 ** 20)} MiB`] as const]),
    ["Network", invocation.network === "none" ? "none" : "it could reach out"],
    ["Under", `Geartrain ${engine.version}${provider === undefined ? "" : `, ${provider.name} ${provider.version}`}`],
    ["Machine", `Linux ${host.kernel}, ${host.architecture}, ${host.cpus} CPUs`],
  ]
}

function config({ invocation }: JobRecord): Html {
  const values = Object.entries(invocation.config)
  if (values.length === 0) return html``
  return html`<h3>Config</h3><dl>
${values.map(([name, value]) => html`<dt>${name}</dt><dd><code>${typeof value === "string" ? value : canonicalJson(value ?? null)}</code></dd>\n`)}</dl>
`
}

interface FileList {
  readonly title: string
  readonly list: readonly NamedBytes[]
  readonly all: readonly PlannedFiles[]
}

/** A long list is no help to anybody: the rest is in the record. */
const MOST_FILES = 1000

function files(job: PlannedFiles, { title, list, all }: FileList): Html {
  if (list.length === 0) return html`<h3>${title}</h3><p>None.</p>\n`
  const rows = list.slice(0, MOST_FILES).map(
    (
      file,
    ) => html`<tr><td class="name">${fileName(job, file)}${maker(file, job, all)}</td><td class="number">${file.sizeBytes.toLocaleString("en")}</td><td class="digest">${file.digest.slice(7)}</td></tr>
`,
  )
  const rest = list.length - rows.length
  return html`<h3>${title}</h3><div class="scroll"><table><thead><tr><th scope="col">File</th><th scope="col" class="number">Bytes</th><th scope="col">sha256</th></tr></thead>
<tbody>
${rows}</tbody></table></div>${rest === 0 ? "" : html`<p>And ${rest} more, which the record lists.</p>`}
`
}

function fileName({ paths }: PlannedFiles, { role, name, file }: NamedBytes): Html {
  const path = paths[role].get(name)
  const label = role === "input" ? `${name}: ${file}` : name
  return path === undefined
    ? html`${label} <span class="away">(not in it)</span>`
    : html`<a href="${linkTo(path)}">${label}</a>`
}

/** What one job made and this one read. */
function maker({ role, digest }: NamedBytes, { record }: PlannedFiles, all: readonly PlannedFiles[]): Html {
  const made =
    role === "input" ? all.find((other) => other.record.outputs.some((output) => output.digest === digest)) : undefined
  if (made === undefined || made.record.id === record.id) return html``
  return html`<br>made by <a href="#${jobAnchor(made.record)}">job ${made.record.id.slice(0, 12)}</a>`
}

function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
