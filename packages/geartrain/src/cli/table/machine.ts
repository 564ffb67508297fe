import type { CommandGroup } from "../command.ts"

export const MACHINE: CommandGroup = {
  title: "House-keeping",
  rows: [
    {
      name: "doctor",
      summary: "Tell what works on this machine, and how to mend what does not",
      load: async () => (await import("../commands/machine/doctor.ts")).doctorCommand,
    },
    {
      name: "store fsck",
      summary: "Read every stored byte, and tell what is damaged",
      load: async () => (await import("../commands/machine/store-fsck.ts")).storeFsckCommand,
    },
    {
      name: "store gc",
      summary: "Remove the bytes that no gear and no job refers to",
      load: async () => (await import("../commands/machine/store-gc.ts")).storeGcCommand,
    },
    {
      name: "store du",
      summary: "Tell how much room is used, and by what",
      load: async () => (await import("../commands/machine/store-du.ts")).storeDuCommand,
    },
    {
      name: "schema",
      summary: "Print the JSON Schema of a document",
      load: async () => (await import("../commands/machine/schema.ts")).schemaCommand,
    },
    {
      name: "completion",
      summary: "Print a script that completes words in a shell",
      load: async () => (await import("../commands/machine/completion.ts")).completionCommand,
    },
    {
      name: "version",
      summary: "Print the version",
      load: async () => (await import("../commands/machine/version.ts")).versionCommand,
    },
    {
      name: "help",
      summary: "Explain a command, or a topic",
      load: async () => (await import("../commands/machine/help.ts")).helpCommand,
    },
  ],
}
