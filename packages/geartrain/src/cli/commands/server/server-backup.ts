import { resolve } from "node:path"
import type { Command } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { readServerFlags, serverSettingFlags } from "../../server/server-settings-flags.ts"

/** Where a server keeps what it has. */
export const PLACE_FLAGS = { data: "DIR", database: "URL", blobs: "PLACE" }

export const serverBackupCommand: Command = {
  name: "server backup",
  arguments: [
    {
      name: "DIR",
      says: "Folder for backups: one for many, which keeps once what they have in common",
      complete: "folder",
    },
  ],
  flags: serverSettingFlags(PLACE_FLAGS),
  examples: [
    { command: "gear server backup /backup/gears", says: "Back up the server of this machine" },
    {
      command: "gear server backup /backup/gears --settings /etc/geartrain/server.yaml",
      says: "One with PostgreSQL and a bucket",
    },
  ],
  notes: [
    "It is one state of the database, and every byte that this state names, each checked. The server may run. What an earlier backup in the folder has is not copied again, so do this daily.",
    "It holds what the server holds: hashes of passwords and keys, and everybody's data. The folder is readable for you alone.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [folder = ""] = given.words
    const settings = await readServerFlags(context, given, Object.keys(PLACE_FLAGS))
    const { backUpServer } = await import("../../../compose/server/back-up-server.ts")
    const { manifest, path, copied } = await backUpServer(settings, resolve(folder))
    const { blobs, database } = manifest
    context.reply.print(escapeText(path))
    context.reply.say(`  ${database.rows} rows, ${blobs.count} files of ${formatSize(blobs.sizeBytes)}`)
    context.reply.say(`  copied now: ${copied.count} files of ${formatSize(copied.sizeBytes)}`)
    return { data: { path, rows: database.rows, blobs, copied } }
  },
}
