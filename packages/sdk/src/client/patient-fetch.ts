import { GeartrainError } from "@geartrain/spec"
import { FIRST_WAIT_MS, longerWait, pause } from "./pause.ts"

/** Requests that come to the same when they arrive twice. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE"])

/**
 * Asks again where the server was away, starting or busy, as long as that can do no harm: what may have arrived is sent again only when it
 * comes to the same; what the server has refused to look at (429, 503) always.
 *
 * @throws {GeartrainError} SERVER_UNREACHABLE
 */
export function patientFetch(
  fetch: (request: Request) => Promise<Response>,
  patienceMs: number,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const start = performance.now()
    // A stream can be read once.
    const isWhole = request.body === null || request.headers.get("content-type")?.includes("json") === true
    for (let wait = FIRST_WAIT_MS; ; wait = longerWait(wait)) {
      const last = !isWhole || performance.now() - start + wait > patienceMs
      const outcome = await attempt(fetch, isWhole ? request.clone() : request)
      if (outcome instanceof Response) {
        if (last || !(outcome.status === 429 || outcome.status === 503)) return outcome
        const waitMs = Math.max(wait, askedWait(outcome))
        if (performance.now() - start + waitMs > patienceMs) return outcome
        await outcome.body?.cancel()
        await pause(waitMs, request.signal)
        continue
      }
      if (last || !REPEATABLE.has(request.method)) throw outcome.error
      await pause(wait, request.signal)
    }
  }
}

/**
 * Milliseconds that a server asks to be left alone for; 0 where it says nothing, or a time of day.
 *
 * @see RFC 9110, section 10.2.3
 */
function askedWait(reply: Response): number {
  const seconds = reply.headers.get("retry-after") ?? ""
  return /^\d+$/.test(seconds) ? 1000 * Number(seconds) : 0
}

async function attempt(
  fetch: (request: Request) => Promise<Response>,
  request: Request,
): Promise<Response | { readonly error: unknown }> {
  try {
    return await fetch(request)
  } catch (error) {
    if (request.signal.aborted) throw error
    const { origin } = new URL(request.url)
    return {
      error: new GeartrainError("SERVER_UNREACHABLE", `Cannot reach the server at ${origin}: ${causeOf(error)}`, {
        hint: "Check the address, and that the server runs; on its machine: gear serve",
        cause: error,
      }),
    }
  }
}

/** What `fetch` says is "fetch failed"; the reason lies below. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message
  if (cause instanceof Error && cause.message !== "") return cause.message
  return error instanceof Error ? error.message : String(error)
}
