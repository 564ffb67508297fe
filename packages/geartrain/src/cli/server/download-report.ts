import type { GeartrainError } from "@geartrain/spec"
import type { CommandResult, Context } from "../command.ts"
import { formatCount, formatSize } from "../output/amounts.ts"
import { reportError } from "../output/error-reply.ts"
import { escapeText } from "../output/escape-text.ts"

/** What became of one file that was to be downloaded. */
export interface ReportedFile {
  /** In the folder. */
  readonly path: string
  readonly outcome: "fetched" | "there" | "failed"
  readonly digest: string
  readonly sizeBytes: number
  /** Of what is a file of a place. */
  readonly id?: string
  readonly version?: number
  readonly error?: GeartrainError
}

interface Downloaded {
  readonly folder: string
  readonly files: readonly ReportedFile[]
  /** As the server has counted. */
  readonly wanted: number
}

const MOST_FAILED = 10

/** Tells what was downloaded into a folder, in accounts that add up. */
export function tellDownload({ reply, terminal }: Context, { folder, files, wanted }: Downloaded): CommandResult {
  const of = (outcome: ReportedFile["outcome"]) => files.filter((each) => each.outcome === outcome)
  const [fetched, failed] = [of("fetched"), of("failed")]
  const notTried = Math.max(0, wanted - files.length)
  for (const { path, error } of failed.slice(0, MOST_FAILED))
    reply.print(`  ${terminal.out.paint.red("failed")} ${escapeText(path)}: ${escapeText(error?.message ?? "")}`)
  if (failed.length > MOST_FAILED) reply.print(`  … and ${failed.length - MOST_FAILED} more: --json has all`)
  const sizeBytes = fetched.reduce((sum, file) => sum + file.sizeBytes, 0)
  const counts = [
    `${formatCount(fetched.length, "file")} fetched, ${formatSize(sizeBytes)}`,
    `${of("there").length} already there`,
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    ...(notTried === 0 ? [] : [`${notTried} not tried`]),
  ]
  reply.print(`${escapeText(folder)}: ${counts.join("; ")}`)
  const data = {
    ...{ folder, wanted, notTried },
    files: files.map(({ error, ...file }) => ({
      ...file,
      ...(error === undefined ? {} : { code: error.code, why: error.message }),
    })),
  }
  const error = failed[0]?.error
  if (error === undefined) return { data }
  const report = reportError(error, { style: "answer", paint: terminal.err.paint, verbose: false, debug: false })
  for (const line of report.lines) reply.say(line)
  return { data, exitCode: report.exitCode, error: report.error }
}
