import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { listRules, ruleWords } from "../../server/find-rule.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const rulesLsCommand: Command = {
  name: "rules ls",
  arguments: [{ name: "PROJECT", says: "GROUP/PROJECT" }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear rules ls lab/study", says: "List the rules of a project, by name" }],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const rules = await listRules(client, await findProject(client, given.words[0] ?? ""))
    for (const rule of rules) context.reply.item(rule as unknown as JsonObject)
    const rows = rules.map((rule) => {
      const { name, gear, isOff } = ruleWords(rule)
      return [rule.id, escapeText(name), escapeText(gear), isOff ? "off" : "on"]
    })
    if (rules.length > 0) for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    else context.reply.say("The project has no rules\n→ gear rules add PROJECT FILE")
    return {}
  },
}

const COLUMNS = [{ title: "RULE" }, { title: "NAME" }, { title: "GEAR" }, { title: "IS" }] as const
