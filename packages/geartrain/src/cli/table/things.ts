import type { CommandGroup } from "../command.ts"

export const THINGS: CommandGroup = {
  title: "Gears and jobs",
  rows: [
    {
      name: "show",
      summary: "Tell all about a gear or a job",
      load: async () => (await import("../commands/things/show.ts")).showCommand,
    },
    {
      name: "export",
      summary: "Write out a gear as a tar, an archive or a folder, or the outputs of a job",
      load: async () => (await import("../commands/things/export.ts")).exportCommand,
    },
    {
      name: "rm",
      summary: "Forget gears or jobs",
      load: async () => (await import("../commands/things/rm.ts")).rmCommand,
    },
  ],
}
