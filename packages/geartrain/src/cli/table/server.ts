import type { CommandGroup } from "../command.ts"

export const SERVER: CommandGroup = {
  title: "Server",
  rows: [
    {
      name: "runner",
      summary: "Run the jobs of a server on this machine",
      load: async () => (await import("../commands/server/runner.ts")).runnerCommand,
    },
  ],
}
