import { isGeartrainError, type JobRecord } from "@geartrain/spec"
import type { ClaimedJob, FinishRequest } from "@geartrain/spec/server"
import { jobFolders } from "../../engine/job-folders.ts"
import type { JobRequest } from "../../engine/job-request.ts"
import { runJob } from "../../engine/phases/run-job.ts"
import { nowIso } from "../../system/clock.ts"
import { rm } from "../../system/files.ts"
import { fetchInputs } from "../cache/fetch-inputs.ts"
import type { RunnerPorts } from "../runner-ports.ts"
import { untilAnswered } from "../server/retry.ts"
import { AttemptFolder } from "./attempt-folder.ts"
import { brokenReport, CANCELLED_EARLY, refusedReport, reportOf } from "./finish-report.ts"
import type { GearShelf } from "./gear-shelf.ts"
import { LogSender } from "./log-sender.ts"
import { requestOf } from "./request-of.ts"
import type { RunningAttempt } from "./running-attempt.ts"
import { RESULT_PATIENCE_MS, sendResults } from "./send-results.ts"

/** An attempt, and who answers for it. */
export interface AttemptWork {
  readonly running: RunningAttempt
  /** As the server knows it. */
  readonly runner: string
  readonly gears: GearShelf
}

/**
 * Carries one attempt out: fetches, runs, sends, finishes. The server hears of the result when every byte of it is there, and not before.
 *
 * Never rejects for what goes wrong with the job or the line: that is told to the server, or, when the attempt is not ours any more, to nobody.
 */
export async function carryOut(claimed: ClaimedJob, work: AttemptWork, ports: RunnerPorts): Promise<void> {
  const folder = new AttemptFolder(ports.attemptsFolder, claimed)
  await clearJob(claimed.job, ports)
  await folder.create(claimed)
  try {
    await attemptIt(claimed, { ...work, folder }, ports)
  } catch (error) {
    await giveBack(error, work, ports)
  }
  await clearJob(claimed.job, ports)
  await folder.remove()
}

interface Opened extends AttemptWork {
  readonly folder: AttemptFolder
}

async function attemptIt(claimed: ClaimedJob, work: Opened, ports: RunnerPorts): Promise<void> {
  const prepared = await prepare(claimed, work, ports)
  if (!("gear" in prepared)) return finish(prepared, work, ports)
  const { running } = work
  const log = LogSender.start(jobFolders(ports.engine.workFolder, claimed.job).log, logPorts(work, ports))
  try {
    const record = await runIt(requestOf(claimed, prepared.gear, prepared.paths), running, ports)
    await settle({ record, log, token: claimed.token }, work, ports)
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    running.killed.throwIfAborted()
    await finish(running.ending === "cancel" ? CANCELLED_EARLY : brokenReport(error.cause, "job"), work, ports)
  } finally {
    log.stop()
  }
}

/** The engine refused the job, or could not even write down how it went. */
class NotRun extends Error {}

async function runIt(request: JobRequest, running: RunningAttempt, { engine, tell }: RunnerPorts): Promise<JobRecord> {
  try {
    return await runJob(request, engine, {
      signal: running.cancelled,
      force: running.killed,
      onEvent: (event) => {
        if (event.type === "phase") running.phase = event.phase
        if (event.type === "warning") tell(event.text, { ...running.name })
      },
    })
  } catch (cause) {
    throw new NotRun("", { cause })
  }
}

/** Brings what the job needs. What is missing is told as the job's failure. */
async function prepare(
  claimed: ClaimedJob,
  { running, gears }: Opened,
  ports: RunnerPorts,
): Promise<
  { readonly gear: Awaited<ReturnType<GearShelf["take"]>>; readonly paths: Map<string, string> } | FinishRequest
> {
  let doing: "gear" | "inputs" = "gear"
  try {
    const options = { from: ports.server.blobs(claimed.token), signal: running.cancelled }
    const gear = await gears.take(claimed.gear, options)
    doing = "inputs"
    const paths = await fetchInputs(claimed.inputs, ports, options)
    running.cancelled.throwIfAborted()
    return { gear, paths }
  } catch (error) {
    running.killed.throwIfAborted()
    return running.ending === "cancel" ? CANCELLED_EARLY : brokenReport(error, doing)
  }
}

