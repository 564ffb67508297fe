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
  ],
}
