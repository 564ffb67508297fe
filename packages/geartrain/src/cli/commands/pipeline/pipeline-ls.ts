import type { JsonObject } from "@geartrain/spec"
import type { Commit } from "../../../workflows/pipelines/folders/commit.ts"
import type { Command } from "../../command.ts"
import { formatSize, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { describeOrigin } from "../../workflow/pipeline/datum-lines.ts"

export const pipelineLsCommand: Command = {
  name: "pipeline ls",
  arguments: [],
  flags: {},
  examples: [
    { command: "gear pipeline ls", says: "Pipelines that ran here, and the folders and places that they read" },
  ],
  exits: "answer",
  run: async (context) => {
    const { openCommits } = await import("../../../compose/pipelines/open-pipelines.ts")
    const store = openCommits(context.settings())
    const commits: Commit[] = []
    for (const kind of ["outputs", "folders"] as const) {
      for (const name of await store.names(kind)) {
        const commit = await store.newest({ kind, name })
        if (commit !== undefined) commits.push(commit)
      }
    }
    for (const commit of commits) context.reply.item(commit as unknown as JsonObject)
    const rows = commits.map(({ of, origin, number, id, fileCount, sizeBytes, created }) => [
      ...[escapeText(of), origin.kind === "pipeline" ? gearWord(origin) : escapeText(describeOrigin(origin))],
      ...[String(number), context.reply.id(id), String(fileCount), formatSize(sizeBytes), formatTime(created)],
    ])
    if (rows.length > 0) for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    else context.reply.say("No pipeline has run here\n→ gear pipeline run pipeline.yaml")
    return {}
  },
}

function gearWord({ gear, counts }: Extract<Commit["origin"], { kind: "pipeline" }>): string {
  return escapeText(`${gear.name}@${gear.version}${counts.failed > 0 ? `, ${counts.failed} failed` : ""}`)
}

const COLUMNS = [
  { title: "NAME" },
  { title: "OF" },
  { title: "COMMIT", align: "right" },
  { title: "ID" },
  { title: "FILES", align: "right" },
  { title: "SIZE", align: "right" },
  { title: "MADE" },
] as const
