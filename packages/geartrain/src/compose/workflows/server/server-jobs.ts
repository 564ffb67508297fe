import { answered } from "@geartrain/sdk/client"
import { type ErrorCode, GeartrainError, isGeartrainError, type JobId, type JobRecord } from "@geartrain/spec"
import type { KnownFile, RunEvent, WorkflowPlan } from "@geartrain/spec/workflow"
import { inTurns } from "../../../archive/transfer/in-turns.ts"
import type { UploadNotes } from "../../../archive/transfer/upload/upload-notes.ts"
import { randomHex } from "../../../system/random.ts"
import { foldRun } from "../../../workflows/run/fold-run.ts"
import type { RunOptions, StepOrder, WorkflowJobs } from "../../../workflows/workflow-jobs.ts"
import { seenName } from "../order-request.ts"
import { isOver, JobWatch } from "./job-watch.ts"
import type { KeptRecords } from "./kept-records.ts"
import { interrupted, openPatience } from "./patience.ts"
import { readRecord } from "./read-record.ts"
import { recordOfFacts } from "./record-of-facts.ts"
import { SentFiles } from "./sent-files.ts"
import type { SentNote } from "./sent-notes.ts"
import type { ServerPlanning } from "./server-planning.ts"

/** A run whose jobs a server carries out. */
export interface ServerRun {
  readonly id: string
  readonly name: string
  /** Id of the project. */
  readonly project: string
  readonly records: KeptRecords
  readonly notes: UploadNotes
  readonly onSent: (note: SentNote) => Promise<void>
  /** How many graphics processors a job asks for, by its key; what it asks for else is in its limits. */
  readonly gpusOf: (key: string) => number | undefined
  /** Aborting it cancels what is waited for. */
  readonly signal: AbortSignal
  /** Aborting it waits for nothing any more. */
  readonly force: AbortSignal
  /** Told of what keeps the run waiting. */
  readonly tell: (says: string) => void
}

export interface ServerJobs {
  readonly jobs: WorkflowJobs
  /** Finds out where the server has what was done before: for a plan that was made by another process, and a run that goes on. */
  readonly takeUp: (plan: WorkflowPlan, events: readonly RunEvent[]) => Promise<void>
  readonly close: () => void
}

/**
 * Jobs of a run, carried out by a server's queue. The server knows each by the id that the run has given it, so that an order whose answer was lost
 * is repeated, and whoever takes the run up waits for what is under way.
 */
export function serverJobs(planning: ServerPlanning, of: ServerRun): ServerJobs {
  const { client, places } = planning
  const patience = openPatience(of.tell)
  const tag = `run-${of.id}`
  const watch = new JobWatch({ client, project: of.project, tag, patience })
  const files = new SentFiles({
    ...{ client, places, patience, project: of.project, notes: of.notes, onSent: of.onSent, signal: of.signal },
    label: `${of.name} ${of.id}`,
    description: `Files that run ${of.id} of workflow ${of.name} read`,
  })
  const onForce = (): void => watch.close()
  of.force.addEventListener("abort", onForce, { once: true })
  const work: Work = { planning, of, patience, watch, files, tag }
  return {
    jobs: {
      ...planning,
      run: (order, options) => run(order, options, work),
      get: (id) => get(id, work),
      free: async () => {
        throw new RangeError("What a server keeps is freed by nobody but the server")
      },
    },
    takeUp: (plan, events) => takeUp(plan, events, work),
    close: () => {
      of.force.removeEventListener("abort", onForce)
      watch.close()
    },
  }
}

interface Work {
  readonly planning: ServerPlanning
  readonly of: ServerRun
  readonly patience: ReturnType<typeof openPatience>
  readonly watch: JobWatch
  readonly files: SentFiles
  readonly tag: string
}

/** So many records are asked for at one time. */
const READS = 8

async function takeUp(plan: WorkflowPlan, events: readonly RunEvent[], work: Work): Promise<void> {
  const { planning } = work
  const reused = plan.jobs.filter(({ reuses }) => reuses !== undefined && !planning.places.knows(reuses))
  await planning.findSame(reused.flatMap(({ invocation }) => (invocation === undefined ? [] : [invocation])))
  const jobs = [...foldRun(plan, events).jobs.values()]
  const idsOf = (...states: readonly string[]): readonly JobId[] =>
    jobs.flatMap(({ state, job }) => (states.includes(state) && job !== undefined ? [job] : []))
  // Of those whose end nobody saw, since the server was away, or did not know us any more, some may be under way.
  await inTurns(idsOf("cancelled"), READS, async (id) => {
    if ((await work.of.records.get(id)) === undefined) await cancel(id, work)
  })
  const done = idsOf("complete", "reused")
  const wanted = new Set([...reused.flatMap(({ reuses }) => reuses ?? []), ...done])
  await inTurns(
    [...wanted].filter((id) => !planning.places.knows(id)),
    READS,
    async (id) => void (await get(id, work)),
  )
}

async function run(order: StepOrder, options: RunOptions, work: Work): Promise<JobRecord> {
  const { planning, of, patience, watch } = work
  const { client } = planning
  const { id = randomHex(12), signal = of.signal } = options
  if (signal.aborted) throw interrupted()
  await watch.stands()
  const ended = watch.ended(id)
  const post = async () => {
    const body = await bodyOf(order, { ...options, id }, work)
    return answered(await client.api.POST("/api/v1/jobs", { body, signal }))
  }
  try {
    const { job } = await patience(post, signal)
    if (isOver(job.state)) watch.noteEnd(id)
  } catch (error) {
    // Whether the order had arrived is not known.
    if (signal.aborted) await cancel(id, work).catch(() => undefined)
    throw forgotten(error, order, work)
  }
  await options.onCreated?.(id)
  await endOf(id, { ended, signal }, work)
  return await recordOf(id, work)
}

