import type { Provider, RootFilesystem } from "@geartrain/ports"
import { type Failure, isGeartrainError, JOB_RECORD_FORMAT, type JobRecord } from "@geartrain/spec"
import { monotonicMs, nowIso } from "../../system/clock.ts"
import { hostFacts } from "../../system/host.ts"
import { randomHex } from "../../system/random.ts"
import type { EnginePorts } from "../engine-ports.ts"
import { type JobFolders, jobFolders } from "../job-folders.ts"
import type { JobRequest, RunJobOptions } from "../job-request.ts"
import type { SpareFolders } from "../life/spare-folders.ts"
import { secretsOfKeys } from "../log/conceal-secrets.ts"
import { LogBook, type LogSummary } from "../log/log-book.ts"
import { holdsJust } from "../request/whole-folders.ts"
import { type Execution, executeJob } from "./execute-job.ts"
import { explainFailure, failure } from "./explain-failure.ts"
import { finishJob, isDiskFull } from "./finish-job.ts"
import { type JobPlan, planJob } from "./plan-job.ts"
import { isUnchanged } from "./read-input.ts"
import { rootOf } from "./root-of.ts"
import { boxOf, stageJob } from "./stage-job.ts"

/**
 * Runs one gear once: checks the request, prepares, executes, collects, records.
 *
 * What the user got wrong is refused before there is a job. From then on there is a record, whatever happens: a gear that fails, is killed, runs
 * out of time or is cancelled has one like any other, with its log and its outputs.
 *
 * @returns the record of the ended job; its state is `complete`, `failed` or `cancelled`.
 * @throws {GeartrainError} what `planJob` throws, and errors of the store when not even the record could be written.
 */
export async function runJob(request: JobRequest, ports: EnginePorts, options: RunJobOptions = {}): Promise<JobRecord> {
  const provider = await ports.provider()
  const root = rootOf(request, ports)
  // That there is none is for the job's record to tell.
  root.then(
    (found) => provider.warmUp(found),
    () => undefined,
  )
  const plan = await planJob(request, { ports, provider, id: request.id ?? randomHex(12) }, options.signal)
  for (const text of plan.warnings) await options.onEvent?.({ type: "warning", text })
  const started = startRecord(plan, provider, ports)
  await ports.jobs.create(started, ports.owner)
  await options.onEvent?.({ type: "created", id: started.id })
  const folders = jobFolders(ports.workFolder, plan.experiment?.seenAs ?? started.id)
  // An experiment may want the folder of a job before it.
  await ports.clearing.settled(folders.base)
  // A folder that is run as it lies there may change while this process lives.
  const spareFolder = plan.development === undefined ? ports.spareFolder : undefined
  const work: Work = { record: started, plan, folders, root, spareFolder, spares: ports.clearing.folders }
  const { record: ended, released } = await carryOut(work, provider, options)
  // Whoever closes the engine gets the error.
  if (options.isLast === true) provider.close().catch(() => undefined)
  await options.onEvent?.({ type: "phase", phase: "collecting" })
  await ports.jobs.update(ended, "running")
  return await finishJob(ended, folders, { ...ports, isHeld: request.isHeld, released })
}

interface Work {
  readonly record: JobRecord
  readonly plan: JobPlan
  readonly folders: JobFolders
  readonly root: Promise<RootFilesystem>
  readonly spareFolder: string | undefined
  readonly spares: SpareFolders
}

interface CarriedOut {
  readonly record: JobRecord
  /** See `Execution`. Absent when nothing was started, or the provider has released it already. */
  readonly released?: Promise<void>
}

/** Prepares and executes. Never rejects: what goes wrong is in the record's `failure`. */
async function carryOut(work: Work, provider: Provider, options: RunJobOptions): Promise<CarriedOut> {
  const begin = monotonicMs()
  let executing = begin
  let released: Promise<void> | undefined
  try {
    await options.onEvent?.({ type: "phase", phase: "preparing" })
    const root = await work.root
    const mounts = await stageJob(work.folders, work.plan, work.spares)
    const log = await LogBook.open(work.folders.log, { secrets: secretsOfKeys(work.plan.keys) })
    const { folders, spareFolder } = work
    const box = boxOf({ ...work.plan, folders, root, mounts, spareFolder })
    executing = monotonicMs()
    await options.onEvent?.({ type: "phase", phase: "executing" })
    const { execution, summary } = await executeAndLog(
      { box, base: work.folders.base, limits: work.plan.limits, log },
      provider,
      options,
    )
    const phasesMs = { preparing: round(executing - begin), executing: round(execution.wallMs) }
    released = execution.released
    return { record: await settle(work, { execution, summary, phasesMs }, provider), released }
  } catch (error) {
    const record = broken(work, error, { preparing: round(executing - begin) })
    return { record, ...(released === undefined ? {} : { released }) }
  }
}

