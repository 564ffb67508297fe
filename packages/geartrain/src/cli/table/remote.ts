import type { CommandGroup } from "../command.ts"

export const REMOTE: CommandGroup = {
  title: "On a server",
  rows: [
    {
      name: "login",
      summary: "Log in to a server, or list those that were logged in to",
      load: async () => (await import("../commands/remote/login.ts")).loginCommand,
    },
    {
      name: "logout",
      summary: "End the key of this machine on a server, and forget it",
      load: async () => (await import("../commands/remote/logout.ts")).logoutCommand,
    },
    {
      name: "push",
      summary: "Bring a gear to a server",
      load: async () => (await import("../commands/remote/push.ts")).pushCommand,
    },
    {
      name: "upload",
      summary: "Bring a folder or files to a server",
      load: async () => (await import("../commands/remote/upload.ts")).uploadCommand,
    },
    {
      name: "download",
      summary: "Fetch a file, or all files of a place, from a server",
      load: async () => (await import("../commands/remote/download.ts")).downloadCommand,
    },
    {
      name: "trash",
      summary: "Put places and files of a server into the trash, or take them back",
      load: async () => (await import("../commands/remote/trash.ts")).trashCommand,
    },
    {
      name: "submit",
      summary: "Queue a job on a server",
      load: async () => (await import("../commands/remote/submit.ts")).submitCommand,
    },
    {
      name: "wait",
      summary: "Wait until jobs of a server have ended",
      load: async () => (await import("../commands/remote/wait.ts")).waitCommand,
    },
    {
      name: "retry",
      summary: "Try jobs of a server again",
      load: async () => (await import("../commands/remote/retry.ts")).retryCommand,
    },
    {
      name: "usage",
      summary: "Tell what projects and users have used of a server",
      load: async () => (await import("../commands/remote/usage.ts")).usageCommand,
    },
  ],
}
