import type { JobRecord } from "@geartrain/spec"
import type { RunEvent, StepJobState } from "@geartrain/spec/workflow"
import { formatCount, formatDuration, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import type { RunRecords } from "./place/workplace.ts"

/** What a run tells while it goes on: a line for each job, and for one that failed at once what is needed to see why. */
export interface RunLines {
  onEvent(event: RunEvent): void
  /** Resolves when all lines are out. */
  settled(): Promise<void>
}

export interface RunLinesMeans {
  readonly records: RunRecords
  readonly say: (line: string) => void
  readonly paint: Paint
  readonly id: (id: string) => string
  /** Jobs that begin, as well. */
  readonly isWhole: boolean
  /** How many there are, as far as is known. */
  readonly jobs: number
}

/** So many of the last words of a job that failed. */
const MOST_WORDS = 5

export function runLines(means: RunLinesMeans): RunLines {
  const { say, paint } = means
  const started = new Map<string, string>()
  let total = means.jobs
  let done = 0
  let reused = 0
  let lost = 0
  let telling = Promise.resolve()
  const later = (tell: () => Promise<void> | void): void => {
    telling = telling.then(tell)
  }
  // A thousand jobs that are there already are one line.
  const flush = (): void => {
    const [same, gone] = [reused, lost]
    reused = 0
    lost = 0
    const at = done
    if (same > 0) later(() => say(`${mark("reused", paint)}  ${formatCount(same, "job")}${progress(at, total)}`))
    if (gone > 0) later(() => say(`${mark("lost", paint)}  ${formatCount(gone, "job")} that need what failed`))
  }
  const onJob = (event: RunEvent & { readonly event: "job" }): void => {
    const { key, state, at } = event
    if (state === "running") {
      started.set(key, at)
      if (means.isWhole) later(() => say(`${mark("running", paint)}  ${label(event, means)}`))
      return
    }
    const isDone = state !== "failed" && state !== "cancelled"
    // What is told now is of those before it.
    if (state !== "reused" && state !== "lost") flush()
    if (isDone) done += 1
    if (state === "reused") reused += 1
    else if (state === "lost") lost += 1
    else {
      const tookMs = Date.parse(at) - Date.parse(started.get(key) ?? at)
      started.delete(key)
      const took = tookMs > 0 ? `  ${paint.dim(formatDuration(tookMs))}` : ""
      const place = progress(done, total)
      later(() => say(`${mark(state, paint)}  ${label(event, means)}${took}${place}`))
      if (state === "failed") later(() => tellFailure(event, means))
    }
  }
  return {
    onEvent: (event) => {
      if (event.event === "job") onJob(event)
      else if (event.event === "opened") {
        total += event.jobs.length
        flush()
        later(() =>
          say(`${mark("opened", paint)}  ${escapeText(event.step)}: ${formatCount(event.jobs.length, "job")}`),
        )
      } else if (event.event === "freed") {
        if (means.isWhole)
          later(() => say(`${mark("freed", paint)}  ${escapeText(event.key)}  ${formatSize(event.bytes)}`))
      } else if (event.event === "waiting") {
        flush()
        later(() => {
          for (const sentence of event.for) say(`${mark("waiting", paint)}  ${escapeText(sentence)}`)
        })
      } else if (event.state !== "running") flush()
    },
    settled: () => telling,
  }
}

function progress(done: number, total: number): string {
  return `  (${done}/${total})`
}

type Word = StepJobState | "opened" | "freed" | "waiting" | "not begun"

const WIDTH = "cancelled".length

/** The state in word and colour. */
export function mark(word: Word, paint: Paint): string {
  const text = word.padEnd(WIDTH)
  if (word === "complete") return paint.green(text)
  if (word === "failed") return paint.red(text)
  if (word === "reused" || word === "running" || word === "opened") return paint.cyan(text)
  return word === "lost" || word === "cancelled" ? paint.yellow(text) : paint.dim(text)
}

function label({ key, attempt, job }: RunEvent & { readonly event: "job" }, { paint, id }: RunLinesMeans): string {
  const again = attempt > 1 ? ` try ${attempt}` : ""
  return `${paint.bold(escapeText(key))}${again}${job === undefined ? "" : `  ${paint.dim(id(job))}`}`
}

async function tellFailure({ why, job }: RunEvent & { readonly event: "job" }, means: RunLinesMeans): Promise<void> {
  const { say, paint, records, id } = means
  // The run goes on, and its jobs with it, when whoever keeps the records is away.
  const untold = (error: unknown): undefined => {
    say(`  its record cannot be read: ${escapeText(error instanceof Error ? error.message : String(error))}`)
  }
  if (why !== undefined) say(`  ${escapeText(why)}`)
  const record = job === undefined ? undefined : await records.get(job).catch(untold)
  if (job === undefined || record === undefined) return
  const exit = record.exit === undefined ? "" : `exit code ${record.exit.code}`
  say(`  ${paint.dim("command")}  ${escapeText(commandOf(record))}${exit === "" ? "" : `  ${paint.dim(exit)}`}`)
  const tail = await records.tail(job).catch(() => undefined)
  for (const line of tail?.lines.slice(-MOST_WORDS) ?? []) say(`  ${paint.dim("│")} ${escapeText(line)}`)
  say(
    `  ${records
      .commands(id(job))
      .map((command) => `${paint.cyan("→")} ${command}`)
      .join("   ")}`,
  )
}

const LONGEST_COMMAND = 200

function commandOf({ command }: JobRecord): string {
  const text = command.join(" ")
  return text.length <= LONGEST_COMMAND ? text : `${text.slice(0, LONGEST_COMMAND - 1)}…`
}
