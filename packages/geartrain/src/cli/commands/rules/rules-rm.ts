import type { Command } from "../../command.ts"
import { connectServer } from "../../server/connect.ts"
import { findProject } from "../../server/find-place.ts"
import { findRule } from "../../server/find-rule.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const rulesRmCommand: Command = {
  name: "rules rm",
  arguments: [
    { name: "PROJECT", says: "GROUP/PROJECT" },
    { name: "RULE", says: "Its name or id" },
  ],
  flags: SERVER_FLAG,
  examples: [{ command: "gear rules rm lab/study Convert", says: "It starts nothing more; what it decided stays" }],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [path = "", word = ""] = given.words
    const project = await findProject(client, path)
    const rule = await findRule(client, project, word)
    const params = { path: { project, rule: rule.id } }
    const headers = { "if-match": `"${rule.revision}"` }
    await client.api.DELETE("/api/v1/projects/{project}/rules/{rule}", { params, headers })
    context.reply.print(rule.id)
    return { data: rule.id }
  },
}
