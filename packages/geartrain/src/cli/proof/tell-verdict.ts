import type { JobRecord } from "@geartrain/spec"
import type { Verified } from "../../engine/again/verify-job.ts"
import type { Context } from "../command.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { textTable } from "../output/text-table.ts"

/** A job that was run again, and what came of it. */
export interface VerifiedJob extends Verified {
  readonly record: JobRecord
}

/** Prints a verdict, and which outputs differ. */
export function tellVerdict(context: Context, verdict: VerifiedJob): void {
  const { reply, terminal } = context
  const { record, verification, job } = verdict
  const { paint } = terminal.out
  const where = `job ${reply.id(job.id)} on ${verification.provider}`
  if (verification.verdict === "identical") {
    const outputs =
      SAME[Math.min(record.outputs.length, 2)] ?? `all ${record.outputs.length} outputs have the same bytes`
    reply.print(`${paint.green("identical")}  ${outputs}; ${where}`)
    return
  }
  const isFree = verification.verdict === "equivalent"
  const message = differenceSentence(verdict)
  reply.print(
    isFree
      ? `${paint.green("equivalent")}  ${message}, only in what the gear's manifest declares as free; ${where}`
      : `${paint.red("different")}  ${message}; ${where}`,
  )
  const rows = verification.differences.map((difference) => [
    escapeText(difference.path),
    difference.here === undefined ? "was not there" : reply.id(difference.here),
    difference.there === undefined ? "is missing" : reply.id(difference.there),
  ])
  if (rows.length > 0)
    for (const line of textTable([{ title: "OUTPUT" }, { title: "THEN" }, { title: "NOW" }], rows)) reply.print(line)
}

/** For none and for one. */
const SAME = ["there are no outputs, and the exit code is the same", "the output has the same bytes"] as const

/**
 * Says how the re-run of a job differs from it.
 */
export function differenceSentence({ record, verification, job }: VerifiedJob): string {
  const count = verification.differences.length
  if (count === 0) return `the exit code was ${record.exit?.code ?? "none"} and is ${job.exit?.code ?? "none"}`
  const all = new Set([...record.outputs, ...job.outputs].map((file) => file.path)).size
  return `${count} of ${formatCount(all, "output")} ${count === 1 ? "differs" : "differ"}`
}
