import type { GearClient } from "@geartrain/sdk/client"
import { isGeartrainError } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import type { RunFailure } from "../../../workflows/report/run-analysis.ts"
import { type LogTail, MOST_TOLD } from "../analysis-lines.ts"
import type { RunRecords } from "./workplace.ts"

const MOST_LINES = 10
const LONGEST_LINE = 500
/** A log is read from its beginning: a larger one would keep people waiting. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** The last lines of the logs of the first failures, by the keys of their jobs. */
export async function readTails(
  failures: readonly RunFailure[],
  records: Pick<RunRecords, "tail">,
): Promise<ReadonlyMap<string, LogTail>> {
  const tails = new Map<string, LogTail>()
  for (const { key, job } of failures.slice(0, MOST_TOLD)) tails.set(key, await records.tail(job))
  return tails
}

export async function readTail(id: string | undefined, engine: Engine): Promise<LogTail> {
  const record = id === undefined ? undefined : await engine.jobs.get(id)
  if (record?.log === undefined) return { lines: [], why: "it wrote none" }
  if (record.log.sizeBytes > LARGEST_BYTES) return { lines: [], why: "it is too large to be looked through here" }
  if ((await engine.blobs.locate(record.log.digest)) === undefined)
    return { lines: [], why: "its bytes are no longer stored" }
  const { readLog } = await import("../../../engine/log/read-log.ts")
  const last: string[] = []
  for await (const { msg } of readLog(record, engine)) keep(last, msg)
  return { lines: last }
}

/** The end of the log of a job that a server has. */
export async function readServerTail(id: string | undefined, client: GearClient): Promise<LogTail> {
  if (id === undefined) return { lines: [], why: "it wrote none" }
  try {
    const response = await client.send(`/api/v1/jobs/${id}/logs`)
    const last: string[] = []
    let line = ""
    let sizeBytes = 0
    for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      sizeBytes += chunk.length
      if (sizeBytes > LARGEST_BYTES) return { lines: [], why: "it is too large to be looked through here" }
      const lines = `${line}${chunk}`.split("\n")
      line = (lines.pop() ?? "").slice(0, LONGEST_LINE)
      for (const one of lines) keep(last, one)
    }
    if (line !== "") keep(last, line)
    return last.length === 0 ? { lines: [], why: "it wrote none" } : { lines: last }
  } catch (error) {
    if (!isGeartrainError(error)) throw error
    return { lines: [], why: error.message }
  }
}

function keep(last: string[], line: string): void {
  last.push(line.slice(0, LONGEST_LINE))
  if (last.length > MOST_LINES) last.shift()
}
