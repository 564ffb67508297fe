import type { Gear, JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { formatSize, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"

export const lsCommand: Command = {
  name: "ls",
  arguments: [{ name: "NAME", says: "Only gears of this name", optional: true, complete: "gear" }],
  flags: {},
  examples: [
    { command: "gear ls", says: "List the gears that are stored" },
    { command: "gear ls -q", says: "Only their ids, for scripts" },
  ],
  exits: "answer",
  run: async ({ terminal, reply, settings, options }, given) => {
    const { openRecords } = await import("../../../compose/stores/open-records.ts")
    const records = await openRecords(settings())
    try {
      const [name] = given.words
      const all = await records.gears.listGears()
      const gears = all.filter((gear) => name === undefined || gear.manifest.name === name).toSorted(byNameThenNewest)
      for (const gear of gears) reply.item(itemOf(gear))
      if (options.quiet) for (const gear of gears) reply.print(gear.id)
      else if (gears.length > 0) {
        const { paint } = terminal.out
        const rows = gears.map((gear) => [
          paint.bold(gear.manifest.name),
          escapeText(gear.manifest.version),
          reply.id(gear.id),
          formatSize(gear.sizeBytes),
          formatTime(gear.imported),
          escapeText(gear.manifest.label),
        ])
        for (const line of textTable(COLUMNS, rows)) reply.print(line)
      } else
        reply.say(
          `${name === undefined ? "No gear is stored yet" : `No gear "${escapeText(name)}" is stored`}\n→ gear import FILE`,
        )
      return {}
    } finally {
      await records.close()
    }
  },
}

const COLUMNS = [
  { title: "NAME" },
  { title: "VERSION" },
  { title: "ID" },
  { title: "SIZE", align: "right" },
  { title: "IMPORTED" },
  { title: "LABEL" },
] as const

function byNameThenNewest(a: Gear, b: Gear): number {
  if (a.manifest.name !== b.manifest.name) return a.manifest.name < b.manifest.name ? -1 : 1
  return a.imported < b.imported ? 1 : -1
}

function itemOf(gear: Gear): JsonObject {
  const { id, platform, tree, manifest, sizeBytes, entries, imported } = gear
  const { name, version, label } = manifest
  return {
    id,
    name,
    version,
    label,
    platform,
    tree,
    sizeBytes,
    entries,
    imported,
    origin: { ...gear.origin } as JsonObject,
  }
}
