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
    {
      name: "users ls",
      summary: "List the accounts of a server",
      load: async () => (await import("../commands/people/users-ls.ts")).usersLsCommand,
    },
    {
      name: "users add",
      summary: "Make an account on a server",
      load: async () => (await import("../commands/people/users-add.ts")).usersAddCommand,
    },
    {
      name: "users disable",
      summary: "Keep an account of a server out, or let it in again",
      load: async () => (await import("../commands/people/users-disable.ts")).usersDisableCommand,
    },
    {
      name: "users password",
      summary: "Give an account of a server a password anew",
      load: async () => (await import("../commands/people/users-password.ts")).usersPasswordCommand,
    },
    {
      name: "users grant",
      summary: "Give somebody a right on a server, or take it away",
      load: async () => (await import("../commands/people/users-grant.ts")).usersGrantCommand,
    },
    {
      name: "users keys",
      summary: "List the keys of an account of a server, or end them",
      load: async () => (await import("../commands/people/users-keys.ts")).usersKeysCommand,
    },
  ],
}
