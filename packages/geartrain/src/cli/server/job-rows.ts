import type { JsonObject } from "@geartrain/spec"
import type { Context } from "../command.ts"
import { formatDuration, formatTime } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { STATE_PAINT } from "../output/state-paint.ts"
import { textTable } from "../output/text-table.ts"
import type { ServerJob } from "./find-job.ts"

/** Prints jobs of a server, newest first: a table for people, ids alone with `--quiet`, a line of JSON each with `--json`. */
export function printServerJobs(context: Context, jobs: readonly ServerJob[], nowMs: number): void {
  const { reply, options, terminal } = context
  for (const job of jobs) reply.item(job as JsonObject)
  if (options.quiet) {
    for (const job of jobs) reply.print(job.id)
    return
  }
  if (jobs.length === 0) return
  const { paint } = terminal.out
  const rows = jobs.map((job) => [
    job.id,
    escapeText(`${job.gear.name}@${job.gear.version}`),
    STATE_PAINT[job.state](paint)(job.state),
    String(job.exitCode ?? ""),
    formatTime(new Date(job.queuedMs).toISOString()),
    job.startedMs === undefined ? "" : formatDuration((job.endedMs ?? nowMs) - job.startedMs),
    job.reason ?? job.phase ?? "",
  ])
  for (const line of textTable(COLUMNS, rows)) reply.print(line)
}

const COLUMNS = [
  { title: "JOB" },
  { title: "GEAR" },
  { title: "STATE" },
  { title: "EXIT", align: "right" },
  { title: "QUEUED" },
  { title: "RAN", align: "right" },
  { title: "REASON" },
] as const
