import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID, JSON_OBJECT, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import { cancelJob } from "../../queue/jobs/cancel-job.ts"
import { changeJob } from "../../queue/jobs/change-job.ts"
import { jobConfig } from "../../queue/jobs/job-config.ts"
import { summaryOf } from "../../queue/jobs/job-facts.ts"
import { listJobs } from "../../queue/jobs/list-jobs.ts"
import { readJob } from "../../queue/jobs/read-job.ts"
import { retryJob } from "../../queue/jobs/retry-job.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { submitJob } from "../../queue/submit/submit-job.ts"
import { CHANGE, FACTS, ORDER, STATE, SUBMITTED, SUMMARY } from "./job-schemas.ts"

const JOB = z.object({ job: ID })
const tags = ["jobs"]

const FILTER = PAGE_QUERY.extend({
  state: z.union([STATE, z.array(STATE)]).optional(),
  gear: SHORT_TEXT.optional().describe("Name, name@version, or id"),
  project: ID.optional(),
  owner: ID.optional(),
  batch: ID.optional(),
  origin: ID.optional().describe("Id of the rule, batch, job or schedule that had it made"),
  destination: ID.optional(),
  tag: SHORT_TEXT.optional(),
  reason: SHORT_TEXT.optional(),
  sinceMs: z.coerce.number().pipe(WHOLE).optional(),
  beforeMs: z.coerce.number().pipe(WHOLE).optional(),
})

/** An order by content names 50,000 files, each with its digest and where it lies. */
const MOST_ORDER_BYTES = 32 * 1024 * 1024
/** For that to arrive. */
const ORDER_MS = 2 * 60_000

/** Jobs: ordering, seeing, changing and ending them. */
export function jobRoutes(app: ApiApp, ports: QueuePorts): void {
  app.post(
    "/api/v1/jobs",
    {
      config: { bodyMs: ORDER_MS },
      bodyLimit: MOST_ORDER_BYTES,
      schema: {
        operationId: "submitJob",
        tags,
        summary: "Check an order, and queue its job",
        headers: z.object({
          "idempotency-key": SHORT_TEXT.optional().describe("The same again answers the same job, and makes none"),
        }),
        body: ORDER,
        response: { 200: SUBMITTED, 201: SUBMITTED },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"]
      const options = key === undefined ? {} : { idempotencyKey: key }
      const { job, how, same } = await submitJob(ports, request.caller, { ...options, order: request.body })
      const answer = { job: summaryOf(job), how, ...(same === undefined ? {} : { same }) }
      return reply
        .code(how === "queued" ? 201 : 200)
        .header("location", `/api/v1/jobs/${job.id}`)
        .send(answer)
    },
  )
  app.get(
    "/api/v1/jobs",
    {
      schema: {
        operationId: "listJobs",
        tags,
        summary: "Jobs that you may see, the newest first",
        querystring: FILTER,
        response: { 200: pageOf(SUMMARY) },
      },
    },
    async ({ caller, query }) => {
      const { limit, cursor, state, ...others } = query
      const states = state === undefined ? undefined : Array.isArray(state) ? state : [state]
      const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
      const filter = { ...given, ...(states === undefined ? {} : { states }) }
      const page = { limit, ...(cursor === undefined ? {} : { cursor }) }
      const found = await listJobs(ports, caller, { filter, page })
      return { ...found, items: [...found.items] }
    },
  )
  app.get(
    "/api/v1/jobs/:job",
    {
      schema: { operationId: "getJob", tags, summary: "All facts about a job", params: JOB, response: { 200: FACTS } },
    },
    async (request, reply) => {
      const facts = await readJob(ports, request.caller, request.params.job)
      return reply.header("etag", etagOf(facts.revision)).send(facts)
    },
  )
  app.patch(
    "/api/v1/jobs/:job",
    {
      schema: {
        operationId: "changeJob",
        tags,
        summary: "Change priority, tags or label",
        params: JOB,
        body: CHANGE,
        response: { 200: SUMMARY },
      },
    },
    async (request, reply) => {
      const revision = readIfMatch(request.headers["if-match"])
      const id = request.params.job
      const job = await changeJob(ports, request.caller, { id, revision, to: request.body })
      return reply.header("etag", etagOf(job.revision)).send(summaryOf(job))
    },
  )
  app.post(
    "/api/v1/jobs/:job/cancel",
    {
      schema: {
        operationId: "cancelJob",
        tags,
        summary: "Cancel a job: at once when it waits, by its runner when it runs",
        params: JOB,
        response: { 200: SUMMARY },
      },
    },
    async ({ caller, params }) => summaryOf(await cancelJob(ports, caller, params.job)),
  )
  app.post(
    "/api/v1/jobs/:job/retry",
    {
      schema: {
        operationId: "retryJob",
        tags,
        summary: "Try an ended job again, as another attempt of it",
        params: JOB,
        body: z.object({ again: z.boolean().exactOptional().describe("Also one that is complete") }),
        response: { 200: SUMMARY },
      },
    },
    async ({ caller, params, body }) => summaryOf(await retryJob(ports, caller, { id: params.job, ...body })),
  )
  app.get(
    "/api/v1/jobs/:job/config.json",
    {
      schema: {
        operationId: "getJobConfig",
        tags,
        summary: "config.json as the gear sees it, without keys",
        params: JOB,
        response: { 200: JSON_OBJECT },
      },
    },
    async ({ caller, params }) => jobConfig(ports, caller, params.job),
  )
}
