import type { GearClient } from "@geartrain/sdk/client"
import { isGeartrainError, type JobId, type JobRecord } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { openUploadNotes } from "../../../archive/transfer/upload/upload-notes.ts"
import type { Engine } from "../../../compose/open-engine.ts"
import { planningJobs } from "../../../compose/workflows/planning-jobs.ts"
import { deliverFromServer } from "../../../compose/workflows/server/deliver-from-server.ts"
import { fileOutputs } from "../../../compose/workflows/server/file-outputs.ts"
import { type KeptRecords, openKeptRecords } from "../../../compose/workflows/server/kept-records.ts"
import { lastRuns } from "../../../compose/workflows/server/last-runs.ts"
import { readRecord } from "../../../compose/workflows/server/read-record.ts"
import { runHistory } from "../../../compose/workflows/server/run-history.ts"
import { noteSent, readSent } from "../../../compose/workflows/server/sent-notes.ts"
import { serverJobs } from "../../../compose/workflows/server/server-jobs.ts"
import { serverPlanning } from "../../../compose/workflows/server/server-planning.ts"
import type { Settings } from "../../../settings/settings.ts"
import { findGpuSteps } from "../../../workflows/read/gpu-steps.ts"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import { readServerTail } from "./read-tails.ts"
import type { RunRecords, Workplace } from "./workplace.ts"

export interface ServerPlaceMeans {
  readonly client: GearClient
  readonly engine: Engine
  readonly settings: Settings
}

/**
 * Jobs of workflows in a server's queue.
 *
 * @param where  The project that they are accounted to, and where outputs are filed. Absent: nothing is run, only planned.
 */
export function serverPlace(
  { client, engine, settings }: ServerPlaceMeans,
  where: Omit<RunServer, "url"> | undefined,
): Workplace {
  const own = planningJobs(engine, settings)
  const planning = serverPlanning(client, own)
  const history = runHistory(settings.home, client.url)
  const server: RunServer | undefined = where === undefined ? undefined : { url: client.url, ...where }
  return {
    planning,
    history,
    ...(server === undefined ? {} : { server }),
    missing: () => [...planning.missing],
    records: serverRecords(client, undefined),
    open: async ({ folder, header, plan, events }, watch) => {
      const records = openKeptRecords(folder)
      const notes = openUploadNotes(`${settings.cache}/uploads`)
      const opened = serverJobs(planning, {
        ...{ id: header.id, name: header.name, project: header.server?.project ?? "", records },
        notes,
        gpusOf: gpusOf(plan),
        onSent: (note) => noteSent(folder, note),
        ...watch,
      })
      if (header.server !== undefined) {
        // What was thrown away there since is refused, and sent again.
        for (const run of (await lastRuns(settings.home, header.server)).toReversed())
          for (const { digest, file } of await readSent(run)) planning.places.noteFile(digest, file)
      }
      await opened.takeUp(plan, events)
      return {
        means: { jobs: opened.jobs, history, home: settings.home },
        records: serverRecords(client, records),
        deliver: (outputs, to) =>
          deliverFromServer(outputs, { client, places: planning.places, engine, signal: watch.signal }, to),
        file: async (outputs) => {
          const to = header.server?.to
          if (to === undefined) return undefined
          return await fileOutputs(outputs, to.id, { client, places: planning.places, notes, signal: watch.signal })
        },
        close: opened.close,
      }
    },
    close: () => engine.close(),
  }
}

/** How many graphics processors the step of a job asks for, by the job's key. */
function gpusOf({ documents }: WorkflowPlan): (key: string) => number | undefined {
  const steps = findGpuSteps(new Map(Object.entries(documents).map(([path, workflow]) => [path, { workflow }])))
  return (key) => steps.get(key.replaceAll(/\[\d+\]/g, ""))
}

/** @param kept  Records that are at hand; what is asked of the server is added to them. */
export function serverRecords(client: GearClient, kept: KeptRecords | undefined): RunRecords {
  return {
    get: (id) => recordOf(id, client, kept),
    tail: (id) => readServerTail(id, client),
    commands: (id) => [`gear logs --server=${client.url} ${id}`],
  }
}

async function recordOf(id: JobId, client: GearClient, kept: KeptRecords | undefined): Promise<JobRecord | undefined> {
  const known = await kept?.get(id)
  if (known !== undefined) return known
  try {
    const record = await readRecord(client, id, {})
    await kept?.keep(record)
    return record
  } catch (error) {
    if (isGeartrainError(error, "JOB_RECORD_NOT_FOUND") || isGeartrainError(error, "JOB_NOT_FOUND")) return undefined
    throw error
  }
}
