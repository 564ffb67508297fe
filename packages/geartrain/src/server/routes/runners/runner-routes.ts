import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID } from "../../http/json-words.ts"
import { finishAttempt } from "../../queue/attempts/finish-attempt.ts"
import { releaseAttempt } from "../../queue/attempts/release-attempt.ts"
import { waitForClaim } from "../../queue/claim/wait-for-claim.ts"
import { appendChunk, MOST_CHUNK_BYTES } from "../../queue/logs/append-chunk.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { heartbeat } from "../../queue/runners/heartbeat.ts"
import { sayHello } from "../../queue/runners/say-hello.ts"
import { readBody } from "./read-body.ts"
import {
  CLAIM_REPLY,
  CLAIM_REQUEST,
  FINISH_REPLY,
  FINISH_REQUEST,
  HEARTBEAT_REPLY,
  HEARTBEAT_REQUEST,
  HELLO_REPLY,
  HELLO_REQUEST,
  LOG_REPLY,
  RELEASE_REQUEST,
} from "./runner-schemas.ts"

const RUNNER = z.object({ runner: ID })
const COUNT = z.coerce.number().int().min(0).max(1_000_000_000)
const HELD = RUNNER.extend({ job: ID, attempt: COUNT })

/** A runner says hello and heartbeats far more often than people do anything. */
const PER_MINUTE = 60_000

/** What a job may leave behind: 100,000 names of 300 characters with their digests, and 16 MiB of metadata. */
const MOST_FINISH_BYTES = 64 * 1024 * 1024
/** For that to arrive. */
const FINISH_MS = 5 * 60_000

/** What runners say: with a runner's token, and of the jobs that are theirs. */
export function runnerRoutes(app: ApiApp, ports: QueuePorts): void {
  const config = { perMinute: PER_MINUTE }
  const tags = ["runners"]
  app.post(
    "/api/v1/runners/hello",
    {
      config,
      schema: {
        operationId: "sayHello",
        tags,
        summary: "Come as a runner, or come again",
        body: HELLO_REQUEST,
        response: { 200: HELLO_REPLY },
      },
    },
    async ({ caller, body }) => sayHello(ports, caller, body),
  )
  app.post(
    "/api/v1/runners/:runner/claim",
    {
      config,
      schema: {
        operationId: "claimJobs",
        tags,
        summary: "Get jobs, as soon as there are some",
        params: RUNNER,
        body: CLAIM_REQUEST,
        response: { 200: CLAIM_REPLY },
      },
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once("close", () => gone.abort())
      const { runner } = request.params
      return waitForClaim(ports, request.caller, { ...request.body, runner, signal: gone.signal })
    },
  )
  app.post(
    "/api/v1/runners/:runner/heartbeat",
    {
      config,
      schema: {
        operationId: "heartbeat",
        tags,
        summary: "Renew the leases of what runs, and hear what to end",
        params: RUNNER,
        body: HEARTBEAT_REQUEST,
        response: { 200: HEARTBEAT_REPLY },
      },
    },
    async ({ caller, body, params }) => heartbeat(ports, caller, { ...body, runner: params.runner }),
  )
  app.put(
    "/api/v1/runners/:runner/jobs/:job/:attempt/logs/:n",
    {
      config: { ...config, streamed: true },
      schema: {
        operationId: "appendLog",
        tags,
        summary: "Send a piece of a job's log, as bytes",
        params: HELD.extend({ n: COUNT }),
        response: { 200: LOG_REPLY },
      },
    },
    async (request) => {
      const bytes = await readBody(request.body, MOST_CHUNK_BYTES)
      return appendChunk(ports, request.caller, { ...request.params, bytes })
    },
  )
  app.post(
    "/api/v1/runners/:runner/jobs/:job/:attempt/finish",
    {
      config: { ...config, bodyMs: FINISH_MS },
      bodyLimit: MOST_FINISH_BYTES,
      schema: {
        operationId: "finishAttempt",
        tags,
        summary: "End an attempt with what came of it",
        params: HELD,
        body: FINISH_REQUEST,
        response: { 200: FINISH_REPLY },
      },
    },
    async ({ caller, params, body }) => finishAttempt(ports, caller, { held: params, finish: body }),
  )
  app.post(
    "/api/v1/runners/:runner/jobs/:job/:attempt/release",
    {
      config,
      schema: {
        operationId: "releaseAttempt",
        tags,
        summary: "Give a job back, to be tried again at once",
        params: HELD,
        body: RELEASE_REQUEST,
        response: { 200: FINISH_REPLY },
      },
    },
    async ({ caller, params, body }) => releaseAttempt(ports, caller, { ...params, reason: body.reason }),
  )
}
