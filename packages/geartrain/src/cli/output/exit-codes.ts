import { CATALOGUE, type ErrorCode, type JobState, type Reason } from "@geartrain/spec"

/**
 * What the exit codes say. Commands that carry a gear out hand the gear's own code on, so their own troubles have the codes that docker has
 * taught people; the others use small numbers.
 */
export const EXIT_CODES = {
  OK: 0,
  NO: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  LOGIN_NEEDED: 4,
  PRECONDITION: 5,
  UNDECIDED: 6,
  /** @see sysexits.h, EX_SOFTWARE */
  BUG: 70,
  TIMED_OUT: 124,
  ENGINE_FAILED: 125,
  NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  INTERRUPTED: 130,
  /** 128 and SIGPIPE, as programs end that do not catch it. */
  PIPE_CLOSED: 141,
} as const

/** Whether a command's exit code is that of the gear it ran, or its own answer. */
export type ExitStyle = "gear" | "answer"

/** The exit code of a command that ends with an error of the catalogue. */
export function exitCodeOfError(code: ErrorCode, style: ExitStyle): number {
  if (code === "INTERRUPTED") return EXIT_CODES.INTERRUPTED
  if (style === "gear") return EXIT_CODES.ENGINE_FAILED
  if (code === "USAGE" || code === "SETTINGS_INVALID") return EXIT_CODES.USAGE
  const { fault, http } = CATALOGUE[code]
  if (http === 404) return EXIT_CODES.NOT_FOUND
  if (http === 401) return EXIT_CODES.LOGIN_NEEDED
  const inTheWay = http === 403 || http === 409 || http === 412
  return inTheWay || fault === "backend" || fault === "platform" ? EXIT_CODES.PRECONDITION : EXIT_CODES.NO
}

/** What the exit code of a command that carried a job out depends on: of a record, or of a job on a server. */
export interface EndedJob {
  readonly state: JobState
  readonly failure?: { readonly reason: Reason }
  readonly exit?: { readonly code: number }
}

/** The exit code of a command that carried a job out. */
export function exitCodeOfJob(record: EndedJob): number {
  const reason = record.failure?.reason
  const own = reason === undefined ? undefined : CODE_OF_REASON[reason]
  if (own !== undefined) return own
  const code = record.exit?.code ?? EXIT_CODES.ENGINE_FAILED
  // A gear that ended well, of a job that did not: what failed was not the gear.
  return code === 0 && record.state !== "complete" ? EXIT_CODES.ENGINE_FAILED : code
}

/** The other reasons leave the gear's own code, which is 128 + n when a signal ended it. */
const CODE_OF_REASON: Readonly<Partial<Record<Reason, number>>> = {
  TIME_LIMIT: EXIT_CODES.TIMED_OUT,
  COMMAND_NOT_EXECUTABLE: EXIT_CODES.NOT_EXECUTABLE,
  COMMAND_NOT_FOUND: EXIT_CODES.COMMAND_NOT_FOUND,
  CANCELLED: EXIT_CODES.INTERRUPTED,
  DISK_FULL: EXIT_CODES.ENGINE_FAILED,
  INPUT_CHANGED: EXIT_CODES.ENGINE_FAILED,
  INPUT_UNREADABLE: EXIT_CODES.ENGINE_FAILED,
  PROVIDER_FAILED: EXIT_CODES.ENGINE_FAILED,
  ENGINE_LOST: EXIT_CODES.ENGINE_FAILED,
  OUTPUT_UNREADABLE: EXIT_CODES.ENGINE_FAILED,
}
