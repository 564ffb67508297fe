import { type Digest, GeartrainError, type JobRecord, type Reason } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import type { RunOptions, StepOrder, WorkflowJobs } from "../../workflows/workflow-jobs.ts"
import type { Engine } from "../open-engine.ts"
import { orderRequest } from "./order-request.ts"
import { planningJobs } from "./planning-jobs.ts"

/** Jobs of workflows, carried out by the engine of this machine; as many at a time as somebody asks for. */
export function engineJobs(engine: Engine, settings: Pick<Settings, "cache">): WorkflowJobs {
  let freeing: Promise<WorkflowJobs["free"]> | undefined
  return {
    ...planningJobs(engine, settings),
    run: (order, options) => run(order, options, engine),
    get: (id) => engine.jobs.get(id),
    free: async (jobs, outputs) => {
      freeing ??= import("./free-outputs.ts").then(({ freeOutputs }) => freeOutputs(engine))
      return (await freeing)(jobs, outputs)
    },
  }
}

async function run(order: StepOrder, options: RunOptions, engine: Engine): Promise<JobRecord> {
  let record: JobRecord
  try {
    record = await runOrder(order, options, engine)
  } catch (error) {
    await refuseGone(order, engine, error)
    throw error
  }
  if (record.failure !== undefined && OF_INPUTS.has(record.failure.reason)) await refuseGone(order, engine)
  return record
}

/** What a job fails of whose input went away while it was made ready. */
const OF_INPUTS: ReadonlySet<Reason> = new Set(["INPUT_CHANGED", "INPUT_UNREADABLE", "PROVIDER_FAILED"])

/** Another run may have cleaned up since somebody looked: whoever ordered the job can have the bytes made again. */
async function refuseGone(order: StepOrder, engine: Engine, cause?: unknown): Promise<void> {
  for (const [input, { path, digest }] of order.files) {
    if (path === undefined && (await engine.blobs.locate(digest)) === undefined) throw gone(input, digest, cause)
  }
}

async function runOrder(order: StepOrder, options: RunOptions, engine: Engine): Promise<JobRecord> {
  const { runJob } = await import("../../engine/phases/run-job.ts")
  const files: Record<string, string> = Object.create(null)
  for (const [name, { path, digest }] of order.files) {
    const place = path ?? (await engine.blobs.locate(digest))
    if (place === undefined) throw gone(name, digest)
    files[name] = place
  }
  const { id, limits, signal, force, onCreated } = options
  return await runJob(
    {
      ...orderRequest(order),
      files,
      ...(id === undefined ? {} : { id }),
      ...(limits === undefined ? {} : { limits }),
    },
    engine,
    {
      ...(signal === undefined ? {} : { signal }),
      ...(force === undefined ? {} : { force }),
      onEvent: (event) => (event.type === "created" ? onCreated?.(event.id) : undefined),
    },
  )
}

function gone(input: string, digest: Digest, cause?: unknown): GeartrainError<"WORKFLOW_BYTES_GONE"> {
  return new GeartrainError("WORKFLOW_BYTES_GONE", `Cannot give input "${input}": ${digest} is stored no more`, {
    details: { input, digest },
    hint: `Make it again: gear restore ${digest}`,
    ...(cause === undefined ? {} : { cause }),
  })
}
