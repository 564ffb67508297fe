import type { CommandGroup } from "../command.ts"

export const GEARS: CommandGroup = {
  title: "Gears",
  rows: [
    {
      name: "build",
      summary: "Make a gear from a recipe, a Dockerfile or a folder",
      load: async () => (await import("../commands/gears/build.ts")).buildCommand,
    },
    {
      name: "test",
      summary: "Run a gear's own examples, and check what comes of them",
      load: async () => (await import("../commands/gears/test.ts")).testCommand,
    },
    {
      name: "slim",
      summary: "Make a gear of just the files that another uses, proven equal on its tests",
      load: async () => (await import("../commands/gears/slim.ts")).slimCommand,
    },
    {
      name: "import",
      summary: "Take a gear in from a tar, an archive, a folder or a registry",
      load: async () => (await import("../commands/gears/import.ts")).importCommand,
    },
    {
      name: "pull",
      summary: "Take a gear in from a registry",
      load: async () => (await import("../commands/gears/pull.ts")).pullCommand,
    },
    {
      name: "init",
      summary: "Begin a gear: a manifest, a program and a recipe that run at once",
      load: async () => (await import("../commands/gears/init.ts")).initCommand,
    },
    {
      name: "lint",
      summary: "Find what is wrong with a manifest or an image, before it is run",
      load: async () => (await import("../commands/gears/lint.ts")).lintCommand,
    },
    {
      name: "ls",
      summary: "List the gears that are stored",
      load: async () => (await import("../commands/gears/ls.ts")).lsCommand,
    },
  ],
}