async function executeAndLog(
  job: Parameters<typeof executeJob>[1],
  provider: Provider,
  options: RunJobOptions,
): Promise<{ readonly execution: Execution; readonly summary: LogSummary }> {
  try {
    const execution = await executeJob(provider, job, options)
    return { execution, summary: await job.log.close() }
  } catch (error) {
    await job.log.note(`The provider failed: ${error instanceof Error ? error.message : String(error)}`)
    await job.log.close()
    throw error
  }
}

/** Puts what was seen of the execution into the record, still running, since nothing is collected yet. */
async function settle(
  work: Work,
  seen: {
    readonly execution: Execution
    readonly summary: LogSummary
    readonly phasesMs: NonNullable<JobRecord["phasesMs"]>
  },
  provider: Provider,
): Promise<JobRecord> {
  const { execution, summary } = seen
  const { exit, endedBy, wallMs } = execution
  const found =
    (await changedInput(work)) ??
    explainFailure({
      id: work.record.id,
      exit,
      ...(endedBy === undefined ? {} : { endedBy }),
      limits: work.plan.limits,
      network: work.plan.invocation.network,
      wallMs,
      tail: summary.tail,
      inputs: [...work.plan.inputs.keys()],
    })
  return {
    ...work.record,
    phase: "collecting",
    ...(found === undefined ? {} : { failure: found }),
    exit: {
      code: exit.code,
      ...(exit.signal === undefined ? {} : { signal: exit.signal }),
      ...(exit.outOfMemory && exit.code !== 0 ? { outOfMemory: true as const } : {}),
    },
    usage: { wallMs: round(wallMs), ...exit.usage, method: provider.capabilities.measures },
    phasesMs: seen.phasesMs,
    // The digest and size come with the file, when it is collected.
    logLines: { lines: summary.lines, droppedBytes: summary.droppedBytes },
  }
}

/** A result of an input that is no longer what the record says is no result. */
async function changedInput(work: Work): Promise<Failure | undefined> {
  for (const [name, root] of work.plan.wholeFolders) {
    const paths = [...work.plan.readInputs.keys()].filter((key) => key.startsWith(`${name}/`))
    if (
      await holdsJust(
        root,
        paths.map((key) => key.slice(name.length + 1)),
      )
    )
      continue
    return failure("INPUT_CHANGED", {
      message: `Input "${name}" changed while the job ran: "${root}" has other files than those that were read`,
      next: `gear replay ${work.record.id}`,
    })
  }
  for (const [name, input] of work.plan.readInputs) {
    if (await isUnchanged(input)) continue
    return failure("INPUT_CHANGED", {
      message: `Input "${name}" changed while the job ran: "${input.path}" is no longer the file that was read`,
      next: `gear replay ${work.record.id} --input ${name}='${input.path}'`,
    })
  }
  return undefined
}

/** A job that could not be carried out, through no doing of the gear's. */
function broken(work: Work, error: unknown, phasesMs: NonNullable<JobRecord["phasesMs"]>): JobRecord {
  const message = error instanceof Error ? error.message : String(error)
  const isFull = isDiskFull(error)
  const hint = isGeartrainError(error) ? error.hint : undefined
  const found = failure(isFull ? "DISK_FULL" : "PROVIDER_FAILED", {
    message: isFull ? "The disk was full before the job could end" : message,
    evidence: isFull ? message : undefined,
    next: isFull ? "gear store gc" : (hint ?? "gear doctor"),
  })
  return { ...work.record, phase: "collecting", failure: found, phasesMs }
}

function startRecord(plan: JobPlan, provider: Provider, ports: EnginePorts): JobRecord {
  const now = nowIso()
  const { gear } = plan
  return {
    format: JOB_RECORD_FORMAT,
    id: plan.id,
    state: "running",
    phase: "preparing",
    gear: {
      id: gear.id,
      name: gear.manifest.name,
      version: gear.manifest.version,
      platform: gear.platform,
      tree: gear.tree,
      origin: gear.origin,
      ...(plan.development === undefined ? {} : { development: true as const }),
    },
    invocation: plan.invocation,
    invocationDigest: plan.invocationDigest,
    command: plan.process.command,
    inputs: Object.fromEntries(
      [...plan.readInputs].map(([name, input]) => [
        name,
        { path: input.path, sizeBytes: input.sizeBytes, ...(input.isRecalled ? { recalled: true as const } : {}) },
      ]),
    ),
    outputs: [],
    skippedOutputs: [],
    ...(plan.promised === undefined ? {} : { promised: plan.promised }),
    provider: { name: provider.name, version: provider.version, rootless: provider.capabilities.rootless },
    host: hostFacts(),
    engine: { version: ports.versions.engine, node: ports.versions.node },
    limits: plan.limits,
    created: now,
    started: now,
    ...(plan.replayOf === undefined ? {} : { replayOf: plan.replayOf }),
    ...(plan.forVerification === undefined ? {} : { forVerification: plan.forVerification }),
    ...(plan.experiment === undefined ? {} : { conditions: plan.experiment.conditions }),
    history: [],
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
