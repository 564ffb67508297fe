import { GeartrainError, isGeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { JobRequest } from "../../engine/job-request.ts"
import type { MetadataReport, ReportOptions } from "../archive/metadata-report.ts"
import type { ArchiveWork } from "../archive/use-hierarchy.ts"
import type { CommandResult, Context } from "../command.ts"
import { exitCodeOfJob } from "../output/exit-codes.ts"
import type { ReplyError } from "../output/reply.ts"
import { shortId } from "../output/reply.ts"
import { watchInterrupts } from "./interrupts.ts"
import { createJobView } from "./job-view.ts"
import { outcomeLines } from "./outcome-lines.ts"
import type { OutputPlan } from "./output-folder.ts"

/** A job to be carried out for somebody who watches. */
export interface Assignment {
  readonly request: JobRequest
  readonly engine: EnginePorts
  readonly outputs: OutputPlan
  /** The archive that the job runs in. */
  readonly work?: ArchiveWork
}

/** Runs a job in front of the user: progress, the gear's own output, signals, outputs put in place, the last words and the exit code. */
export async function carryOut(context: Context, assignment: Assignment): Promise<CommandResult> {
  const { terminal, reply, options } = context
  const { request, engine, outputs } = assignment
  const { runJob } = await import("../../engine/phases/run-job.ts")
  const title = `${request.gear.manifest.name}@${request.gear.manifest.version}`
  const view = createJobView(terminal, reply, {
    title,
    quiet: options.quiet || options.json,
    streams: options.json ? "stderr" : "apart",
  })
  const warnings: string[] = []
  const interrupts = watchInterrupts(() => view.stopping())
  try {
    const record = await runJob(request, engine, {
      isLast: true,
      signal: interrupts.signal,
      force: interrupts.force,
      onEvent: (event) => {
        if (event.type === "warning") warnings.push(event.text)
        return view.onEvent(event)
      },
    })
    view.end()
    const folder = await placeOutputs(record, engine, outputs)
    const id = (text: string): string => (terminal.err.isTerminal ? shortId(text) : text)
    const lines = outcomeLines(record, { folder }, { paint: terminal.err.paint, id })
    for (const line of lines.slice(0, -1)) reply.say(line)
    const metadata = await reportMetadata(record, assignment, { folder, paint: terminal.err.paint, id })
    for (const line of [...(metadata?.lines ?? []), ...lines.slice(-1)]) reply.say(line)
    const interrupted = record.state === "cancelled" ? interrupts.exitCode() : undefined
    return {
      exitCode: interrupted ?? exitCodeOfJob(record),
      ...jobAnswer(record, folder, { warnings, metadata: metadata?.data }),
    }
  } catch (error) {
    throw interrupts.explain(error)
  } finally {
    view.end()
    interrupts.end()
  }
}

async function placeOutputs(record: JobRecord, engine: EnginePorts, plan: OutputPlan): Promise<string | undefined> {
  if (plan.folderFor === undefined || record.outputs.length === 0) return undefined
  const { placeOutputs: place } = await import("../../engine/life/place-outputs.ts")
  const folder = plan.folderFor(record)
  await place(record, engine, { folder, force: plan.force }).catch((error: unknown) => {
    throw notPlaced(record, folder, error)
  })
  return folder.startsWith("/") || folder.startsWith(".") ? folder : `./${folder}`
}

/** The gear did its work, perhaps for hours, and the outputs are kept: that has to be said before anything else. */
function notPlaced(record: JobRecord, folder: string, cause: unknown): GeartrainError {
  const because = cause instanceof Error ? cause.message : String(cause)
  return new GeartrainError(
    "OUTPUT_FOLDER_UNUSABLE",
    `Cannot write outputs to "${folder}", but the job has ended as ${record.state}, and they are kept: ${because}`,
    { details: { folder, id: record.id }, hint: `Write them elsewhere: gear export ${record.id} -o DIR`, cause },
  )
}

/** What the job said of its surroundings: most say nothing, and load nothing for it. */
async function reportMetadata(
  record: JobRecord,
  { engine, work }: Assignment,
  told: Omit<ReportOptions, "work">,
): Promise<MetadataReport | undefined> {
  if (work === undefined && !record.outputs.some((file) => file.path === ".metadata.json")) return undefined
  const { metadataReport } = await import("../archive/metadata-report.ts")
  return await metadataReport(record, engine, { ...told, work }).catch((error: unknown) => {
    throw isGeartrainError(error, "HIERARCHY_CHANGED") ? notKept(record, error) : error
  })
}

/** As with outputs that cannot be placed: the job itself is done, and what it said can be applied later. */
function notKept(record: JobRecord, error: GeartrainError): GeartrainError {
  return new GeartrainError("HIERARCHY_CHANGED", `${error.message}; the job has ended as ${record.state}`, {
    details: { ...error.details, id: record.id },
    hint: (error.hint ?? "").replace("gear metadata JOB", `gear metadata ${record.id} --hierarchy FILE`),
    cause: error,
  })
}

/** What `--json` says of a job that was carried out. */
function jobAnswer(
  record: JobRecord,
  outputFolder: string | undefined,
  told: { readonly warnings: readonly string[]; readonly metadata: JsonObject | undefined },
): Pick<CommandResult, "data" | "error"> {
  const { warnings, metadata } = told
  const data = {
    ...record,
    outputFolder: outputFolder ?? null,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(metadata === undefined ? {} : { metadata }),
  } as unknown as CommandResult["data"]
  const error = jobError(record)
  return { ...(data === undefined ? {} : { data }), ...(error === undefined ? {} : { error }) }
}

function jobError(record: JobRecord): ReplyError | undefined {
  const { failure } = record
  if (failure === undefined) return undefined
  return {
    code: failure.reason,
    message: failure.message,
    fix: failure.next,
    docs: `gear help ${failure.reason}`,
    culprit: failure.culprit,
    retryable: failure.culprit === "platform",
  }
}
