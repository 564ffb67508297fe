import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"

export const deprecateCommand: Command = {
  name: "deprecate",
  arguments: [{ name: "NAME@VERSION", says: "A published gear" }],
  flags: {
    ...CATALOGUE_FLAG,
    because: { type: "text", value: "TEXT", says: "What is wrong with it, and what to use in its place" },
    undo: { type: "switch", says: "Take it back" },
  },
  examples: [
    {
      command: 'gear deprecate fsl-bet@1.0.0 --because "wrong for voxels that are no cubes; use 1.0.1"',
      says: "Warn everybody who installs it",
    },
  ],
  notes: [
    "It stays where it is, and whoever names its version gets it, so that results can still be verified. It is the newest version of nobody any more.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ findVersion, readWish }, { deprecateVersion }] = await Promise.all([
      import("../../../publishing/catalogue/find-version.ts"),
      import("../../../publishing/catalogue/deprecate-version.ts"),
    ])
    const wish = readWish(given.words[0] ?? "")
    if (wish.version === undefined) {
      throw new GeartrainError("USAGE", `Cannot deprecate "${wish.name}": no version is named`, {
        hint: `Name one: gear search ${wish.name} --all`,
      })
    }
    const { backend, place } = await catalogueOf(context, given)
    const published = await findVersion(backend, wish)
    const because = given.has("undo") ? undefined : (given.text("because") ?? "")
    await deprecateVersion(backend, published, because)
    const reference = `${published.name}@${published.version}`
    context.reply.print(
      escapeText(`${reference} is ${because === undefined ? "not deprecated any more" : "deprecated"}`),
    )
    return { data: { reference, deprecated: because !== undefined, because: because ?? null, catalogue: place } }
  },
}
