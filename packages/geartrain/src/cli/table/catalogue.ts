import type { CommandGroup } from "../command.ts"

export const CATALOGUE: CommandGroup = {
  title: "Catalogue",
  rows: [
    {
      name: "search",
      summary: "List the gears of a catalogue",
      load: async () => (await import("../commands/catalogue/search.ts")).searchCommand,
    },
    {
      name: "install",
      summary: "Take a gear in from a catalogue, and check who signed it",
      load: async () => (await import("../commands/catalogue/install.ts")).installCommand,
    },
    {
      name: "publish",
      summary: "Put a gear into a catalogue, and sign it",
      load: async () => (await import("../commands/catalogue/publish.ts")).publishCommand,
    },
    {
      name: "tag",
      summary: "Give a published version another name, such as stable",
      load: async () => (await import("../commands/catalogue/tag.ts")).tagCommand,
    },
    {
      name: "deprecate",
      summary: "Say that a published version should not be used any more",
      load: async () => (await import("../commands/catalogue/deprecate.ts")).deprecateCommand,
    },
    {
      name: "key new",
      summary: "Make a key to sign gears with",
      load: async () => (await import("../commands/catalogue/key-new.ts")).keyNewCommand,
    },
    {
      name: "key list",
      summary: "List your own keys, and those that you trust",
      load: async () => (await import("../commands/catalogue/key-list.ts")).keyListCommand,
    },
    {
      name: "key trust",
      summary: "Let in only gears that a key has signed",
      load: async () => (await import("../commands/catalogue/key-trust.ts")).keyTrustCommand,
    },
    {
      name: "key distrust",
      summary: "Take that back",
      load: async () => (await import("../commands/catalogue/key-distrust.ts")).keyDistrustCommand,
    },
  ],
}
