import { CATALOGUE, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { delay, monotonicMs } from "../../system/clock.ts"

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000
/** A server that is started again, or a line that is mended, is back by then. */
const PATIENCE_MS = 60_000

/**
 * Does something again while the line or the server is away. It has to come to the same when it is done twice.
 *
 * @throws whatever the last try threw; at once what another try cannot mend.
 */
export async function persist<Result>(
  work: () => Promise<Result>,
  { signal, patienceMs = PATIENCE_MS }: { readonly signal: AbortSignal; readonly patienceMs?: number },
): Promise<Result> {
  const start = monotonicMs()
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!isOfTheLine(error) || monotonicMs() - start + wait > patienceMs) throw lineError(error)
      await delay(wait, signal)
    }
  }
}

/** Whether something went wrong between us and the server, or since the server is busy or just starting. */
export function isOfTheLine(error: unknown): boolean {
  if (!isGeartrainError(error)) return isCut(error)
  const status = error.details["status"]
  if (error.code === "SERVER_REPLY_UNREADABLE") return status === 502 || status === 504
  const { http } = CATALOGUE[error.code]
  return error.code === "SERVER_UNREACHABLE" || error.code === "UPLOAD_CUT" || http === 429 || http === 503
}

/** What `fetch` throws when a line ends in the middle of a body. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError && /terminated|fetch failed|network/i.test(error.message)
}

/** A line that ended in the middle of a body, as an error of ours; any other error as it is. */
export function lineError(error: unknown): unknown {
  if (!isCut(error)) return error
  return new GeartrainError("SERVER_UNREACHABLE", "Cannot go on: the line to the server was cut", {
    hint: "Run the same again: what has arrived is not moved twice",
    cause: error,
  })
}
