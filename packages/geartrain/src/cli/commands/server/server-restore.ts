import { dirname, resolve } from "node:path"
import type { Command } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { readServerFlags, serverSettingFlags } from "../../server/server-settings-flags.ts"
import { PLACE_FLAGS } from "./server-backup.ts"

export const serverRestoreCommand: Command = {
  name: "server restore",
  arguments: [{ name: "BACKUP", says: "The file that gear server backup has named", complete: "file" }],
  flags: serverSettingFlags(PLACE_FLAGS),
  examples: [
    {
      command: "gear server restore /backup/gears/2026-01-31T120000.000Z.json --data /srv/gears",
      says: "Make a server of a backup in a new folder; start it with gear serve --data /srv/gears",
    },
    {
      command: "gear server restore BACKUP --data /srv/gears --database postgres://gear@db.lab.example/gears",
      says: "Move a server to PostgreSQL, or back: a backup fits either",
    },
  ],
  notes: ["The database has to be empty. When anything is missing or damaged, it stays empty, and what it is is told."],
  exits: "answer",
  run: async (context, given) => {
    const path = resolve(given.words[0] ?? "")
    const settings = await readServerFlags(context, given, Object.keys(PLACE_FLAGS))
    const { restoreServer } = await import("../../../compose/server/back-up-server.ts")
    const { made, database, blobs } = await restoreServer(settings, path, dirname(path))
    context.reply.print(escapeText(`Restored the server of ${made} in ${settings.data}`))
    context.reply.say(
      `  ${database.rows} rows, ${blobs.count} files of ${formatSize(blobs.sizeBytes)}, every byte checked`,
    )
    return { data: { made, data: settings.data, rows: database.rows, blobs } }
  },
}