/** @returns when the job has ended: by itself, or since somebody wants it to. */
async function endOf(
  id: JobId,
  { ended, signal }: { readonly ended: Promise<void>; readonly signal: AbortSignal },
  work: Work,
): Promise<void> {
  const stopping = Promise.withResolvers<never>()
  const stop = (): void => {
    cancel(id, work).catch((error: unknown) => stopping.reject(error))
  }
  signal.addEventListener("abort", stop, { once: true })
  if (signal.aborted) stop()
  try {
    await Promise.race([ended, stopping.promise])
  } finally {
    signal.removeEventListener("abort", stop)
  }
}

async function cancel(job: JobId, { planning: { client }, of, patience }: Work): Promise<void> {
  try {
    await patience(() => client.api.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job } } }), of.force)
  } catch (error) {
    // It is over, or never was.
    if (!isGeartrainError(error, "JOB_ENDED") && !isGeartrainError(error, "JOB_NOT_FOUND")) throw error
  }
}

async function bodyOf(order: StepOrder, { id, label, limits }: RunOptions & { readonly id: JobId }, work: Work) {
  const { planning, of, tag } = work
  const { places } = planning
  const files = []
  for (const [input, file] of order.files) {
    const { path } = file
    if (places.find(file.digest) === undefined && path !== undefined) await work.files.send({ ...file, path })
    const from = places.find(file.digest)
    if (from === undefined) throw bytesGone(input, file)
    const type = file.type === undefined ? {} : { type: file.type }
    files.push({ input, from, name: seenName(file), digest: file.digest, ...type })
  }
  const gpus = label === undefined ? undefined : of.gpusOf(label)
  const contexts = order.contexts === undefined ? {} : { contexts: order.contexts as never }
  return {
    ...{ id, gear: order.gear.id, destination: of.project, tags: [tag], network: order.network ?? ("none" as const) },
    config: order.config as never,
    byContent: { files, ...contexts },
    ...(label === undefined ? {} : { label: label.slice(0, LONGEST_LABEL) }),
    ...(limits === undefined ? {} : { limits }),
    ...(gpus === undefined ? {} : { resources: { gpus } }),
  }
}

const LONGEST_LABEL = 200

/** What a server says of inputs that it does not have (any more). */
const GONE: readonly ErrorCode[] = ["INPUT_NOT_FOUND", "INPUT_DIGEST_MISMATCH", "BLOB_NOT_FOUND"]

/** Where the server has some of the inputs no more, that is noted: the next try sends them again, or has them made again. */
function forgotten(error: unknown, order: StepOrder, { planning: { places }, files }: Work): unknown {
  if (!isGeartrainError(error) || !GONE.includes(error.code)) return error
  const named = error.details["input"]
  const gone = [...order.files].filter(([input]) => typeof named !== "string" || input === named)
  for (const [, { digest }] of gone) {
    places.forget(digest)
    files.forget(digest)
  }
  const [first] = gone
  return first === undefined ? error : bytesGone(first[0], first[1], error)
}

function bytesGone(input: string, { digest }: KnownFile, cause?: unknown): GeartrainError {
  return new GeartrainError("WORKFLOW_BYTES_GONE", `Cannot give input "${input}": the server has ${digest} no more`, {
    details: { input, digest },
    hint: "Plan again: gear workflow plan FILE --server",
    ...(cause === undefined ? {} : { cause }),
  })
}

async function get(id: JobId, work: Work): Promise<JobRecord | undefined> {
  const { of, planning, patience, watch } = work
  const kept = await of.records.get(id)
  if (kept !== undefined) {
    planning.places.noteOutputs(id, kept.outputs)
    return kept
  }
  try {
    const ask = async () =>
      answered(await planning.client.api.GET("/api/v1/jobs/{job}", { params: { path: { job: id } }, signal: of.force }))
    const { state } = await patience(ask, of.force)
    if (!isOver(state)) {
      of.tell(`job ${id} is under way; the run waits for its end`)
      const ended = watch.ended(id)
      await watch.stands()
      await endOf(id, { ended, signal: of.signal }, work)
    }
  } catch (error) {
    if (isGeartrainError(error, "JOB_NOT_FOUND")) return undefined
    throw error
  }
  return await recordOf(id, work)
}

/** The record of a job that has ended. It is kept before anybody counts on it. */
async function recordOf(id: JobId, { planning, of, patience }: Work): Promise<JobRecord> {
  const { client, places } = planning
  const params = { path: { job: id } }
  const read = async (): Promise<JobRecord> => {
    try {
      return await readRecord(client, id, { signal: of.force })
    } catch (error) {
      if (!isGeartrainError(error, "JOB_RECORD_NOT_FOUND")) throw error
      const facts = answered(await client.api.GET("/api/v1/jobs/{job}", { params, signal: of.force }))
      return recordOfFacts(facts, await planning.resolveGear(facts.gear.id, "/"))
    }
  }
  const record = await patience(read, of.force)
  places.noteOutputs(id, record.outputs)
  await of.records.keep(record)
  return record
}
