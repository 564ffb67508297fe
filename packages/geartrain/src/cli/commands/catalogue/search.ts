import { isDevelopmentVersion, type JsonObject } from "@geartrain/spec"
import type { FoundGear } from "../../../publishing/catalogue/search-gears.ts"
import type { Command } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"

export const searchCommand: Command = {
  name: "search",
  arguments: [
    {
      name: "WORD",
      says: "Found in the name, label, description or author; of several, all have to be",
      optional: true,
      many: true,
    },
  ],
  flags: {
    ...CATALOGUE_FLAG,
    all: { type: "switch", short: "a", says: "All versions, and not only the newest of each gear" },
  },
  examples: [
    { command: "gear search -c /data/gears", says: "All gears of a catalogue" },
    { command: "gear search brain --all", says: "All versions of gears that are about brains" },
  ],
  notes: [
    "What is listed is what publishers say of their gears. Nothing of it is proven before a gear is installed.",
    "deterministic and its like are marks of badges that your own keys or keys that you trust have signed: gear probe, gear key trust.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ searchGears }, { openBadges }, { badgeData, badgeMarks }] = await Promise.all([
      import("../../../publishing/catalogue/search-gears.ts"),
      import("../../../compose/catalogue/open-badges.ts"),
      import("../../proof/badge-lines.ts"),
    ])
    const badges = openBadges(context.settings())
    const { reply, terminal, options } = context
    const catalogue = await catalogueOf(context, given)
    const rows: string[][] = []
    for await (const found of searchGears(catalogue.backend, { words: given.words, all: given.has("all") })) {
      const { published } = found
      const judged = await badges.judge({ id: published.gear, name: published.name }, found.badges)
      reply.item({ ...itemOf(found), determinism: badgeData(judged) })
      if (options.quiet) reply.print(escapeText(`${published.name}@${published.version}`))
      const { paint } = terminal.out
      rows.push([
        paint.bold(escapeText(published.name)),
        escapeText(published.version),
        reply.id(published.gear),
        formatSize(published.sizeBytes),
        escapeText([...marksOf(found), ...badgeMarks(judged)].join(", ")),
        escapeText(published.label),
      ])
    }
    if (!options.quiet && rows.length > 0) for (const line of textTable(COLUMNS, rows)) reply.print(line)
    if (rows.length === 0) reply.say(`No gear is found in ${escapeText(catalogue.place)}`)
    return {}
  },
}

const COLUMNS = [
  { title: "NAME" },
  { title: "VERSION" },
  { title: "ID" },
  { title: "SIZE", align: "right" },
  { title: "MARKS" },
  { title: "LABEL" },
] as const

function marksOf({ published, deprecation, tags }: FoundGear): readonly string[] {
  const marks = [...tags]
  if (isDevelopmentVersion(published.version)) marks.push("in development")
  if (deprecation !== undefined) marks.push("deprecated")
  return marks
}

function itemOf({ published, deprecation, tags }: FoundGear): JsonObject {
  const { name, version, gear, platform, label, description, author, license, sizeBytes, manifest } = published
  return {
    ...{ name, version, gear, platform, label, description, author, license, sizeBytes },
    manifest: manifest.digest,
    tags: [...tags],
    inDevelopment: isDevelopmentVersion(version),
    deprecated: deprecation === undefined ? null : { ...deprecation },
  }
}
