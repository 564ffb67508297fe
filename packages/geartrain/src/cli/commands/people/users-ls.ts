import type { JsonObject } from "@geartrain/spec"
import { readPages } from "../../../archive/transfer/read-pages.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const usersLsCommand: Command = {
  name: "users ls",
  arguments: [{ name: "PREFIX", says: "Beginning of the name that they log in with", optional: true }],
  flags: SERVER_FLAG,
  examples: [{ command: "gear users ls", says: "List all accounts of a server" }],
  notes: ["For admins of the site."],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [prefix] = given.words
    const filter = prefix === undefined ? {} : { prefix }
    const ask = (query: { readonly limit: number; readonly cursor?: string }) =>
      client.api.GET("/api/v1/users", { params: { query: { ...query, ...filter } } })
    const rows: string[][] = []
    for await (const users of readPages(ask)) {
      for (const user of users) {
        context.reply.item(user as unknown as JsonObject)
        const is = [...(user.siteAdmin ? ["admin"] : []), ...(user.disabled ? ["disabled"] : [])].join(", ")
        rows.push([...[user.login, user.name, user.email ?? ""].map(escapeText), is])
      }
    }
    if (rows.length > 0) for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    else context.reply.say("Nobody is called so\n→ gear users add LOGIN --name NAME")
    return {}
  },
}

const COLUMNS = [{ title: "LOGIN" }, { title: "NAME" }, { title: "EMAIL" }, { title: "IS" }] as const
