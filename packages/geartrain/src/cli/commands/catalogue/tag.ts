import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"

export const tagCommand: Command = {
  name: "tag",
  arguments: [
    { name: "NAME@VERSION", says: "A published gear" },
    { name: "TAG", says: "Another name for this version, such as stable" },
  ],
  flags: CATALOGUE_FLAG,
  examples: [
    {
      command: "gear tag fsl-bet@1.0.0 stable",
      says: "So that gear install fsl-bet@stable finds it, until the tag is moved",
    },
  ],
  notes: [
    "A tag can be moved; the name of a version cannot be one. Jobs record the gear's id, so that a tag that moves changes no record.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ findVersion, readWish }, { tagVersion }] = await Promise.all([
      import("../../../publishing/catalogue/find-version.ts"),
      import("../../../publishing/catalogue/tag-version.ts"),
    ])
    const [text = "", tag = ""] = given.words
    const { backend, place } = await catalogueOf(context, given)
    const published = await findVersion(backend, readWish(text))
    const before = await tagVersion(backend, published, tag)
    const { name, version } = published
    context.reply.print(escapeText(`${name}@${tag} is ${name}@${version}`))
    if (before !== undefined && before !== version) context.reply.say(escapeText(`was ${name}@${before}`))
    return { data: { reference: `${name}@${version}`, tag, before: before ?? null, catalogue: place } }
  },
}
