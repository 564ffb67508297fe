import { isEnded } from "@geartrain/spec"
import type { QueuePorts } from "../queue-ports.ts"
import { readLog } from "./read-log.ts"

/** What who follows a log is told. */
export type LogNews =
  | {
      readonly type: "text"
      readonly attempt: number
      readonly offset: number
      readonly nextOffset: number
      readonly text: string
    }
  | { readonly type: "end"; readonly attempt: number; readonly state: string }

/** Without a signal it looks again so often: it may have been lost. */
const LOOK_AGAIN_MS = 15_000

/**
 * Follows the log of an attempt from a byte on until the attempt ends. Text is cut between characters only, so that `nextOffset` is where one
 * can always go on.
 */
export async function* followLog(
  ports: QueuePorts,
  asked: { readonly job: string; readonly attempt: number; readonly from: number },
  signal: AbortSignal,
): AsyncGenerator<LogNews> {
  const { job, attempt } = asked
  let at = asked.from
  let held = Buffer.alloc(0)
  while (!signal.aborted) {
    const woken = ports.database.signals.wait([`log:${job}`, `job:${job}`], { timeoutMs: LOOK_AGAIN_MS, signal })
    const state = await stateOf(ports, asked)
    for await (const { offset, bytes } of readLog(ports, { job, attempt }, at + held.length)) {
      const isNext = offset === at + held.length
      // After a gap, what was held is half a character that nobody completes.
      const start = isNext ? at : offset
      const all = isNext ? Buffer.concat([held, bytes]) : Buffer.from(bytes)
      const whole = wholeCharacters(all)
      held = Buffer.from(all.subarray(whole))
      at = start + whole
      if (whole > 0) {
        yield { type: "text", attempt, offset: start, nextOffset: at, text: all.subarray(0, whole).toString("utf8") }
      }
    }
    if (state !== undefined) {
      if (held.length > 0) {
        yield { type: "text", attempt, offset: at, nextOffset: at + held.length, text: held.toString("utf8") }
      }
      yield { type: "end", attempt, state }
      return
    }
    await woken
  }
}

/** How the attempt ended; undefined when it did not, or did not begin. */
async function stateOf(
  ports: QueuePorts,
  asked: { readonly job: string; readonly attempt: number },
): Promise<string | undefined> {
  const { read } = ports.database
  const attempt = await read
    .selectFrom("attempts")
    .select("state")
    .where("job", "=", asked.job)
    .where("attempt", "=", asked.attempt)
    .executeTakeFirst()
  if (attempt !== undefined) return attempt.state === "running" ? undefined : attempt.state
  const job = await read.selectFrom("jobs").select("state").where("id", "=", asked.job).executeTakeFirst()
  return job !== undefined && isEnded(job.state) ? job.state : undefined
}

/** @see RFC 3629, section 3: all bytes of a character but the first begin with the bits 10, and the first one says how many there are. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
