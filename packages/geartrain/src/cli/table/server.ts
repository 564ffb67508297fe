import type { CommandGroup } from "../command.ts"

export const SERVER: CommandGroup = {
  title: "Server",
  rows: [
    {
      name: "serve",
      summary: "Start a server for a lab: data, jobs, rules and people",
      load: async () => (await import("../commands/server/serve.ts")).serveCommand,
    },
    {
      name: "runner",
      summary: "Run the jobs of a server on this machine",
      load: async () => (await import("../commands/server/runner.ts")).runnerCommand,
    },
    {
      name: "server backup",
      summary: "Make a backup of a server, which may run meanwhile",
      load: async () => (await import("../commands/server/server-backup.ts")).serverBackupCommand,
    },
    {
      name: "server restore",
      summary: "Make a server of a backup, and check every byte of it",
      load: async () => (await import("../commands/server/server-restore.ts")).serverRestoreCommand,
    },
  ],
}
