import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"

export const keyDistrustCommand: Command = {
  name: "key distrust",
  arguments: [{ name: "NAME", says: "Of a trusted key: gear key list" }],
  flags: {},
  examples: [
    { command: "gear key distrust lab", says: "When the key was lost, or its holder does not publish any more" },
  ],
  notes: [
    "Gears that are installed stay. Those that only this key was trusted for are installed without a signature from then on.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const { openKeys } = await import("../../../compose/catalogue/open-catalogue.ts")
    const name = given.words[0] ?? ""
    await openKeys(context.settings()).distrust(name)
    context.reply.print(`${escapeText(name)} is not trusted any more`)
    return { data: { name } }
  },
}
