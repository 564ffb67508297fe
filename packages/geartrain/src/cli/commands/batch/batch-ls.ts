import { answered } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const batchLsCommand: Command = {
  name: "batch ls",
  arguments: [{ name: "PROJECT", says: "GROUP/PROJECT" }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear batch ls lab/study", says: "List the batches of a project, the newest first" }],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const project = await findProject(client, given.words[0] ?? "")
    const params = { path: { project }, query: { limit: 100 } }
    const { items } = answered(await client.api.GET("/api/v1/projects/{project}/batches", { params }))
    const rows = items.map(({ id, gear, state, createdMs, accounts: { jobs, outcomes } }) => [
      ...[id, escapeText(`${gear.name}@${gear.version}`), state, formatTime(new Date(createdMs).toISOString())],
      ...[outcomes["will-run"], jobs.complete, jobs.failed].map(String),
    ])
    for (const batch of items) context.reply.item(batch as unknown as JsonObject)
    if (items.length > 0) for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    else context.reply.say("The project has no batches\n→ gear batch run PROJECT GEAR")
    return {}
  },
}

const COLUMNS = [
  { title: "BATCH" },
  { title: "GEAR" },
  { title: "STATE" },
  { title: "MADE" },
  { title: "JOBS", align: "right" },
  { title: "COMPLETE", align: "right" },
  { title: "FAILED", align: "right" },
] as const
