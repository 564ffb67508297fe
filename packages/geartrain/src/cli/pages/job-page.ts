import type { GearManifest, InvocationInput, JobId, JobRecord, Verification } from "@geartrain/spec"
import { formatCount, formatDuration, formatSize, formatTime } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"
import { failureLines, nextCommand, stateSentence } from "../run/outcome-lines.ts"
import { madeAgainText } from "./made-again.ts"
import { valueText } from "./value-text.ts"

export interface PageMeans {
  readonly paint: Paint
  readonly id: (id: string) => string
  /** Everything, and not only what tells something. */
  readonly verbose: boolean
  readonly columns: number
}

/** A job on one page: how it ended in a sentence, then the facts, what came out, what went in, and what can be done with it. */
export function jobPage(record: JobRecord, manifest: GearManifest | undefined, means: PageMeans): string[] {
  const { paint } = means
  return [
    `${stateSentence(record, paint)}`,
    ...failureLines(record, paint),
    "",
    ...factLines(record, means),
    ...outputSection(record, means),
    ...inputSection(record, means),
    ...configSection(record, manifest, means),
    ...logSection(record, means),
    ...historySection(record, means),
    "",
    `${paint.cyan("→")} ${nextCommand(record, means.id)}`,
  ]
}

function againOf(record: JobRecord, first: JobId, means: PageMeans): string {
  const held = record.conditions?.map(({ says }) => escapeText(says)).join(", ")
  if (held !== undefined) return `${means.id(first)}  (an experiment, held to ${held})`
  return `${means.id(first)}${record.forVerification === true ? "  (to verify it)" : ""}`
}

function factLines(record: JobRecord, means: PageMeans): string[] {
  const { gear, provider, host, usage } = record
  const facts: (readonly [string, string | undefined])[] = [
    ["job", means.id(record.id)],
    [
      "gear",
      `${escapeText(`${gear.name}@${gear.version}`)}  ${means.id(gear.id)}${gear.development === true ? "  (a folder, not kept)" : ""}`,
    ],
    ["again of", record.replayOf === undefined ? undefined : againOf(record, record.replayOf, means)],
    ["started", `${formatTime(record.started ?? record.created)}  on ${escapeText(host.name)}`],
    [
      "provider",
      provider === undefined
        ? undefined
        : `${provider.name} ${escapeText(provider.version)}${provider.rootless ? ", not as root" : ""}`,
    ],
    ["took", usage === undefined ? undefined : tookText(record)],
    ["memory", usage?.peakMemoryBytes === undefined ? undefined : memoryText(record, usage.peakMemoryBytes)],
    [
      "exit code",
      record.exit === undefined
        ? undefined
        : `${record.exit.code}${record.exit.signal === undefined ? "" : ` (${record.exit.signal})`}`,
    ],
    ["network", record.invocation.network],
    ["limits", limitsText(record)],
    ["command", means.verbose ? escapeText(record.command.join(" ")) : undefined],
    ["invocation", means.verbose ? record.invocationDigest : undefined],
    ["machine", means.verbose ? machineText(record) : undefined],
  ]
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[means.paint.dim(name), value]]))
  return textTable(NO_TITLES, rows)
}

const NO_TITLES = [{ title: "" }, { title: "" }]

function tookText(record: JobRecord): string {
  const { usage, phasesMs } = record
  const cpu = usage?.cpuMs === undefined ? [] : [`${formatDuration(usage.cpuMs)} of CPU`]
  const phases = Object.entries(phasesMs ?? {}).map(([phase, ms]) => `${phase} ${formatDuration(ms)}`)
  return [formatDuration(usage?.wallMs ?? 0), ...cpu, ...phases].join(", ")
}

function memoryText(record: JobRecord, peakBytes: number): string {
  const { memoryBytes } = record.limits
  return `${formatSize(peakBytes)} at most${memoryBytes === undefined ? "" : ` of ${formatSize(memoryBytes)}`}`
}

function limitsText(record: JobRecord): string | undefined {
  const { memoryBytes, cpuCores, processes, outputBytes, timeMs } = record.limits
  const limits = [
    memoryBytes === undefined ? [] : [`memory ${formatSize(memoryBytes)}`],
    cpuCores === undefined ? [] : [`CPUs ${cpuCores}`],
    timeMs === undefined ? [] : [`time ${formatDuration(timeMs)}`],
    processes === undefined ? [] : [formatCount(processes, "process", "processes")],
    outputBytes === undefined ? [] : [`output ${formatSize(outputBytes)}`],
  ].flat()
  return limits.length === 0 ? undefined : limits.join(", ")
}

function machineText(record: JobRecord): string {
  const { host, engine } = record
  const memory = formatSize(host.memoryBytes)
  return escapeText(
    `${host.architecture}, Linux ${host.kernel}, ${formatCount(host.cpus, "CPU")}, ${memory}; gear ${engine.version}, node ${engine.node}`,
  )
}

/** A page is for reading; programs take --json. */
const MOST_ROWS = 20

function outputSection(record: JobRecord, means: PageMeans): string[] {
  const { outputs, skippedOutputs } = record
  const most = means.verbose ? outputs.length : MOST_ROWS
  const rows = outputs
    .slice(0, most)
    .map((file) => [
      escapeText(file.path),
      formatSize(file.sizeBytes),
      describedAs(file),
      means.id(file.digest),
      file.freed === undefined ? "" : means.paint.yellow(`freed on ${file.freed.slice(0, 10)}`),
    ])
  const more = outputs.length > most ? [`… and ${outputs.length - most} more: gear show -v ${means.id(record.id)}`] : []
  const skipped = skippedOutputs
    .slice(0, most)
    .map((file) => `${means.paint.yellow("left out")} "${escapeText(file.path)}": ${escapeText(file.why)}`)
  if (rows.length === 0 && skipped.length === 0) return section("Outputs", ["none"], means)
  const columns = [{ title: "" }, { title: "", align: "right" }, { title: "" }, { title: "" }, { title: "" }] as const
  return section("Outputs", [...textTable(columns, rows), ...more, ...freedLines(record, means), ...skipped], means)
}

