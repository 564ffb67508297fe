import type { JsonObject } from "@geartrain/spec"
import type { RunView } from "../../workflows/run/fold-run.ts"
import { countWords, runCounts } from "../../workflows/run/run-counts.ts"
import type { StoredRun } from "../../workflows/run/run-folder.ts"
import type { CommandResult, Context } from "../command.ts"
import { formatCount, formatDuration } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { EXIT_CODES } from "../output/exit-codes.ts"
import { shellWord } from "../output/shell-word.ts"
import { watchInterrupts } from "../run/interrupts.ts"
import type { OpenedPlace, Workplace } from "./place/workplace.ts"
import { runLines } from "./run-lines.ts"

/** A run that is to go on, in front of its user. */
export interface RunToCarryOut {
  readonly stored: StoredRun
  readonly place: Workplace
  readonly force: boolean
}

/** What the exit codes of the commands mean that run workflows. */
export const RUN_EXITS = {
  0: "every job is done",
  1: "a job failed",
  5: "the run was paused, or another process has it",
  130: "the run was cancelled",
} as const

/** Runs a run in front of the user, to its end or its rest, and delivers what it gives. */
export async function carryOutWorkflow(context: Context, run: RunToCarryOut): Promise<CommandResult> {
  const { reply, terminal, options } = context
  const { place, stored } = run
  const { carryOutRun } = await import("../../compose/workflows/run-workflow.ts")
  const { header, plan } = stored
  const id = terminal.err.isTerminal ? (text: string) => text.slice(0, 12) : (text: string) => text
  const lines = runLines({
    ...{
      records: place.records,
      say: reply.say,
      paint: terminal.err.paint,
      id,
      isWhole: options.verbose,
      jobs: plan.jobs.length,
    },
  })
  reply.say(
    `run ${id(header.id)} of ${terminal.err.paint.bold(escapeText(plan.workflow.name))}: ${formatCount(plan.jobs.length, "job")}`,
  )
  const interrupts = watchInterrupts(() => reply.say(`Ending the jobs that run; once more ends them at once`))
  const { signal, force } = interrupts
  let opened: OpenedPlace | undefined
  try {
    opened = await place.open(stored, { signal, force, tell: (says) => reply.say(escapeText(says)) })
    const outcome = await carryOutRun(stored, opened.means, {
      ...{ signal, force, onEvent: lines.onEvent },
      onProblem: (says) => reply.warn(escapeText(says)),
    })
    await lines.settled()
    const { view } = outcome
    const delivered =
      outcome.outputs === undefined || header.out === undefined
        ? undefined
        : await opened.deliver(outcome.outputs, { folder: header.out, force: run.force })
    const filed = outcome.outputs === undefined ? undefined : await opened.file(outcome.outputs)
    if (filed !== undefined) reply.say(`${formatCount(filed, "file")} in ${escapeText(header.server?.to?.path ?? "")}`)
    for (const line of endLines(view, { id: id(header.id), out: header.out, files: delivered?.length })) reply.say(line)
    return answer(view, {
      id: header.id,
      outputs: outcome.outputs,
      delivered,
      filed,
      interrupted: interrupts.exitCode(),
    })
  } catch (error) {
    throw interrupts.explain(error)
  } finally {
    opened?.close()
    interrupts.end()
  }
}

type Outputs = NonNullable<
  Awaited<ReturnType<typeof import("../../compose/workflows/run-workflow.ts")["carryOutRun"]>>["outputs"]
>

function endLines(
  view: RunView,
  told: { readonly id: string; readonly out: string | undefined; readonly files: number | undefined },
): readonly string[] {
  const tookMs = Date.parse(view.ended ?? "") - Date.parse(view.started ?? "")
  const why = view.why === undefined ? "" : `: ${escapeText(view.why)}`
  const head = `${view.state}${Number.isNaN(tookMs) ? "" : ` after ${formatDuration(tookMs)}`}${why} · ${countWords(runCounts(view), view.state)}`
  if (view.state !== "complete") {
    const analyze = view.state === "failed" ? [`→ gear workflow analyze ${told.id}`] : []
    return [head, ...analyze, `→ gear workflow resume ${told.id}`]
  }
  const out =
    told.out === undefined ? [] : [`${formatCount(told.files ?? 0, "file")} in ${escapeText(shellWord(told.out))}`]
  return [head, ...out, `→ gear workflow report ${told.id}`]
}

interface Ended {
  readonly id: string
  readonly outputs: Outputs | undefined
  readonly delivered: readonly string[] | undefined
  /** How many files a place of the server's has of it. */
  readonly filed: number | undefined
  readonly interrupted: number | undefined
}

function answer(view: RunView, { id, outputs, delivered, filed, interrupted }: Ended): CommandResult {
  const jobs = [...view.jobs.values()].map(({ planned, state, job, why }) => ({
    ...{ key: planned.key, state },
    ...(job === undefined ? {} : { job }),
    ...(why === undefined ? {} : { why }),
  }))
  const data = {
    ...{ run: id, state: view.state, jobs },
    ...(outputs === undefined ? {} : { outputs }),
    ...(delivered === undefined ? {} : { delivered }),
    ...(filed === undefined ? {} : { filed }),
  } as unknown as JsonObject
  if (view.state === "complete") return { data }
  const exitCode =
    view.state === "failed"
      ? EXIT_CODES.NO
      : view.state === "paused"
        ? EXIT_CODES.PRECONDITION
        : (interrupted ?? EXIT_CODES.INTERRUPTED)
  const error = {
    code: `RUN_${view.state.toUpperCase()}`,
    message: view.why ?? `The run is ${view.state}`,
    fix: `gear workflow resume ${id}`,
    docs: "gear help workflow resume",
    culprit: view.state === "failed" ? "gear" : "user",
    retryable: view.state !== "failed",
  }
  return { data, exitCode, error }
}
