import type { Gear, JsonObject } from "@geartrain/spec"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command } from "../../command.ts"
import { formatSize, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { textTable } from "../../output/text-table.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const lsCommand: Command = {
  name: "ls",
  arguments: [
    {
      name: "NAME|PLACE",
      says: "Only gears of this name; with --server: a place of the server's, group/project/…",
      optional: true,
      complete: "gear",
    },
  ],
  flags: SERVER_FLAG,
  examples: [
    { command: "gear ls", says: "List the gears that are stored" },
    { command: "gear ls -q", says: "Only their ids, for scripts" },
    { command: "gear ls --server", says: "List the groups of a server" },
    { command: "gear ls lab/memory/sub-01 --server", says: "List the places and files in a place" },
  ],
  notes: ["With --server, --json is a line for each place and file, in pages as they come."],
  exits: "answer",
  run: async (context, given) => {
    if (given.has("server")) {
      const [{ connectServer }, { listPlace }] = await Promise.all([
        import("../../server/connect.ts"),
        import("../../server/list-place.ts"),
      ])
      await listPlace(context, await connectServer(context.settings(), given), given.words[0] ?? "")
      return {}
    }
    if (given.words[0]?.includes("/") === true) {
      throw usage(lsCommand, `Cannot list "${given.words[0]}": no gear is called so`, {
        hint: `For a place of a server: gear ls ${shellWord(given.words[0])} --server`,
      })
    }
    const { terminal, reply, settings, options } = context
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
