import type { BoxExit } from "@geartrain/ports"
import { type Culprit, type Failure, type JobId, type Limits, REASONS, type Reason } from "@geartrain/spec"
import type { LogLine } from "../log/log-line.ts"

/** Why the engine itself ended a gear, if it did. */
export type Ended = "time-limit" | "output-limit" | "disk-full" | "cancelled"

/** What is known of a gear that ended. */
export interface Ending {
  readonly id: JobId
  readonly exit: BoxExit
  readonly endedBy?: Ended
  readonly limits: Limits
  readonly network: "none" | "outbound"
  readonly wallMs: number
  readonly tail: readonly LogLine[]
  /** Names of the file inputs. */
  readonly inputs: readonly string[]
}

/**
 * Names what is to blame for a gear that did not succeed, with the line that shows it and the command to type next; or nothing when it succeeded.
 *
 * What the engine or the kernel did is certain. Beyond that the log is read for the words that tools use; where it tells nothing, the gear
 * itself is named, since its exit code was its own.
 */
export function explainFailure(ending: Ending): Failure | undefined {
  const { exit, endedBy } = ending
  if (endedBy !== undefined) return ENDED[endedBy](ending)
  if (exit.outOfMemory && exit.code !== 0) return outOfMemory(ending)
  if (exit.code === 0) return undefined
  return fromLog(ending) ?? fromExit(ending)
}

/** Builds a failure from a reason, whose culprit the table in spec names unless the evidence names a better one. */
export function failure(
  reason: Reason,
  told: {
    readonly message: string
    readonly next: string
    readonly evidence?: string | undefined
    readonly culprit?: Culprit
  },
): Failure {
  return {
    reason,
    culprit: told.culprit ?? REASONS[reason].culprit,
    message: told.message,
    ...(told.evidence === undefined ? {} : { evidence: told.evidence }),
    next: told.next,
  }
}

const ENDED: Readonly<Record<Ended, (ending: Ending) => Failure>> = {
  "time-limit": (ending) =>
    failure("TIME_LIMIT", {
      message: `The gear was ended after ${seconds(ending.wallMs)}, at its time limit of ${seconds(ending.limits.timeMs ?? 0)}`,
      evidence: lastLine(ending.tail),
      next: `gear replay ${ending.id} --timeout ${Math.ceil(((ending.limits.timeMs ?? 0) * 4) / 1000)}s`,
    }),
  "output-limit": (ending) =>
    failure("OUTPUT_LIMIT", {
      message: `The gear was ended because it wrote more than its limit of ${mebibytes(ending.limits.outputBytes ?? 0)}`,
      evidence: lastLine(ending.tail),
      next: `gear replay ${ending.id} --output-limit ${(ending.limits.outputBytes ?? 0) * 4}`,
    }),
  "disk-full": (ending) =>
    failure("DISK_FULL", {
      message: "The gear was ended because the disk that jobs write to was about to be full",
      evidence: lastLine(ending.tail),
      next: "gear store gc",
    }),
  cancelled: (ending) =>
    failure("CANCELLED", {
      message: `The job was cancelled after ${seconds(ending.wallMs)}`,
      next: `gear replay ${ending.id}`,
    }),
}

function outOfMemory(ending: Ending): Failure {
  const { memoryBytes } = ending.limits
  const limit = memoryBytes === undefined ? "the memory of the machine" : `its limit of ${mebibytes(memoryBytes)}`
  const more = memoryBytes === undefined ? "" : ` --memory ${Math.ceil((memoryBytes * 2) / MEBIBYTE)}m`
  const seen = ending.exit.memoryStall === true ? STALLED : "the kernel counted an out-of-memory kill in the box"
  const last = lastLine(ending.tail)
  return failure("OUT_OF_MEMORY", {
    message: `The gear was killed after ${seconds(ending.wallMs)} because it needed more memory than ${limit}`,
    evidence: last === undefined ? seen : `${seen}; last line: ${last}`,
    next: `gear replay ${ending.id}${more}`,
  })
}

const STALLED =
  "for 10 s the box stood at its memory limit and did nothing but read its own programs from the disk again; the kernel killed nothing, so the box was ended"

