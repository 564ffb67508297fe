import { createHash } from "node:crypto"
import type { JobRecord } from "@geartrain/spec"
import { openRecords } from "../../packages/geartrain/src/compose/stores/open-records.ts"
import { ownIdentity } from "../../packages/geartrain/src/system/host.ts"

/** Writes the record of a job down many times over, as if it had been run as often, a minute apart. */
export async function fillJobs(home: string, from: JobRecord, count: number): Promise<void> {
  const records = await openRecords({ home })
  const owner = ownIdentity()
  try {
    for (let n = 1; n <= count; n += 1) {
      const id = createHash("sha256").update(`${n}`).digest("hex").slice(0, 24)
      const created = new Date(Date.parse(from.created) - n * 60_000).toISOString()
      const { state, ended, ...rest } = { ...from, id, created }
      await records.jobs.create({ ...rest, state: "running", phase: "executing" }, owner)
      await records.jobs.update({ ...rest, state, ...(ended === undefined ? {} : { ended }) }, "running")
    }
  } finally {
    await records.close()
  }
}
