import { type AccountedJob, type AccountedTry, type RunAccount, tookMs } from "./run-account.ts"

/** One try at a job, or a job that was not tried. A member that is absent is not known. */
export interface TraceRow {
  readonly key: string
  readonly step: string
  readonly job?: string
  readonly state: string
  /** 0: it was not tried. */
  readonly attempt: number
  readonly exit?: number
  /** ISO 8601, UTC. */
  readonly submit?: string
  readonly start?: string
  readonly end?: string
  /** From start to end as the run saw it. */
  readonly durationMs?: number
  /** Of the gear itself. */
  readonly realtimeMs?: number
  readonly cpuMs?: number
  /** 100: one processor all the time. */
  readonly cpuPercent?: number
  readonly peakMemoryBytes?: number
  readonly readBytes?: number
  readonly writtenBytes?: number
  readonly gear: string
  /** Of the invocation. */
  readonly digest?: string
  readonly culprit?: string
  readonly reason?: string
}

/** All tries of a run in the order of its jobs. */
export function traceRows({ jobs }: RunAccount): readonly TraceRow[] {
  return jobs.flatMap((job) =>
    job.tries.length === 0 ? [untriedRow(job)] : job.tries.map((each) => triedRow(job, each)),
  )
}

/** The names of the columns as they stand in the first line, and what is in them. They are added to, and never changed. */
const COLUMNS: readonly (readonly [title: string, of: keyof TraceRow])[] = [
  ["key", "key"],
  ["step", "step"],
  ["job", "job"],
  ["state", "state"],
  ["attempt", "attempt"],
  ["exit", "exit"],
  ["submit", "submit"],
  ["start", "start"],
  ["end", "end"],
  ["duration_ms", "durationMs"],
  ["realtime_ms", "realtimeMs"],
  ["cpu_ms", "cpuMs"],
  ["cpu_percent", "cpuPercent"],
  ["peak_memory_bytes", "peakMemoryBytes"],
  ["read_bytes", "readBytes"],
  ["written_bytes", "writtenBytes"],
  ["gear", "gear"],
  ["digest", "digest"],
  ["culprit", "culprit"],
  ["reason", "reason"],
]

/**
 * The table as text: tabs between cells, one row a line, the names of the columns first, nothing where something is not known. A tab, line end or
 * backslash in a cell is written `\t`, `\n`, `\r` or `\\`.
 */
export function* traceLines(account: RunAccount): Iterable<string> {
  yield COLUMNS.map(([title]) => title).join("\t")
  for (const row of traceRows(account)) yield COLUMNS.map(([, of]) => cell(row[of])).join("\t")
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return ""
  return String(value).replaceAll(/[\\\p{Cc}]/gu, (character) => ESCAPES[character] ?? hex(character))
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
}

function untriedRow({ planned, state, gear, record }: AccountedJob): TraceRow {
  const digest = record?.invocationDigest ?? planned.invocation
  return {
    key: planned.key,
    step: planned.step,
    ...(record === undefined ? {} : { job: record.id }),
    state,
    attempt: 0,
    gear,
    ...(digest === undefined ? {} : { digest }),
  }
}

function triedRow({ planned, gear }: AccountedJob, tried: AccountedTry): TraceRow {
  const { record, job, started, ended } = tried
  const duration = tookMs(tried)
  const usage = record?.usage
  const given: { readonly [Key in keyof TraceRow]: TraceRow[Key] | undefined } = {
    key: planned.key,
    step: planned.step,
    job,
    state: tried.state,
    attempt: tried.attempt,
    exit: record?.exit?.code,
    submit: started,
    start: record?.started ?? started,
    end: record?.ended ?? ended,
    durationMs: duration,
    realtimeMs: usage === undefined ? undefined : Math.round(usage.wallMs),
    cpuMs: usage?.cpuMs === undefined ? undefined : Math.round(usage.cpuMs),
    cpuPercent: cpuPercent(usage),
    peakMemoryBytes: usage?.peakMemoryBytes,
    readBytes: usage?.readBytes,
    writtenBytes: usage?.writtenBytes,
    gear,
    digest: record?.invocationDigest,
    culprit: record?.failure?.culprit,
    reason: record?.failure?.reason,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as TraceRow
}

/** Of one processor. */
export function cpuPercent(
  usage: { readonly wallMs: number; readonly cpuMs?: number } | undefined,
): number | undefined {
  if (usage?.cpuMs === undefined || usage.wallMs <= 0) return undefined
  return Math.round((1000 * usage.cpuMs) / usage.wallMs) / 10
}
