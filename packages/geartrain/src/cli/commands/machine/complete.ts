import type { Command } from "../../command.ts"

export const completeCommand: Command = {
  name: "__complete",
  arguments: [
    { name: "WORD", says: "What stands on the command line after gear, up to the cursor", many: true, optional: true },
  ],
  flags: {},
  examples: [{ command: 'gear __complete -- run ""', says: "What a shell asks to complete the word after gear run" }],
  exits: "answer",
  run: async (context, given) => {
    const { candidates } = await import("../../completion/candidates.ts")
    const lines = (await candidates(given.words, context)).map(({ word, says }) => `${word}\t${says}`)
    if (lines.length > 0) context.terminal.out.write(`${lines.join("\n")}\n`)
    return {}
  },
}
