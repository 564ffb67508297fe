import { GeartrainError } from "@geartrain/spec"
import type { AppPorts } from "../../server/app/app-ports.ts"
import { buildApp } from "../../server/app/build-app.ts"
import { removeUnneeded } from "../../server/archive/blobs/remove-blobs.ts"
import { expireDownloads } from "../../server/archive/downloads/create-download.ts"
import { purgeTrash } from "../../server/archive/trash/purge-trash.ts"
import { expireUploads } from "../../server/archive/uploads/expire-uploads.ts"
import { runBatches } from "../../server/batch/run/run-batches.ts"
import type { ApiApp } from "../../server/http/api-app.ts"
import { type FirstAdmin, makeFirstAdmin } from "../../server/people/accounts/first-admin.ts"
import { renewRunnerToken } from "../../server/people/tokens/renew-runner-token.ts"
import { makeExpiry } from "../../server/queue/attempts/expire-leases.ts"
import { keepLooseLogs } from "../../server/queue/logs/keep-log.ts"
import { runRules } from "../../server/rules/consume/run-rules.ts"
import type { ServerSettings } from "../../settings/server-settings.ts"
import { nowMs } from "../../system/clock.ts"
import { readFile } from "../../system/files.ts"
import { holdFolder } from "../../system/hold-folder.ts"
import { hostFacts } from "../../system/host.ts"
import { systemCode } from "../../system/system-code.ts"
import { openBlobStore } from "../stores/open-blob-store.ts"
import { type EmbeddedRunner, embeddedRunner } from "./embedded-runner.ts"
import { openServerDatabase } from "./open-server-database.ts"
import { serverPorts } from "./server-ports.ts"
import { keepTicking } from "./upkeep-ticks.ts"

/** A server that answers. */
export interface OpenedServer {
  /** Where it listens. */
  readonly address: string
  /** Set when this start has made the first admin. */
  readonly firstAdmin: FirstAdmin | undefined
  readonly slots: number
  /** Ends it: its runner first, then the requests that are being answered, then what it keeps. */
  close(how: "release" | "drain"): Promise<void>
}

