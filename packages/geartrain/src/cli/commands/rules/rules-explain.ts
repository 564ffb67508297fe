import { answered } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { findFileThere, findProject } from "../../server/find-place.ts"
import { findRule, listRules, ruleWords } from "../../server/find-rule.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const rulesExplainCommand: Command = {
  name: "rules explain",
  arguments: [
    { name: "PROJECT", says: "GROUP/PROJECT" },
    { name: "FILE", says: "A file of it: GROUP/PROJECT/…/files/NAME, or its id" },
  ],
  flags: {
    rule: { type: "text", value: "RULE", says: "Only this one, by name or id. Default: every rule of the project" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear rules explain lab/study lab/study/s1/visit/t1/files/t1.nii.gz",
      says: "For every rule: it fires, or which condition fails",
    },
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [path = "", filePath = ""] = given.words
    const project = await findProject(client, path)
    const file = await findFileThere(client, filePath)
    const named = given.text("rule")
    const rules = named === undefined ? await listRules(client, project) : [await findRule(client, project, named)]
    const told = []
    for (const rule of rules) {
      const params = { path: { project, rule: rule.id } }
      const post = client.api.POST("/api/v1/projects/{project}/rules/{rule}/explain", { params, body: { file } })
      const explanation = answered(await post)
      context.reply.print(escapeText(`${ruleWords(rule).name}: ${explanation.outcome}: ${explanation.says}`))
      told.push({ rule: rule.id, ...explanation })
    }
    if (rules.length === 0) context.reply.say("The project has no rules")
    return { data: told as unknown as JsonObject[] }
  },
}
