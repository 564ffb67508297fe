import { VERSION } from "../../../settings/version.ts"
import type { Command } from "../../command.ts"

export const versionCommand: Command = {
  name: "version",
  arguments: [],
  flags: {},
  examples: [
    { command: "gear version", says: "Print the version" },
    { command: "gear version -v", says: "With everything that a report of a bug should say" },
  ],
  exits: "answer",
  run: async ({ reply, options }) => {
    const data = { version: VERSION, node: process.versions.node, platform: `${process.platform}/${process.arch}` }
    reply.print(`gear ${data.version}`)
    if (options.verbose) reply.print(`node ${data.node}\nplatform ${data.platform}`)
    return { data }
  },
}