export interface ServerWatch {
  /** Takes the log, a JSON object a line. */
  readonly log: (line: string) => void
  /** Variables that the runner on this machine gets. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a server: opens its database and its blobs, makes the first admin, listens, and starts the runner on this machine.
 *
 *   <data>/server.db      groups, projects, files, jobs, people …; with PostgreSQL there
 *   <data>/blobs/         every file, once; or in a bucket
 *   <data>/uploads/       what is on its way
 *   <data>/runner/        of the runner on this machine: may be removed while the server is down
 *   <data>/lock           of the process that has the folder
 *
 * Nothing else has to outlast a restart.
 *
 * @throws {GeartrainError} FOLDER_IN_USE; SETTINGS_INVALID; ADDRESS_UNUSABLE; what the database and the blobs throw.
 */
export async function openServer(settings: ServerSettings, watch: ServerWatch): Promise<OpenedServer> {
  const opened: (() => unknown)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of opened.toReversed()) await close()
  }
  try {
    return await openIn(settings, watch, opened)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openIn(settings: ServerSettings, watch: ServerWatch, opened: (() => unknown)[]): Promise<OpenedServer> {
  const held = await holdFolder(settings.data, "server")
  opened.push(() => held.release())
  const database = await openServerDatabase(settings)
  opened.push(() => database.close())
  const store = await openBlobStore(settings.blobs ?? `${settings.data}/blobs`)
  opened.push(() => store.close())
  await store.ask()
  const ports = await serverPorts({ settings, database, store, log: watch.log })
  opened.push(() => ports.audit.close())
  const password = await readPassword(settings)
  const firstAdmin = await makeFirstAdmin(ports, password === undefined ? {} : { password })
  const app = await buildApp(ports)
  opened.push(() => app.close())
  const address = await listenOn(app, settings)
  const stopped = new AbortController()
  const upkeep = Promise.all([
    keepUp(ports, watch, stopped.signal),
    followRules(ports, watch, stopped.signal),
    carryOnBatches(ports, watch, stopped.signal),
  ])
  const slots = settings.slots ?? hostFacts().cpus
  const runner = slots === 0 ? undefined : await startRunner({ settings, ports, address, slots }, store, watch)
  let closing: Promise<void> | undefined
  return {
    ...{ address, firstAdmin, slots },
    close: (how) => {
      closing ??= (async () => {
        await runner?.stop(how)
        stopped.abort()
        await app.close()
        await upkeep
        for (const close of opened.slice(0, -1).toReversed()) await close()
      })()
      // A second wish may be a more urgent one.
      if (how === "release") void runner?.stop(how)
      return closing
    },
  }
}

function listenOn(app: ApiApp, settings: ServerSettings): Promise<string> {
  // Where it listens is told by whoever opens it; fastify would say it too, in the log, and first.
  const { level } = app.log
  app.log.level = "warn"
  return app
    .listen({ host: settings.host, port: settings.port })
    .catch((error: unknown) => {
      throw notListening(settings, error)
    })
    .finally(() => {
      app.log.level = level
    })
}

async function readPassword({ adminPasswordFile }: ServerSettings): Promise<string | undefined> {
  if (adminPasswordFile === undefined) return undefined
  try {
    return (await readFile(adminPasswordFile, "utf8")).trim()
  } catch (error) {
    throw new GeartrainError(
      "SECRET_UNREADABLE",
      `Cannot read the password in "${adminPasswordFile}": ${String(error)}`,
      {
        details: { path: adminPasswordFile },
        cause: error,
      },
    )
  }
}

function notListening({ host, port }: ServerSettings, cause: unknown): GeartrainError {
  const code = systemCode(cause)
  const is = code === "EADDRINUSE" ? "another program listens there" : (code ?? String(cause))
  return new GeartrainError("ADDRESS_UNUSABLE", `Cannot listen on ${host}, port ${port}: ${is}`, {
    details: { host, port },
    hint: "Choose another port: gear serve --port 8081",
    cause,
  })
}

const MINUTE_MS = 60_000
/** What somebody threw away can be taken back for so long. */
const TRASH_MS = 30 * 24 * 60 * MINUTE_MS

async function keepUp(ports: FullPorts, watch: ServerWatch, signal: AbortSignal): Promise<void> {
  const expire = makeExpiry(ports)
  const ticks = [
    { name: "leases", everyMs: ports.queueSettings.leaseMs / 4, run: expire },
    { name: "logs", everyMs: MINUTE_MS, run: () => keepLooseLogs(ports) },
    { name: "uploads", everyMs: 10 * MINUTE_MS, run: () => expireUploads(ports) },
    { name: "downloads", everyMs: 10 * MINUTE_MS, run: () => expireDownloads(ports) },
    { name: "trash", everyMs: 60 * MINUTE_MS, run: () => purgeTrash(ports, { retentionMs: TRASH_MS, signal }) },
    { name: "blobs", everyMs: 24 * 60 * MINUTE_MS, run: () => removeUnneeded(ports, { signal }) },
  ]
  await keepTicking(ticks, { signal, report: (name, error) => logFailure(watch, name, error) })
}

type FullPorts = Awaited<ReturnType<typeof serverPorts>>

async function followRules(ports: FullPorts, watch: ServerWatch, signal: AbortSignal): Promise<void> {
  await runRules(ports, { signal, report: (error) => logFailure(watch, "rules", error) })
}

async function carryOnBatches(ports: FullPorts, watch: ServerWatch, signal: AbortSignal): Promise<void> {
  await runBatches(ports, {
    signal,
    report: (error, batch) => logFailure(watch, batch === undefined ? "batches" : `batch ${batch}`, error),
  })
}

function logFailure({ log }: ServerWatch, name: string, error: unknown): void {
  const msg = error instanceof Error ? error.message : String(error)
  log(`${JSON.stringify({ level: 50, time: nowMs(), upkeep: name, msg })}\n`)
}

async function startRunner(
  server: {
    readonly settings: ServerSettings
    readonly ports: AppPorts
    readonly address: string
    readonly slots: number
  },
  store: { readonly place: string; readonly blobs: { readonly locate?: unknown } },
  watch: ServerWatch,
): Promise<EmbeddedRunner> {
  const { settings, ports, address, slots } = server
  const token = await renewRunnerToken(ports, `on ${hostFacts().name} in ${settings.data}`)
  return embeddedRunner({
    ...{ server: address, token, slots, env: watch.env },
    workFolder: `${settings.data}/runner`,
    blobs: store.blobs.locate === undefined ? undefined : `${store.place}/blobs`,
    onLine: (line) => watch.log(`${runnerLine(line)}\n`),
  })
}

/** What the runner says, among the lines of the server's own log. */
function runnerLine(line: string): string {
  try {
    const { time: _, says, ...facts } = JSON.parse(line) as Record<string, unknown>
    return JSON.stringify({ level: 30, time: nowMs(), runner: "embedded", msg: says, ...facts })
  } catch {
    // An error, for people.
    return JSON.stringify({ level: 50, time: nowMs(), runner: "embedded", msg: line })
  }
}