/** Words by which tools tell what stopped them, most telling first. */
const SIGNS: readonly {
  readonly pattern: RegExp
  readonly when?: (ending: Ending) => boolean
  readonly explain: (ending: Ending, evidence: string) => Failure
}[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    explain: (ending, evidence) =>
      failure("DISK_FULL", {
        message: "The gear found the disk full",
        evidence,
        next: `gear store gc && gear replay ${ending.id}`,
      }),
  },
  {
    pattern: /file size limit exceeded|file too large/i,
    when: (ending) => ending.limits.outputBytes !== undefined,
    explain: (ending, evidence) =>
      failure("OUTPUT_LIMIT", {
        message: `The gear tried to write a file beyond its limit of ${mebibytes(ending.limits.outputBytes ?? 0)}`,
        evidence,
        next: `gear replay ${ending.id} --output-limit ${(ending.limits.outputBytes ?? 0) * 4}`,
      }),
  },
  {
    pattern:
      /fork: .*(resource temporarily unavailable|cannot allocate)|can't fork|cannot fork|can't start new thread/i,
    when: (ending) => ending.limits.processes !== undefined || ending.exit.outOfProcesses,
    explain: (ending, evidence) =>
      failure("PROCESS_LIMIT", {
        message: `The gear could not start more processes than its limit of ${ending.limits.processes ?? "the machine"}`,
        evidence,
        next: `gear replay ${ending.id} --pids ${(ending.limits.processes ?? 512) * 4}`,
      }),
  },
  {
    pattern: /memoryerror|cannot allocate memory|bad_alloc|out of memory|java heap space/i,
    when: (ending) => ending.limits.memoryBytes !== undefined,
    explain: (ending, evidence) => ({ ...outOfMemory(ending), evidence }),
  },
  {
    pattern:
      /network is unreachable|temporary failure in name resolution|could not resolve|name or service not known|network unreachable|getaddrinfo/i,
    when: (ending) => ending.network === "none",
    explain: (ending, evidence) =>
      failure("NETWORK_DENIED", {
        message: "The gear tried to reach the network, which it was not granted",
        evidence,
        next: `gear replay ${ending.id} --network outbound`,
      }),
  },
]

function fromLog(ending: Ending): Failure | undefined {
  for (const sign of SIGNS) {
    if (sign.when !== undefined && !sign.when(ending)) continue
    const line = ending.tail.findLast((candidate) => sign.pattern.test(candidate.msg))
    if (line !== undefined) return sign.explain(ending, shorten(line.msg))
  }
  return undefined
}

function fromExit(ending: Ending): Failure {
  const { exit, id, tail } = ending
  const evidence = tellingLine(tail)
  const next = `gear debug ${id}`
  if (exit.code === 127 && /not found|no such file/i.test(evidence ?? "")) {
    return failure("COMMAND_NOT_FOUND", {
      message: "The gear ended with exit code 127: a command that it calls does not exist in it",
      evidence,
      next,
    })
  }
  if (exit.code === 126) {
    return failure("COMMAND_NOT_EXECUTABLE", {
      message: "The gear ended with exit code 126: a command that it calls cannot be executed",
      evidence,
      next,
    })
  }
  const signal = exit.signal ?? SIGNAL_CODES[exit.code]
  if (signal !== undefined) {
    return failure("KILLED_BY_SIGNAL", {
      message: `The gear was ended by ${signal} after ${seconds(ending.wallMs)}`,
      evidence,
      next,
    })
  }
  const input = ending.inputs.find((name) => evidence?.includes(`/flywheel/v0/input/${name}/`))
  const culprit: Culprit = evidence === undefined ? "unknown" : input === undefined ? "gear" : "input"
  const about = input === undefined ? "" : `, and its last words are about input "${input}"`
  return failure("NONZERO_EXIT", {
    message: `The gear ended with exit code ${exit.code} after ${seconds(ending.wallMs)}${about}`,
    evidence,
    culprit,
    next,
  })
}

/** Exit codes with which shells tell that a signal ended the command that they ran: 128 and the number of the signal. */
const SIGNAL_CODES: Readonly<Record<number, string>> = {
  132: "SIGILL, an instruction that this processor does not have",
  134: "SIGABRT, which programs send themselves when they find themselves broken",
  135: "SIGBUS, a fault in memory",
  136: "SIGFPE, a fault in arithmetic",
  137: "SIGKILL",
  139: "SIGSEGV, a fault in memory",
  143: "SIGTERM",
}

const TELLING =
  /\b(error|exception|fatal|failed|cannot|can't|could not|unable|no such|denied|invalid|not found|missing|abort|segmentation)/i

/** The last line that says what is wrong, or else the last words on stderr, or else on stdout. */
export function tellingLine(tail: readonly LogLine[]): string | undefined {
  const said = tail.filter((line) => line.fd !== -1 && line.msg.trim() !== "")
  const line =
    said.findLast((candidate) => TELLING.test(candidate.msg)) ??
    said.findLast((candidate) => candidate.fd === 2) ??
    said.at(-1)
  return line === undefined ? undefined : shorten(line.msg)
}

function lastLine(tail: readonly LogLine[]): string | undefined {
  const line = tail.findLast((candidate) => candidate.fd !== -1 && candidate.msg.trim() !== "")
  return line === undefined ? undefined : shorten(line.msg)
}

function shorten(line: string): string {
  const text = line.trim()
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`
}

const MEBIBYTE = 1024 * 1024

function mebibytes(bytes: number): string {
  return bytes >= 1024 * MEBIBYTE
    ? `${(bytes / 1024 / MEBIBYTE).toFixed(1)} GiB`
    : `${(bytes / MEBIBYTE).toFixed(1)} MiB`
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}
