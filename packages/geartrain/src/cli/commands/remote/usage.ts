import { answered } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { parseDuration } from "../../../settings/parse-amount.ts"
import { nowMs } from "../../../system/clock.ts"
import type { Command, Given } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

const HOUR_MS = 3_600_000

export const usageCommand: Command = {
  name: "usage",
  arguments: [],
  flags: {
    since: {
      type: "text",
      value: "TIME",
      says: "So long until now, such as 7d, or a day such as 2026-01-01. Default: 30d",
    },
    users: { type: "switch", says: "By user within each project" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear usage --since 7d", says: "Processor hours and bytes of every project that you may read" },
    { command: "gear usage --users --json", says: "By user, for programs" },
  ],
  notes: [
    "USED tells how much of the processors that were asked for was busy: a low one is a job that asks for too many.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const query = { fromMs: sinceOf(given) }
    const report = answered(await client.api.GET("/api/v1/usage", { params: { query } }))
    const rows = report.projects.flatMap((project) => [
      [...sumCells(`${project.group}/${project.label}`, project), formatSize(project.storedBytes)],
      ...(given.has("users") ? project.users.map((user) => [...sumCells(`  ${user.user}`, user), ""]) : []),
    ])
    for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    return { data: report }
  },
}

function sumCells(
  name: string,
  sum: { readonly attempts: number; readonly cpuMs: number; readonly askedCpuMs: number; readonly wallMs: number },
): readonly string[] {
  const used = sum.askedCpuMs === 0 ? "" : `${Math.round((100 * sum.cpuMs) / sum.askedCpuMs)} %`
  const hours = [sum.wallMs, sum.cpuMs].map((ms) => (ms / HOUR_MS).toFixed(2))
  return [escapeText(name), String(sum.attempts), ...hours, used]
}

const COLUMNS = [
  { title: "PROJECT" },
  { title: "JOBS", align: "right" },
  { title: "HOURS", align: "right" },
  { title: "CPU HOURS", align: "right" },
  { title: "USED", align: "right" },
  { title: "STORED", align: "right" },
] as const

function sinceOf(given: Given): number {
  const text = given.text("since") ?? "30d"
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : undefined
  const fromMs = day ?? nowMs() - parseDuration(text, "--since")
  // The 31st of a month that has 30 days is read as the day after.
  const isThere = Number.isFinite(fromMs) && (day === undefined || new Date(day).toISOString().startsWith(text))
  if (isThere) return Math.max(0, Math.floor(fromMs))
  throw new GeartrainError("USAGE", `Cannot read --since "${text}": there is no such day`, {
    hint: "Write --since 7d, or --since 2026-01-31",
  })
}
