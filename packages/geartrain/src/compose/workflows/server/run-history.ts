import type { JobFigures } from "@geartrain/ports"
import type { JobRecord } from "@geartrain/spec"
import type { WorkflowMeans } from "../run-workflow.ts"
import { openKeptRecords } from "./kept-records.ts"
import { lastRuns } from "./last-runs.ts"

/** Of so many records reasons and figures are made. */
const MOST_RECORDS = 5000

/**
 * What runs of this machine have known of jobs on a server: why a job of a plan runs is told by what ran here before, and not by what others did.
 *
 * @param home  Of this machine: the folder of all.
 * @param url  Of the server.
 */
export function runHistory(home: string, url: string): WorkflowMeans["history"] {
  let reading: Promise<ReadonlyMap<string, readonly JobRecord[]>> | undefined
  const ofGear = async (name: string, most: number): Promise<readonly JobRecord[]> => {
    reading ??= readRecords(home, url)
    return ((await reading).get(name) ?? []).slice(0, most)
  }
  return {
    newest: ofGear,
    figures: async (name, most) => (await ofGear(name, most)).map(figuresOf),
  }
}

async function readRecords(home: string, url: string): Promise<ReadonlyMap<string, readonly JobRecord[]>> {
  const records = new Map<string, JobRecord>()
  for (const folder of await lastRuns(home, { url })) {
    const kept = openKeptRecords(folder)
    for (const job of await kept.list()) {
      if (records.size >= MOST_RECORDS) break
      const record = records.has(job) ? undefined : await kept.get(job)
      if (record?.state === "complete") records.set(job, record)
    }
  }
  const newestFirst = [...records.values()].toSorted((a, b) => (a.created < b.created ? 1 : -1))
  return Map.groupBy(newestFirst, ({ gear }) => gear.name)
}

function figuresOf({ usage, outputs }: JobRecord): JobFigures {
  return {
    ...(usage === undefined ? {} : { wallMs: usage.wallMs }),
    outputBytes: outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(usage?.peakMemoryBytes === undefined ? {} : { peakMemoryBytes: usage.peakMemoryBytes }),
  }
}
