import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"

export const keyListCommand: Command = {
  name: "key list",
  arguments: [],
  flags: {},
  examples: [{ command: "gear key list", says: "Your own keys, and those that you trust" }],
  exits: "answer",
  run: async (context) => {
    const { openKeys } = await import("../../../compose/catalogue/open-catalogue.ts")
    const { reply } = context
    const keys = openKeys(context.settings())
    const rows: string[][] = []
    for (const { name, id, path } of await keys.own()) {
      reply.item({ kind: "own", name, id, path })
      rows.push(["own", name, reply.id(id), escapeText(path)])
    }
    for (const { name, id, gears } of await keys.trusted()) {
      reply.item({ kind: "trusted", name, id, gears: [...gears] })
      rows.push(["trusted", name, reply.id(id), `for ${escapeText(gears.join(", "))}`])
    }
    if (rows.length === 0) reply.say("There is no key yet\n→ gear key new")
    else for (const line of textTable(COLUMNS, rows)) reply.print(line)
    return {}
  },
}

const COLUMNS = [{ title: "KIND" }, { title: "NAME" }, { title: "ID" }, { title: "" }] as const
