import type { JobSummary } from "@geartrain/ports"
import type { JsonObject } from "@geartrain/spec"
import type { Context } from "../../command.ts"
import { formatDuration, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { STATE_PAINT } from "../../output/state-paint.ts"
import { textTable } from "../../output/text-table.ts"

/** Prints jobs, newest first: a table for people, ids alone with `--quiet`, a line of JSON each with `--json`. */
export function printJobs(context: Context, jobs: readonly JobSummary[], nowMs: number): void {
  const { reply, options, terminal } = context
  for (const job of jobs) reply.item({ ...job } as JsonObject)
  if (options.quiet) {
    for (const job of jobs) reply.print(job.id)
    return
  }
  if (jobs.length === 0) return
  const { paint } = terminal.out
  const rows = jobs.map((job) => [
    reply.id(job.id),
    escapeText(job.gear),
    STATE_PAINT[job.state](paint)(job.state),
    String(job.exitCode ?? ""),
    formatTime(job.created),
    formatDuration(
      job.wallMs ?? Math.max(0, (job.ended === undefined ? nowMs : Date.parse(job.ended)) - Date.parse(job.created)),
    ),
    job.reason ?? "",
  ])
  for (const line of textTable(COLUMNS, rows)) reply.print(line)
}

const COLUMNS = [
  { title: "JOB" },
  { title: "GEAR" },
  { title: "STATE" },
  { title: "EXIT", align: "right" },
  { title: "STARTED" },
  { title: "TOOK", align: "right" },
  { title: "REASON" },
] as const
