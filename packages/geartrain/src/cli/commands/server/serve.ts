import type { OpenedServer } from "../../../compose/server/open-server.ts"
import { gearEnvironment } from "../../../settings/gear-variables.ts"
import { SERVER_SETTINGS, type ServerSettings } from "../../../settings/server-settings.ts"
import type { Command, Context } from "../../command.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readServerFlags, serverSettingFlags } from "../../server/server-settings-flags.ts"

/** What most people set; the rest is for a settings file. */
const FLAGGED: Readonly<Record<string, string>> = {
  port: "PORT",
  host: "ADDRESS",
  data: "DIR",
  database: "URL",
  blobs: "PLACE",
  slots: "N",
  "public-url": "URL",
  "on-stop": "WHAT",
  "admin-password-file": "PATH",
}

export const serveCommand: Command = {
  name: "serve",
  arguments: [],
  flags: serverSettingFlags(FLAGGED),
  examples: [
    { command: "gear serve", says: "Start a server on this machine, with all that it needs" },
    { command: "gear serve --host 0.0.0.0 --data /srv/gears --slots 4", says: "For others too, four jobs at a time" },
    {
      command: "gear serve --settings /etc/geartrain/server.yaml",
      says: "With PostgreSQL, a bucket and more: see the guide",
    },
  ],
  notes: [
    "Every setting can stand in the environment, as GEARTRAIN_SERVER_PUBLIC_URL for public-url, and in the settings file by its name; a flag counts most, the file least. An address of a database that has a password belongs there, and not on the command line.",
    `Settings beyond the flags: ${Object.keys(SERVER_SETTINGS)
      .filter((name) => !Object.hasOwn(FLAGGED, name))
      .join(", ")}.`,
    "SIGTERM or Ctrl-C ends the server: its runner gives its jobs back first, which run again, or finishes them with --on-stop drain.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const settings = await readServerFlags(context, given, Object.keys(FLAGGED))
    const { openServer } = await import("../../../compose/server/open-server.ts")
    const interrupts = watchInterrupts(() => context.reply.say("ending"))
    try {
      const log = (line: string): void => context.terminal.err.write(line)
      const server = await openServer(settings, { log, env: gearEnvironment() })
      tellStart(context, { server, settings })
      await aborted(interrupts.signal)
      interrupts.force.addEventListener("abort", () => void server.close("release"), { once: true })
      await server.close(settings.onStop)
      return {}
    } finally {
      interrupts.end()
    }
  },
}

/** The page that somebody sees who has just started their first server. */
function tellStart(
  { reply, terminal }: Context,
  { server, settings }: { readonly server: OpenedServer; readonly settings: ServerSettings },
): void {
  const address = settings.publicUrl ?? server.address
  const { firstAdmin, slots } = server
  reply.item({
    address,
    dataFolder: settings.data,
    slots,
    ...(firstAdmin === undefined ? {} : { firstAdmin: { ...firstAdmin } }),
  })
  const { paint } = terminal.out
  reply.print(`${paint.bold("The server is ready")}: ${address}`)
  reply.print(`  data    ${settings.data}`)
  reply.print(`  jobs    ${slots === 0 ? "none on this machine" : `${slots} at once on this machine`}`)
  if (firstAdmin !== undefined) {
    reply.print(`  login   ${firstAdmin.login}`)
    if (firstAdmin.password !== undefined) reply.print(`  password  ${firstAdmin.password}   (shown this once)`)
    reply.print("")
    reply.print(`→ gear login ${address}     and then gear upload DIR --to GROUP/PROJECT`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener("abort", () => resolve(), { once: true })
  })
}
