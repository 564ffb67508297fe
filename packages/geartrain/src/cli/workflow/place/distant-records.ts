import { isGeartrainError } from "@geartrain/spec"
import { openKeptRecords } from "../../../compose/workflows/server/kept-records.ts"
import type { Settings } from "../../../settings/settings.ts"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import { connectTo } from "../../server/connect.ts"
import { serverRecords } from "./server-place.ts"
import type { RunRecords } from "./workplace.ts"

/** Whoever reads of a run has most of it here, and does not want to wait for the rest. */
const PATIENCE_MS = 3000

/**
 * Records of a run whose jobs a server carried out, also when the server is away: what lies with the run is told then, and nothing else.
 *
 * @param warn  Told once why something cannot be asked for.
 */
export function distantRecords(
  { server, folder }: { readonly server: RunServer; readonly folder: string },
  settings: Settings,
  warn: (says: string) => void,
): RunRecords {
  const kept = openKeptRecords(folder)
  let asking: Promise<RunRecords> | undefined
  let away: string | undefined
  const ask = async <Answer>(
    question: (records: RunRecords) => Promise<Answer>,
    otherwise: Answer,
  ): Promise<Answer> => {
    if (away !== undefined) return otherwise
    try {
      asking ??= connectTo(settings, server.url, { patienceMs: PATIENCE_MS }).then((client) =>
        serverRecords(client, kept),
      )
      return await question(await asking)
    } catch (error) {
      if (!isGeartrainError(error)) throw error
      // Several are asked for at one time.
      if (away === undefined) warn(`Records and logs that do not lie with the run are left out: ${error.message}`)
      away = error.message
      return otherwise
    }
  }
  return {
    get: async (id) => (await kept.get(id)) ?? (await ask((records) => records.get(id), undefined)),
    tail: async (id) => {
      const tail = await ask((records) => records.tail(id), undefined)
      return tail ?? { lines: [], why: away ?? "it is not known" }
    },
    commands: (id) => [`gear logs --server=${server.url} ${id}`],
  }
}
