import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { DIGEST, ID } from "../../http/json-words.ts"
import { fileOutputs } from "../../queue/jobs/file-outputs.ts"
import { openOutput } from "../../queue/jobs/open-output.ts"
import { openRecord } from "../../queue/jobs/open-record.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { FILE, ID_PARAMS, NAME } from "../archive/archive-words.ts"
import { sendContent } from "../archive/send-content.ts"

const OUTPUT_TO_FILE = z.object({
  job: ID,
  path: z.string().min(1).max(4096).describe("As the job's facts have it, such as maps/t1.nii.gz"),
  name: NAME.describe("Of the file"),
  digest: DIGEST.describe("The bytes have to be these"),
})

/** Each output with its path and digest. */
const MOST_FILED_BYTES = 8 * 1024 * 1024

/** What a job put out, wherever that was saved, and also when it was saved nowhere; and the record of how it went. */
export function outputRoutes(app: ApiApp, ports: QueuePorts): void {
  app.get(
    "/api/v1/jobs/:job/output",
    {
      schema: {
        operationId: "getJobOutput",
        tags: ["jobs"],
        summary: "The bytes of an output: also one in a folder, or of a job that failed",
        params: z.object({ job: ID }),
        querystring: z.object({
          name: z.string().min(1).max(4096).describe("As the job's facts have it, such as maps/t1.nii.gz"),
          attempt: z.coerce.number().int().min(1).max(1_000_000).optional().describe("Absent: the present one"),
        }),
      },
    },
    async ({ caller, params, query, headers }, reply) =>
      sendContent(headers, reply, await openOutput(ports, caller, { job: params.job, ...query })),
  )
  app.get(
    "/api/v1/jobs/:job/record",
    {
      schema: {
        operationId: "getJobRecord",
        tags: ["jobs"],
        summary: "What the runner's engine wrote down of the present attempt, as gear schema job-record describes it",
        params: z.object({ job: ID }),
      },
    },
    async ({ caller, params, headers }, reply) =>
      sendContent(headers, reply, await openRecord(ports, caller, params.job)),
  )
  app.post(
    "/api/v1/places/:id/files/from-jobs",
    {
      bodyLimit: MOST_FILED_BYTES,
      schema: {
        operationId: "fileJobOutputs",
        tags: ["archive"],
        summary: "Make files of what jobs put out, all or none, without their bytes going anywhere",
        params: ID_PARAMS,
        body: z.object({ files: z.array(OUTPUT_TO_FILE).min(1).max(1000) }),
        response: { 200: z.object({ items: z.array(z.object({ file: FILE, isNew: z.boolean() })).readonly() }) },
      },
    },
    async ({ caller, params, body }) => ({ items: await fileOutputs(ports, caller, { place: params.id, ...body }) }),
  )
}
