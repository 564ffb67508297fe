import { CATALOGUE, type ErrorCode, GeartrainError, isGeartrainError, type JsonValue } from "@geartrain/spec"

/** A question to a server. */
export interface Question {
  readonly method: "GET" | "HEAD" | "POST" | "PUT"
  /** Below the server's address, such as `/runners/hello`. */
  readonly path: string
  readonly token: string
  readonly json?: unknown
  readonly body?: { readonly bytes: Uint8Array | AsyncIterable<Uint8Array>; readonly sizeBytes: number }
  readonly headers?: Readonly<Record<string, string>>
  /** Given up when nothing moves for so long. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** An answer is read up to here: no answer of ours is longer, and a foreign server may say anything. */
const MOST_REPLY_BYTES = 64 * 1024 * 1024

/**
 * Asks, and hands the reply over when its status is a good one.
 *
 * @throws {GeartrainError} SERVER_UNREACHABLE, also when the reply breaks off; SERVER_REPLY_UNREADABLE; what the server refuses with.
 */
export async function ask<Result>(
  server: URL,
  question: Question,
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  const asking = new Asking(server, question)
  try {
    return await read(await asking.begin())
  } catch (error) {
    throw asking.explain(error)
  } finally {
    asking.end()
  }
}

/**
 * Asks for bytes. They may take any time, as long as they move; whoever reads them may be slow, too.
 *
 * @throws {GeartrainError} what `ask` throws; the bytes that came before are right.
 */
export async function* askBytes(server: URL, question: Question, status: number): AsyncGenerator<Uint8Array> {
  const asking = new Asking(server, question)
  try {
    const response = await asking.begin()
    if (response.status !== status) throw unreadable(response, `it has status ${response.status} and not ${status}`)
    for await (const chunk of response.body ?? []) {
      asking.end()
      yield chunk
      asking.restart()
    }
  } catch (error) {
    throw asking.explain(error)
  } finally {
    asking.end()
  }
}

/** Asks, and reads the JSON that comes. */
export function askJson<Reply>(server: URL, question: Question): Promise<Reply> {
  return ask(server, question, async (response) => {
    const text = await readText(response)
    try {
      return JSON.parse(text) as Reply
    } catch (error) {
      throw unreadable(response, "it is not JSON", error)
    }
  })
}

/** A question on its way: given up when nothing has moved for too long. */
class Asking {
  readonly #url: URL
  readonly #question: Question
  readonly #ranOut = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(server: URL, question: Question) {
    this.#url = new URL(`api/v1${question.path}`, server)
    this.#question = question
  }

  /** @returns a reply with a good status. */
  async begin(): Promise<Response> {
    const { signal: wish } = this.#question
    const signal = wish === undefined ? this.#ranOut.signal : AbortSignal.any([wish, this.#ranOut.signal])
    this.restart()
    const request = requestOf(this.#question, () => this.restart())
    const response = await fetch(this.#url, { ...request, signal, redirect: "error" })
    if (!response.ok) throw await refusal(this.#url, this.#question, response)
    this.restart()
    return response
  }

  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ranOut.abort(), this.#question.timeoutMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  explain(error: unknown): unknown {
    const { signal, timeoutMs } = this.#question
    if (signal?.aborted === true) return signal.reason
    if (isGeartrainError(error)) return error
    const because = this.#ranOut.signal.aborted ? `nothing came for ${timeoutMs / 1000} s` : why(error)
    return unreachable(this.#url, because, { cause: error })
  }
}

async function* watched(bytes: AsyncIterable<Uint8Array>, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onPiece()
    yield piece
  }
}

function requestOf(question: Question, onPiece: () => void): RequestInit {
  const headers: Record<string, string> = { authorization: `Bearer ${question.token}`, ...question.headers }
  if (question.json !== undefined) {
    headers["content-type"] = "application/json"
    return { method: question.method, headers, body: JSON.stringify(question.json) }
  }
  if (question.body === undefined) return { method: question.method, headers }
  const { bytes, sizeBytes } = question.body
  headers["content-type"] = "application/octet-stream"
  headers["content-length"] = String(sizeBytes)
  if (bytes instanceof Uint8Array) return { method: question.method, headers, body: bytes as Uint8Array<ArrayBuffer> }
  return { method: question.method, headers, body: watched(bytes, onPiece), duplex: "half" }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MOST_REPLY_BYTES) throw unreadable(response, `it has more than ${MOST_REPLY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

interface ServerProblem {
  readonly code?: unknown
  readonly detail?: unknown
  readonly hint?: unknown
  readonly details?: unknown
}

/** The server's own words, where it is one of ours; otherwise what its status says. */
async function refusal(url: URL, question: Question, response: Response): Promise<GeartrainError> {
  const problem = await readProblem(response)
  const retryAfterMs = Number(response.headers.get("retry-after") ?? Number.NaN) * 1000
  const wait = Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}
  if (typeof problem?.code === "string" && Object.hasOwn(CATALOGUE, problem.code)) {
    const details = typeof problem.details === "object" ? (problem.details as Record<string, JsonValue>) : {}
    return new GeartrainError(problem.code as ErrorCode, String(problem.detail ?? problem.code), {
      details: { ...details, ...wait },
      ...(typeof problem.hint === "string" ? { hint: problem.hint } : {}),
    })
  }
  const { status } = response
  if (status === 429 || status >= 500) return unreachable(url, `it answered with status ${status}`, wait)
  return new GeartrainError(
    "SERVER_REPLY_UNREADABLE",
    `Cannot ${question.method} "${url.href}": the answer has status ${status}, and does not say why`,
    { details: { url: url.href, status }, hint: "Check that this is the address of a Geartrain server" },
  )
}

async function readProblem(response: Response): Promise<ServerProblem | undefined> {
  try {
    const value: unknown = JSON.parse(await readText(response))
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    // Some proxy's page: the status has to do.
    return undefined
  }
}

function unreachable(
  url: URL,
  because: string,
  more: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
): GeartrainError {
  const { cause, ...details } = more
  return new GeartrainError("SERVER_UNREACHABLE", `Cannot ask server "${url.origin}": ${because}`, {
    details: { server: url.origin, ...details },
    hint: `See whether it answers: curl ${url.origin}/api/v1/health`,
    cause,
  })
}

function unreadable(response: Response, because: string, cause?: unknown): GeartrainError {
  return new GeartrainError("SERVER_REPLY_UNREADABLE", `Cannot read the answer of "${response.url}": ${because}`, {
    details: { url: response.url },
    hint: "Check that this is the address of a Geartrain server",
    cause,
  })
}

/** fetch says "fetch failed", and why in the cause of it. */
function why(error: unknown): string {
  const cause = (error as { readonly cause?: unknown }).cause ?? error
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  return code ?? message ?? "unknown"
}
