import { answered } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

const MOST = 100

export const rulesLogCommand: Command = {
  name: "rules log",
  arguments: [{ name: "PROJECT", says: "GROUP/PROJECT" }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear rules log lab/study", says: `What its rules decided, and why: the last ${MOST}` }],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const params = { path: { project: await findProject(client, given.words[0] ?? "") }, query: { limit: MOST } }
    const { items } = answered(await client.api.GET("/api/v1/projects/{project}/rule-decisions", { params }))
    for (const decision of items) {
      const { atMs, outcome, fileName, says, job } = decision
      const started = job === undefined ? "" : `  job ${job}`
      const line = `${formatTime(new Date(atMs).toISOString())}  ${outcome}  ${fileName}: ${says}${started}`
      context.reply.print(escapeText(line))
      context.reply.item(decision as unknown as JsonObject)
    }
    if (items.length === 0) context.reply.say("No rule of the project has decided anything yet")
    return {}
  },
}
