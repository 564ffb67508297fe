import { z } from "zod"
import { addNote, createAnalysis, linkJob } from "../../archive/places/analyses.ts"
import { trashPlace } from "../../archive/trash/trash-place.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { JSON_OBJECT, SHORT_TEXT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import { cancelJob } from "../../queue/jobs/cancel-job.ts"
import { submitJob } from "../../queue/submit/submit-job.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { FILE_REFERENCE, type FlywheelOrder, JOB_ORDER, orderOf } from "../job-order.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, ID_PARAMS, needContainer } from "./paths.ts"

const LONG_TEXT = z
  .string()
  .min(1)
  .max(10_000)
  .regex(/^[^\0]*$/)

const BODY = z.strictObject({
  label: z.string().min(1).max(1024),
  description: LONG_TEXT.optional(),
  inputs: z.array(FILE_REFERENCE).max(1000).optional(),
  tags: z.array(SHORT_TEXT).max(500).optional(),
  info: JSON_OBJECT.optional(),
  job: JOB_ORDER.omit({ destination: true }).optional(),
})

/** Analyses: made with files that are uploaded afterwards, or with a job that puts them out. What else they have is that of all places. */
export function analysisRoutes(app: ApiApp, ports: FlywheelPorts): void {
  for (const [word, type] of Object.entries(CONTAINERS)) {
    if (type === "analysis") continue
    app.post(`/api/${word}/:id/analyses`, { schema: { params: ID_PARAMS, body: BODY } }, async (request) => {
      const { caller, params, body } = request
      const action = "analysis.create"
      const parent = await needContainer(ports, caller, { ...params, type, right: "write", action })
      const { job, inputs = [], ...about } = body
      const files = [...inputs, ...Object.values(job?.inputs ?? {})]
      const ids: string[] = []
      for (const { id, name } of files) {
        const named = { id, name, type: undefined, right: "read" as const }
        ids.push((await needNamed(ports, caller, named)).file.id)
      }
      const { id } = await createAnalysis(ports, caller, { ...about, parent: parent.id, inputs: ids })
      if (job !== undefined) await startJob(ports, caller, { analysis: id, job })
      return { _id: id }
    })
  }
  const body = z.strictObject({ text: LONG_TEXT })
  app.post("/api/analyses/:id/notes", { schema: { params: ID_PARAMS, body } }, async ({ caller, params, body }) => {
    await addNote(ports, caller, { ...params, ...body })
    return { modified: 1 }
  })
}

/** An analysis whose job cannot be queued is not left behind. */
async function startJob(
  ports: FlywheelPorts,
  caller: Caller,
  { analysis, job }: { readonly analysis: string; readonly job: FlywheelOrder },
): Promise<void> {
  try {
    const { manifest } = await findGear(ports.database.read, job.gear_id)
    const order = { ...orderOf(job, manifest), destination: analysis }
    const { id } = (await submitJob(ports, caller, { order })).job
    try {
      await linkJob(ports, caller, { id: analysis, job: id })
    } catch (error) {
      await cancelJob(ports, caller, id)
      throw error
    }
  } catch (error) {
    await trashPlace(ports, caller, { id: analysis })
    throw error
  }
}
