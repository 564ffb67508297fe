import { GeartrainError, type JobRecord } from "@geartrain/spec"
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
  const { runJob } = await import("../../engine/phases/run-job.ts")
  const files: Record<string, string> = Object.create(null)
  for (const [name, { path, digest }] of order.files) files[name] = path ?? (await locate(name, digest, engine))
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

async function locate(
  input: string,
  digest: Parameters<Engine["blobs"]["locate"]>[0],
  { blobs }: Engine,
): Promise<string> {
  const path = await blobs.locate(digest)
  if (path !== undefined) return path
  throw new GeartrainError("WORKFLOW_BYTES_GONE", `Cannot give input "${input}": ${digest} is stored no more`, {
    details: { input, digest },
    hint: `Make it again: gear restore ${digest}`,
  })
}