/** What was freed can be had again: what speaks for that, and how. */
function freedLines(record: JobRecord, means: PageMeans): string[] {
  const freed = record.outputs.filter((file) => file.freed !== undefined)
  const [first] = freed
  if (first === undefined) return []
  const bytes = freed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const proof = madeAgainText({
    path: first.path,
    history: record.history,
    tookMs: record.usage?.wallMs ?? 0,
  })
  return [
    `the bytes of ${freed.length === record.outputs.length ? "all" : freed.length} were freed (${formatSize(bytes)}), and can be made again: ${proof}`,
    `${means.paint.cyan("→")} gear restore ${means.id(record.id)}`,
  ]
}

/** Type, what the manifest calls it, and who may see it. */
function describedAs({ type, output, sensitivity }: JobRecord["outputs"][number]): string {
  const facts = [type, output, sensitivity === "public" ? undefined : sensitivity]
  return facts
    .filter((fact) => fact !== undefined)
    .map(escapeText)
    .join(", ")
}

function inputSection(record: JobRecord, means: PageMeans): string[] {
  const inputs = Object.entries(record.invocation.inputs)
  const most = means.verbose ? inputs.length : MOST_ROWS
  const rows = inputs
    .slice(0, most)
    .map(([name, input]) => [escapeText(name), ...inputCells(record, { name, input }, means)])
  if (rows.length === 0) return []
  const more = inputs.length > most ? [`… and ${inputs.length - most} more: gear show -v ${means.id(record.id)}`] : []
  return section("Inputs", [...textTable([{ title: "" }, { title: "" }, { title: "" }], rows), ...more], means)
}

function inputCells(
  record: JobRecord,
  of: { readonly name: string; readonly input: InvocationInput },
  means: PageMeans,
): string[] {
  const { input } = of
  if (input.base === "api-key") return ["a key, which is not recorded"]
  if (input.base === "context") return [input.found ? valueText(input.value) : "not found"]
  const origin = Object.hasOwn(record.inputs, of.name) ? record.inputs[of.name] : undefined
  const size = origin === undefined ? "" : ` (${formatSize(origin.sizeBytes)})`
  return [`${escapeText(origin?.path ?? input.name)}${size}`, means.id(input.digest)]
}

/** What was changed from its default tells something; the rest is one line. */
function configSection(record: JobRecord, manifest: GearManifest | undefined, means: PageMeans): string[] {
  const entries = Object.entries(record.invocation.config)
  if (entries.length === 0) return []
  const rows = entries.map(([name, value]) => {
    const item = manifest !== undefined && Object.hasOwn(manifest.config, name) ? manifest.config[name] : undefined
    const isDefault = item !== undefined && JSON.stringify(item["default"]) === JSON.stringify(value)
    return {
      isDefault,
      cells: [
        escapeText(name),
        valueText(value),
        isDefault || item?.["default"] === undefined ? "" : means.paint.dim(`default ${valueText(item["default"])}`),
      ],
    }
  })
  const shown = means.verbose ? rows : rows.filter((row) => !row.isDefault)
  const folded = rows.length - shown.length
  const rest =
    folded === 0
      ? []
      : [means.paint.dim(`${formatCount(folded, "value")} as by default: gear show -v ${means.id(record.id)}`)]
  return section(
    "Config",
    [
      ...textTable(
        [{ title: "" }, { title: "" }, { title: "" }],
        shown.map((row) => row.cells),
      ),
      ...rest,
    ],
    means,
  )
}

function logSection(record: JobRecord, means: PageMeans): string[] {
  const { log } = record
  if (log === undefined || log.lines === 0) return []
  const dropped = log.droppedBytes === 0 ? "" : `, ${formatSize(log.droppedBytes)} of it left out`
  return section("Log", [`${formatCount(log.lines, "line")}${dropped}: gear logs ${means.id(record.id)}`], means)
}

const VERDICT_PAINTS: Readonly<Record<Verification["verdict"], (paint: Paint) => (text: string) => string>> = {
  identical: (paint) => paint.green,
  equivalent: (paint) => paint.green,
  different: (paint) => paint.red,
  undecided: (paint) => paint.yellow,
}

function historySection(record: JobRecord, means: PageMeans): string[] {
  const { paint } = means
  const rows = record.history.map(({ at, verdict, provider, job, why, differences }) => [
    formatTime(at),
    VERDICT_PAINTS[verdict](paint)(verdict),
    provider === "" ? "" : `on ${escapeText(provider)}`,
    job === undefined ? "" : `job ${means.id(job)}`,
    why === undefined ? differences.map(({ path }) => escapeText(path)).join(", ") : escapeText(why),
  ])
  if (rows.length === 0) return []
  return section(
    "Verified",
    textTable([{ title: "" }, { title: "" }, { title: "" }, { title: "" }, { title: "" }], rows),
    means,
  )
}

function section(title: string, lines: readonly string[], means: PageMeans): string[] {
  return lines.length === 0 ? [] : ["", means.paint.bold(title), ...lines.map((line) => `  ${line}`)]
}