/** An attempt whose job the engine has ended. */
export interface Settled {
  readonly record: JobRecord
  readonly log: LogSender
  readonly token: string
}

/** Sends everything that the job made, and finishes the attempt. */
export async function settle({ record, log, token }: Settled, work: AttemptWork, ports: RunnerPorts): Promise<void> {
  const { running } = work
  running.killed.throwIfAborted()
  running.phase = "collecting"
  const stored = record.log === undefined ? undefined : await ports.engine.blobs.locate(record.log.digest)
  const [logChunks, sent] = await Promise.all([
    log.end(stored, running.killed),
    sendResults(record, ports, { to: ports.server.blobs(token), signal: running.killed }),
  ])
  await finish(reportOf(record, { ...sent, logChunks }), work, ports)
}

async function finish(report: FinishRequest, { running, runner }: AttemptWork, ports: RunnerPorts): Promise<void> {
  const server = ports.server.attempt(runner, running.name)
  const options = { signal: running.killed, forMs: RESULT_PATIENCE_MS }
  const tell = (what: FinishRequest) => untilAnswered(() => server.finish(what, { signal: running.killed }), options)
  const { state } = await tell(report).catch((error: unknown) => {
    const refused = refusedReport(report, error)
    if (refused === undefined) throw error
    return tell(refused)
  })
  running.report = report
  // Of what is this machine's fault its admin has to learn; what a gear says of its data is the job's.
  const isOurs = report.state === "failed" && report.culprit === "platform"
  const why = isOurs ? `: ${report.reason}, ${report.message}` : ""
  ports.tell(`job ${running.name.job} is ${state}${why}`, {
    job: running.name.job,
    attempt: running.name.attempt,
    state,
  })
}

/** What the server does not want is dropped without a word; what was to be given back is. */
async function giveBack(error: unknown, { running, runner }: AttemptWork, ports: RunnerPorts): Promise<void> {
  const { job, attempt } = running.name
  if (running.ending === "stale" || isGeartrainError(error, "ATTEMPT_STALE")) {
    ports.tell(`job ${job} is not ours any more`, { job, attempt })
    return
  }
  const reason = running.ending === "release" ? "RUNNER_STOPPED" : "RUNNER_FAILED"
  if (reason === "RUNNER_FAILED") ports.tell(`job ${job} could not be finished: ${String(error)}`, { job, attempt })
  await releaseAttempt(reason, { running, runner }, ports)
}

/** How long an ending runner tries to give its jobs back: the server finds out by itself soon. */
const RELEASE_PATIENCE_MS = 10_000

/** Gives an attempt back. That it cannot be said does no harm: its lease ends. */
export async function releaseAttempt(
  reason: string,
  { running, runner }: Pick<AttemptWork, "running" | "runner">,
  { server, tell }: Pick<RunnerPorts, "server" | "tell">,
): Promise<void> {
  const { job, attempt } = running.name
  try {
    await untilAnswered(() => server.attempt(runner, running.name).release(reason), { forMs: RELEASE_PATIENCE_MS })
    tell(`gave job ${job} back`, { job, attempt, reason })
  } catch (error) {
    tell(`could not give job ${job} back: ${String(error)}`, { job, attempt })
  }
}

function logPorts({ running, runner, folder }: Opened, { server, tell }: RunnerPorts) {
  return {
    server: server.attempt(runner, running.name),
    folder,
    onCancel: () => running.end("cancel"),
    onRefused: (error: unknown) => {
      if (isGeartrainError(error, "ATTEMPT_STALE")) running.end("stale")
      else tell(`the log of job ${running.name.job} is not taken: ${String(error)}`, { job: running.name.job })
    },
  }
}

/** Nothing of an earlier attempt at the same job may be left: neither its files nor its record. */
export async function clearJob(job: string, { engine }: Pick<RunnerPorts, "engine">): Promise<void> {
  const { base } = jobFolders(engine.workFolder, job)
  await engine.clearing.settled(base)
  const record = await engine.jobs.get(job)
  if (record?.state === "running") {
    // The store failed before the engine could end it.
    const { phase: _, ...rest } = record
    await engine.jobs.update({ ...rest, state: "cancelled", ended: nowIso() }, "running")
  }
  if (record !== undefined) await engine.jobs.remove(job)
  await rm(base, { recursive: true, force: true })
}
