import { z } from "zod"
import type { BatchPorts } from "../../batch/batch-ports.ts"
import { listFailures } from "../../batch/failures/read-failures.ts"
import { chooseInBatch, proposeBatch } from "../../batch/preflight/propose-batch.ts"
import { cancelBatch } from "../../batch/run/cancel-batch.ts"
import { retryFailed } from "../../batch/run/retry-failed.ts"
import { startBatch } from "../../batch/run/start-batch.ts"
import { listBatches, listTargets, readBatch } from "../../batch/server-batch.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import {
  BATCH,
  BATCH_PARAMS,
  CHANGES,
  CHOICE,
  FAILURE_GROUP,
  REQUEST,
  shownBatch,
  shownTarget,
  TARGET,
  TARGET_OUTCOME,
} from "./batch-words.ts"

const tags = ["batches"]
const PROJECT = z.object({ project: ID })

/** Batches: proposing, choosing, running, and what becomes of them. */
export function batchRoutes(app: ApiApp, ports: BatchPorts): void {
  reading(app, ports)
  app.post(
    "/api/v1/projects/:project/batches",
    {
      schema: {
        operationId: "proposeBatch",
        tags,
        summary: "Find out what a gear would do with many places; nothing runs yet",
        params: PROJECT,
        body: REQUEST,
        response: { 201: BATCH },
      },
    },
    async ({ caller, params, body }, reply) => {
      const batch = await proposeBatch(ports, caller, { ...params, request: body })
      return reply.code(201).header("location", `/api/v1/batches/${batch.id}`).send(shownBatch(batch))
    },
  )
  app.post(
    "/api/v1/batches/:batch/choose",
    {
      schema: {
        operationId: "chooseInBatch",
        tags,
        summary: "Say which files are meant, and have the proposal worked out again",
        params: BATCH_PARAMS,
        body: CHOICE,
        response: { 200: BATCH },
      },
    },
    async ({ caller, params, body }) => shownBatch(await chooseInBatch(ports, caller, { id: params.batch, ...body })),
  )
  app.post(
    "/api/v1/batches/:batch/run",
    {
      schema: {
        operationId: "runBatch",
        tags,
        summary: "Run what was proposed, or be told what changed since",
        params: BATCH_PARAMS,
        body: z.object({
          proposal: z.string().max(100).describe("That of the batch as it was read"),
          asProposed: z.boolean().optional().describe("Run it with the versions of then, although files changed"),
        }),
        response: { 202: BATCH },
      },
    },
    async ({ caller, params, body }, reply) =>
      reply.code(202).send(shownBatch(await startBatch(ports, caller, { id: params.batch, ...body }))),
  )
  app.post(
    "/api/v1/batches/:batch/cancel",
    {
      schema: {
        operationId: "cancelBatch",
        tags,
        summary: "Cancel all of it that has not ended",
        params: BATCH_PARAMS,
        response: { 202: BATCH },
      },
    },
    async ({ caller, params }, reply) =>
      reply.code(202).send(shownBatch(await cancelBatch(ports, caller, params.batch))),
  )
  app.post(
    "/api/v1/batches/:batch/retry",
    {
      schema: {
        operationId: "retryBatch",
        tags,
        summary: "Try again what failed, and nothing else",
        params: BATCH_PARAMS,
        body: z.object({
          group: z.string().max(100).optional().describe("Only failures of this group"),
          changes: CHANGES.optional().describe("Config and limits over those of the batch"),
        }),
        response: { 202: z.object({ retried: WHOLE, batch: BATCH }) },
      },
    },
    async ({ caller, params, body }, reply) => {
      const { retried, batch } = await retryFailed(ports, caller, { id: params.batch, ...body })
      return reply.code(202).send({ retried, batch: shownBatch(batch) })
    },
  )
}

function reading(app: ApiApp, ports: BatchPorts): void {
  app.get(
    "/api/v1/projects/:project/batches",
    {
      schema: {
        operationId: "listBatches",
        tags,
        summary: "Batches of a project, the newest first",
        params: PROJECT,
        querystring: PAGE_QUERY,
        response: { 200: pageOf(BATCH) },
      },
    },
    async ({ caller, params, query }) => {
      const page = await listBatches(ports, caller, { ...params, ...query })
      return { ...page, items: page.items.map(shownBatch) }
    },
  )
  app.get(
    "/api/v1/batches/:batch",
    {
      schema: {
        operationId: "getBatch",
        tags,
        summary: "A batch and its accounts",
        params: BATCH_PARAMS,
        response: { 200: BATCH },
      },
    },
    async ({ caller, params }) => shownBatch(await readBatch(ports, caller, params.batch)),
  )
  app.get(
    "/api/v1/batches/:batch/targets",
    {
      schema: {
        operationId: "listBatchTargets",
        tags,
        summary: "Every place that was asked for, what is done with it, and why",
        params: BATCH_PARAMS,
        querystring: PAGE_QUERY.extend({ outcome: TARGET_OUTCOME.optional() }),
        response: { 200: pageOf(TARGET) },
      },
    },
    async ({ caller, params, query }) => {
      const page = await listTargets(ports, caller, { id: params.batch, ...query })
      return { ...page, items: page.items.map(shownTarget) }
    },
  )
  app.get(
    "/api/v1/batches/:batch/failures",
    {
      schema: {
        operationId: "listBatchFailures",
        tags,
        summary: "Why jobs of it failed: messages that tell of the same together, with an example",
        params: BATCH_PARAMS,
        response: { 200: z.object({ items: z.array(FAILURE_GROUP) }) },
      },
    },
    async ({ caller, params }) => ({ items: [...(await listFailures(ports, caller, params.batch))] }),
  )
}
