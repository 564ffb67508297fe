import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { isLoopback } from "./registry-reference.ts"

/** How long and how often a registry is asked. */
export interface HttpPatience {
  /** Until the answer begins, and then between two pieces of it. */
  readonly timeoutMs: number
  /** Tries after the first. */
  readonly retries: number
  /** Before the first of them; twice as long before each further one. */
  readonly retryDelayMs: number
}

export const DEFAULT_PATIENCE: HttpPatience = { timeoutMs: 30_000, retries: 3, retryDelayMs: 500 }

export interface HttpRequest {
  /** Default: GET. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** What is asked for, for messages: `manifest "1.0" of "lab/tool"`. */
  readonly what: string
  /** What is done with it, for messages. Default: get. */
  readonly verb?: "get" | "store" | "list"
  readonly body?: HttpBody
  readonly patience: HttpPatience
  readonly signal?: AbortSignal
}

/** What is sent along. It is read anew for each try. */
export interface HttpBody {
  readonly sizeBytes: number
  read(): AsyncIterable<Uint8Array>
}

/** An answer whose body has not been read yet. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** Where it came from in the end. */
  readonly url: string
  /** May be read once, or be thrown away by `discard`. */
  body(): AsyncIterable<Uint8Array>
  discard(): Promise<void>
}

const MOST_REDIRECTS = 5
/** A registry may ask for more time; for longer than this nobody waits at a command line. */
const MOST_RETRY_AFTER_MS = 30_000

/**
 * Asks a server for something, and tries again when it is busy or does not answer. Redirects are followed where nothing is sent along.
 *
 * The `authorization` header goes to the host that it is for and to no other. From https nothing leads to http, except on this machine.
 *
 * @returns the answer, whatever its status, except 429 and 5xx.
 * @throws {GeartrainError} REGISTRY_UNAVAILABLE, REGISTRY_BUSY, REGISTRY_REPLY_INVALID
 */
export async function httpAsk(request: HttpRequest): Promise<HttpAnswer> {
  const { patience, signal } = request
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await followRedirects(request)
      if (answer.status !== 429 && answer.status < 500) return answer
      await answer.discard()
      throw unwilling(request, answer)
    } catch (error) {
      const mayRetry = isGeartrainError(error, "REGISTRY_UNAVAILABLE") || isGeartrainError(error, "REGISTRY_BUSY")
      if (!mayRetry || attempt >= patience.retries) throw error
      const asked = Number(error.details["retryAfterMs"] ?? 0)
      await delay(Math.min(Math.max(asked, patience.retryDelayMs * 2 ** attempt), MOST_RETRY_AFTER_MS), signal)
    }
  }
}

async function followRedirects(request: HttpRequest): Promise<HttpAnswer> {
  if (request.method === "POST" || request.method === "PUT") return askOnce(request)
  let url = request.url
  let headers = request.headers
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await askOnce({ ...request, url, headers })
    const location = answer.headers.get("location")
    if (answer.status < 300 || answer.status >= 400 || location === null) return answer
    await answer.discard()
    const next = URL.parse(location, url)
    if (next === null || !isAllowed(new URL(url), next)) {
      throw invalid(request, `it redirects to ${JSON.stringify(location.slice(0, 200))}, where nobody should be sent`)
    }
    if (next.origin !== new URL(url).origin) {
      const { authorization: _, ...others } = headers
      headers = others
    }
    url = next.href
  }
  throw invalid(request, `it redirects more than ${MOST_REDIRECTS} times`)
}

function isAllowed(from: URL, to: URL): boolean {
  if (to.username !== "" || to.password !== "") return false
  return to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:" && isLoopback(to.host))
}

