import { CATALOGUE, type Fault, type GeartrainError, isGeartrainError } from "@geartrain/spec"
import { escapeLines, escapeText } from "./escape-text.ts"
import { EXIT_CODES, type ExitStyle, exitCodeOfError } from "./exit-codes.ts"
import type { Paint } from "./paint.ts"
import type { ReplyError } from "./reply.ts"

/** An error as the program ends with it. */
export interface ErrorReport {
  readonly exitCode: number
  readonly error: ReplyError
  /** What people read: what, where, why; the last line is what to do. */
  readonly lines: readonly string[]
}

export interface ErrorReportOptions {
  readonly style: ExitStyle
  readonly paint: Paint
  /** Shows what the error came from. */
  readonly verbose: boolean
  /** Shows where in the program it came from. */
  readonly debug: boolean
}

/** Turns whatever was thrown into what the program says of it. What is no error of the catalogue is a bug of ours, and is called one. */
export function reportError(thrown: unknown, options: ErrorReportOptions): ErrorReport {
  return isGeartrainError(thrown) ? reportKnown(thrown, options) : reportBug(thrown, options)
}

function reportKnown(error: GeartrainError, options: ErrorReportOptions): ErrorReport {
  const { paint } = options
  const message = escapeLines(error.message)
  const fix = error.hint === undefined ? null : escapeText(error.hint)
  const lines = [`${paint.red("error")} ${paint.bold(error.code)}: ${message}`]
  if (options.verbose || options.debug) lines.push(...causeLines(error.cause, paint))
  if (options.debug) lines.push(...stackLines(error, paint))
  lines.push(`${paint.cyan("→")} ${fix ?? `Read about it: gear help ${error.code}`}`)
  return {
    exitCode: exitCodeOfError(error.code, options.style),
    error: {
      code: error.code,
      message: error.message,
      fix: error.hint ?? null,
      docs: `gear help ${error.code}`,
      culprit: CULPRIT_OF_FAULT[error.fault],
      retryable: CATALOGUE[error.code].retry !== "never",
    },
    lines,
  }
}

/** In the words that a failed job uses for its culprit. */
const CULPRIT_OF_FAULT: Readonly<Record<Fault, string>> = {
  user: "user",
  gear: "gear",
  backend: "platform",
  platform: "platform",
}

/** A cause can have a cause; the chain is short, and a loop in it is cut. */
function causeLines(cause: unknown, paint: Paint): string[] {
  const lines: string[] = []
  for (
    let next = cause;
    next !== undefined && lines.length < 8;
    next = next instanceof Error ? next.cause : undefined
  ) {
    lines.push(paint.dim(`  because: ${escapeText(next instanceof Error ? next.message : String(next))}`))
  }
  return lines
}

function stackLines(error: Error, paint: Paint): string[] {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
  return frames.map((frame) => paint.dim(escapeText(frame)))
}

function reportBug(thrown: unknown, options: ErrorReportOptions): ErrorReport {
  const { paint } = options
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const what = `${error.name}: ${error.message}`
  const lines = [
    `${paint.red("error")} ${paint.bold("BUG")}: This is a bug in gear, not in your data or your gear: ${escapeText(what)}`,
  ]
  if (options.debug) lines.push(...causeLines(error.cause, paint), ...stackLines(error, paint))
  const again = options.debug ? "" : "run the same command again with --debug, and "
  const fix = `Please report it: ${again}send what it prints, with the output of gear version -v`
  lines.push(`${paint.cyan("→")} ${fix}`)
  return {
    exitCode: options.style === "gear" ? EXIT_CODES.ENGINE_FAILED : EXIT_CODES.BUG,
    error: { code: "BUG", message: what, fix, docs: "gear help BUG", culprit: "platform", retryable: false },
    lines,
  }
}
