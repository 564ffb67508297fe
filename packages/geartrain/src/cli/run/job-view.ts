import type { JobPhase } from "@geartrain/spec"
import type { JobEvent } from "../../engine/job-request.ts"
import { formatClock, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Reply } from "../output/reply.ts"
import type { Channel, Terminal } from "../output/terminal.ts"

/** Shows a job while it runs: its own output as it comes, and one line of ours that says where it is. */
export interface JobView {
  /** Answers with what the gear has to wait for, when whoever reads its output is slow. */
  onEvent(event: JobEvent): void | Promise<void>
  /** The gear is being stopped: says so, and does not let a slow reader hold it any longer. */
  stopping(): void
  /** Takes the line of ours away. */
  end(): void
}

export interface JobViewOptions {
  /** No line of ours. */
  readonly quiet: boolean
  /** What runs, for the first line. */
  readonly title: string
  /** Where the gear's own output goes: each stream to its like, both to standard error, or nowhere. */
  readonly streams: "apart" | "stderr" | "nowhere"
}

const PHASE_WORDS: Readonly<Record<JobPhase, string>> = {
  preparing: "reading inputs and preparing",
  executing: "running",
  collecting: "collecting outputs",
}

/**
 * On a terminal our line is written over in place; anywhere else there is one plain line for each change.
 */
export function createJobView(terminal: Terminal, reply: Reply, options: JobViewOptions): JobView {
  const status = options.quiet ? undefined : createStatus(terminal.err)
  const streams = { stdout: options.streams === "apart" ? terminal.out : terminal.err, stderr: terminal.err }
  let phase: JobPhase | undefined
  return {
    onEvent: (event) => {
      if (event.type === "warning") reply.warn(escapeText(event.text))
      if (event.type === "created") status?.line(`job ${reply.id(event.id)}  ${escapeText(options.title)}`)
      if (event.type === "phase" && event.phase !== phase) {
        phase = event.phase
        status?.show(PHASE_WORDS[phase], true)
      }
      if (event.type === "progress" && phase === "executing")
        status?.show(runningWords(event.runMs, event.memoryBytes), false)
      if (event.type !== "output" || options.streams === "nowhere") return undefined
      const channel = streams[event.stream]
      return status === undefined ? channel.pour(event.bytes) : status.pass(channel, event.bytes)
    },
    stopping: () => {
      terminal.out.stopWaiting()
      terminal.err.stopWaiting()
      status?.line("stopping the gear; once more to kill it at once")
    },
    end: () => status?.end(),
  }
}

function runningWords(runMs: number, memoryBytes: number | undefined): string {
  const memory = memoryBytes === undefined ? "" : `  ${formatSize(memoryBytes)} of memory`
  return `${PHASE_WORDS.executing} ${formatClock(runMs)}${memory}`
}

interface Status {
  /** Shows where the job is. */
  show(text: string, isChange: boolean): void
  /** Lets a line stand. */
  line(text: string): void
  /** Lets bytes of the gear's through, and keeps our line out of them. Answers as `Channel.pour`. */
  pass(channel: Channel, bytes: Uint8Array): Promise<void> | undefined
  end(): void
}

function createStatus(channel: Channel): Status {
  return channel.movement ? createMovingStatus(channel) : createPlainStatus(channel)
}

function createPlainStatus(channel: Channel): Status {
  return {
    show: (text, isChange) => {
      if (isChange) channel.write(`${text}\n`)
    },
    line: (text) => channel.write(`${text}\n`),
    pass: (target, bytes) => target.pour(bytes),
    end: () => undefined,
  }
}

/** @see ECMA-48, 8.3.41 EL: erase in line */
const ERASE_LINE = "\r\u001b[K"
const LINE_FEED = 0x0a

function createMovingStatus(channel: Channel): Status {
  let text = ""
  let isShown = false
  // While the gear is in the middle of a line, ours would tear it apart.
  let isAtLineStart = true
  const hide = (): void => {
    if (isShown) channel.write(ERASE_LINE)
    isShown = false
  }
  const draw = (): void => {
    if (!isAtLineStart || text === "") return
    channel.write(`${ERASE_LINE}${channel.paint.dim(text)}`)
    isShown = true
  }
  return {
    show: (next) => {
      text = next
      draw()
    },
    line: (line) => {
      hide()
      channel.write(`${isAtLineStart ? "" : "\n"}${line}\n`)
      isAtLineStart = true
      draw()
    },
    pass: (target, bytes) => {
      if (!target.isTerminal) return target.pour(bytes)
      hide()
      const written = target.pour(bytes)
      if (bytes.length > 0) isAtLineStart = bytes[bytes.length - 1] === LINE_FEED
      draw()
      return written
    },
    end: () => {
      hide()
      if (!isAtLineStart) channel.write("\n")
      isAtLineStart = true
      text = ""
    },
  }
}
