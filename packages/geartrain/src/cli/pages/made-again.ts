import type { JobRecord } from "@geartrain/spec"
import { formatDuration } from "../output/amounts.ts"

/** An output of a job, as far as it matters whether it can be made again. */
interface Made {
  readonly path: string
  readonly history: JobRecord["history"]
  /** How long the gear ran. */
  readonly tookMs: number
}

/** Says what speaks for it that bytes can be made again, and how long that takes: `last verified on 2026-03-01, took 41 s`. */
export function madeAgainText({ path, history, tookMs }: Made): string {
  const last = history.findLast(({ verdict }) => verdict !== "undecided")
  const took = `took ${formatDuration(tookMs)}`
  if (last === undefined) return `never verified, ${took}`
  const isSame = last.differences.every((difference) => difference.path !== path)
  return `${isSame ? "last verified" : "came out otherwise"} on ${last.at.slice(0, 10)}, ${took}`
}
