import { GeartrainError, JOB_STATES, type JobState } from "@geartrain/spec"
import { z } from "zod"
import { findPlace, placesAbove } from "../../archive/places/find-place.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf } from "../../http/etag.ts"
import { SHORT_TEXT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import { cancelJob } from "../../queue/jobs/cancel-job.ts"
import { changeJob } from "../../queue/jobs/change-job.ts"
import { jobConfig } from "../../queue/jobs/job-config.ts"
import { listJobs } from "../../queue/jobs/list-jobs.ts"
import { readJob } from "../../queue/jobs/read-job.ts"
import { retryJob } from "../../queue/jobs/retry-job.ts"
import { submitJob } from "../../queue/submit/submit-job.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { JOB_ORDER, orderOf, PRIORITIES } from "../job-order.ts"
import { LIST_QUERY, listReply, pickFrom, takesPages, wholeList } from "../lists/pick-items.ts"
import { filedInputs, jobShape, type ListedJobShape, listedJobShape } from "../shapes/job-shape.ts"
import { logRoutes } from "./log-routes.ts"
import { ID_PARAMS } from "./paths.ts"

const CHANGE = z.object({
  state: z.literal("cancelled").optional(),
  priority: z.enum(["low", "medium", "high", "critical"]).optional(),
  tags: z.array(SHORT_TEXT).max(100).optional(),
  label: SHORT_TEXT.nullable().optional(),
})

/** Jobs: ordering, seeing, changing, cancelling and trying again. */
export function jobRoutes(app: ApiApp, ports: FlywheelPorts): void {
  reading(app, ports)
  app.post("/api/jobs/add", { schema: { body: JOB_ORDER } }, async ({ caller, body }) => {
    const { manifest } = await findGear(ports.database.read, body.gear_id)
    return { _id: (await submitJob(ports, caller, { order: orderOf(body, manifest) })).job.id }
  })
  app.put("/api/jobs/:id", { schema: { params: ID_PARAMS, body: CHANGE } }, async ({ caller, params, body }) => {
    const { state, priority, tags, label } = body
    const to = {
      ...(priority === undefined ? {} : { priority: PRIORITIES[priority] }),
      ...(tags === undefined ? {} : { tags }),
      ...(label === undefined ? {} : { label }),
    }
    if (state === undefined && Object.keys(to).length === 0) {
      throw new GeartrainError(
        "REQUEST_INVALID",
        "Cannot change the job: the body says nothing of state, priority, tags or label",
      )
    }
    if (Object.keys(to).length > 0) await changeJob(ports, caller, { id: params.id, revision: undefined, to })
    if (state !== undefined) await cancelJob(ports, caller, params.id)
    return { modified: 1 }
  })
  const querystring = z.object({ ignoreState: z.stringbool().optional() })
  app.post("/api/jobs/:id/retry", { schema: { params: ID_PARAMS, querystring } }, async ({ caller, params, query }) => {
    // Another attempt is of the same job.
    const { id } = await retryJob(ports, caller, { id: params.id, again: query.ignoreState === true })
    return { _id: id }
  })
  logRoutes(app, ports)
}

function reading(app: ApiApp, ports: FlywheelPorts): void {
  app.get("/api/jobs", { schema: { querystring: LIST_QUERY } }, async (request) => {
    const { caller, query } = request
    const states = statesIn(query.filter)
    const filter = states === undefined ? {} : { states }
    const jobs = await wholeList((page) => listJobs(ports, caller, { filter, page }))
    return listReply(await pickFrom(query, jobs.map(listedJobShape), { counted: takesPages(request) }), query)
  })
  app.get("/api/jobs/:id", { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
    const { revision, shape } = await wholeJob(ports, caller, params.id)
    return reply.header("etag", etagOf(revision)).send(shape)
  })
  app.get("/api/jobs/:id/detail", { schema: { params: ID_PARAMS } }, async ({ caller, params }) => {
    const { shape, facts, place } = await wholeJob(ports, caller, params.id)
    const above = place === undefined ? [] : await placesAbove(ports.database.read, place)
    return {
      ...shape,
      inputs: Object.fromEntries(
        filedInputs(facts).map(({ input, place: { type, id }, name, file, version, object, digest }) => [
          input,
          { ref: { type, id, name, file_id: file, version }, object: { ...object, name, hash: digest } },
        ]),
      ),
      outputs: facts.outputs.map(({ name, digest, sizeBytes, file, version, type }) => ({
        ref: { ...facts.destination, name, file_id: file ?? null, version: version ?? null },
        object: { name, hash: digest, size: sizeBytes, type: type ?? null },
      })),
      parent_info: Object.fromEntries(above.map(({ type, id: _id, label }) => [type, { _id, label }])),
    }
  })
  app.get("/api/jobs/:id/config.json", { schema: { params: ID_PARAMS } }, ({ caller, params }) =>
    jobConfig(ports, caller, params.id),
  )
}

async function wholeJob(
  ports: FlywheelPorts,
  caller: Caller,
  id: string,
): Promise<{
  readonly facts: Awaited<ReturnType<typeof readJob>>
  readonly place: Awaited<ReturnType<typeof findPlace>>
  readonly revision: number
  readonly shape: ListedJobShape
}> {
  const facts = await readJob(ports, caller, id)
  // Who may see the job may see its project, in which its destination lies.
  const place = await findPlace(ports.database.read, facts.destination.id)
  const config = await jobConfig(ports, caller, id)
  return { facts, place, revision: facts.revision, shape: jobShape(facts, { config, place }) }
}

/** A state that the database can look for. */
function statesIn(filter: string | readonly string[] | undefined): readonly JobState[] | undefined {
  const texts = filter === undefined ? [] : typeof filter === "string" ? filter.split(",") : filter
  const asked = texts.flatMap((text) => /^\s*state=(\w+)\s*$/.exec(text)?.[1] ?? [])
  const [state, ...more] = JOB_STATES.filter((known) => asked.includes(known))
  return state === undefined || more.length > 0 ? undefined : [state]
}
