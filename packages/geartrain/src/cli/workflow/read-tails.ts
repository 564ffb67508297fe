import type { Engine } from "../../compose/open-engine.ts"
import type { RunFailure } from "../../workflows/report/run-analysis.ts"
import { type LogTail, MOST_TOLD } from "./analysis-lines.ts"

const MOST_LINES = 10
const LONGEST_LINE = 500
/** A log is read from its beginning: a larger one would keep people waiting. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** The last lines of the logs of the first failures, by the keys of their jobs. */
export async function readTails(
  failures: readonly RunFailure[],
  engine: Engine,
): Promise<ReadonlyMap<string, LogTail>> {
  const tails = new Map<string, LogTail>()
  for (const { key, job } of failures.slice(0, MOST_TOLD)) tails.set(key, await readTail(job, engine))
  return tails
}

export async function readTail(id: string | undefined, engine: Engine): Promise<LogTail> {
  const record = id === undefined ? undefined : await engine.jobs.get(id)
  if (record?.log === undefined) return { lines: [], why: "it wrote none" }
  if (record.log.sizeBytes > LARGEST_BYTES) return { lines: [], why: "it is too large to be looked through here" }
  if ((await engine.blobs.locate(record.log.digest)) === undefined)
    return { lines: [], why: "its bytes are no longer stored" }
  const { readLog } = await import("../../engine/log/read-log.ts")
  const last: string[] = []
  for await (const { msg } of readLog(record, engine)) {
    last.push(msg.slice(0, LONGEST_LINE))
    if (last.length > MOST_LINES) last.shift()
  }
  return { lines: last }
}