async function askOnce(request: HttpRequest): Promise<HttpAnswer> {
  const watch = new Watch(request)
  let response: Response
  try {
    response = await fetch(request.url, {
      method: request.method ?? "GET",
      // What the registry keeps is wanted as it is: digests are of those bytes.
      headers: { "accept-encoding": "identity", ...request.headers, ...lengthOf(request.body) },
      redirect: "manual",
      signal: watch.signal,
      ...(request.body === undefined ? {} : { body: sending(request.body, watch), duplex: "half" }),
    })
  } catch (error) {
    watch.stop()
    throw watch.explain(error)
  }
  return {
    status: response.status,
    headers: response.headers,
    url: request.url,
    body: () => readBody(response, watch),
    discard: async () => {
      watch.stop()
      // The connection is given up; that this may fail is nobody's concern.
      await response.body?.cancel().catch(() => undefined)
    },
  }
}

/** Stores behind registries refuse what does not say how long it is. */
function lengthOf(body: HttpBody | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { "content-length": String(body.sizeBytes) }
}

async function* sending(body: HttpBody, watch: Watch): AsyncGenerator<Uint8Array, void> {
  for await (const piece of body.read()) {
    watch.restart()
    yield piece
  }
}

async function* readBody(response: Response, watch: Watch): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of response.body ?? []) {
      watch.restart()
      yield piece as Uint8Array
    }
  } catch (error) {
    throw watch.explain(error)
  } finally {
    watch.stop()
  }
}

/** Gives a request up when nothing has come for too long. */
class Watch {
  readonly signal: AbortSignal
  readonly #request: HttpRequest
  readonly #stalled = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: HttpRequest) {
    this.#request = request
    const signals = request.signal === undefined ? [] : [request.signal]
    this.signal = AbortSignal.any([this.#stalled.signal, ...signals])
    this.restart()
  }

  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#stalled.abort(), this.#request.patience.timeoutMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  explain(error: unknown): unknown {
    const { signal, url, what, patience } = this.#request
    if (signal?.aborted === true) return signal.reason
    if (isGeartrainError(error)) return error
    const host = new URL(url).host
    const why = this.#stalled.signal.aborted
      ? `"${host}" has sent nothing for ${patience.timeoutMs / 1000} s`
      : `"${host}" cannot be reached: ${reasonOf(error)}`
    return new GeartrainError("REGISTRY_UNAVAILABLE", `Cannot ${this.#request.verb ?? "get"} ${what}: ${why}`, {
      hint: `Check the network, and that ${host} is the registry`,
      cause: error,
    })
  }
}

/** fetch says "fetch failed", and why in the cause of it. */
function reasonOf(error: unknown): string {
  const cause = (error as { readonly cause?: unknown }).cause ?? error
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return code ?? message ?? "unknown"
}

function unwilling(request: HttpRequest, answer: HttpAnswer): Error {
  const host = new URL(answer.url).host
  if (answer.status !== 429) {
    return new GeartrainError(
      "REGISTRY_UNAVAILABLE",
      `Cannot ${request.verb ?? "get"} ${request.what}: "${host}" answers with status ${answer.status}`,
      {
        hint: "Try again later",
      },
    )
  }
  const seconds = Number(answer.headers.get("retry-after") ?? 0)
  return new GeartrainError(
    "REGISTRY_BUSY",
    `Cannot ${request.verb ?? "get"} ${request.what}: "${host}" has been asked too often`,
    {
      hint: "Try again later, or log in with docker login",
      details: { retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 },
    },
  )
}

function invalid(request: HttpRequest, problem: string): Error {
  return new GeartrainError("REGISTRY_REPLY_INVALID", `Cannot ${request.verb ?? "get"} ${request.what}: ${problem}`, {
    hint: "Tell the operators of the registry",
  })
}

/** Reads a body that must be small. @throws {GeartrainError} REGISTRY_REPLY_INVALID */
export async function readSmallBody(answer: HttpAnswer, maxBytes: number, what: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of answer.body()) {
    length += piece.length
    if (length > maxBytes) {
      throw new GeartrainError(
        "REGISTRY_REPLY_INVALID",
        `Cannot get ${what}: the answer has more than ${maxBytes} bytes`,
        {
          hint: "Tell the operators of the registry",
        },
      )
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
