import { Readable } from "node:stream"
import type { FastifyReply, FastifyRequest } from "./api-app.ts"

/** One message of a stream of events. */
export interface StreamMessage {
  /** What a client sends as `Last-Event-ID` to go on after it. */
  readonly id: string
  /** Its kind, as `addEventListener` takes it; absent: `message`. */
  readonly event?: string
  readonly data: unknown
}

/** Proxies and clients take a line that says nothing for so long to be dead. */
const KEEP_ALIVE_MS = 15_000

/**
 * Answers with a stream of events that ends when the source does, or when nobody listens any more, or the application closes. A client that reads slowly slows the source
 * down, and fills no memory.
 *
 * @param source  Given a signal that is aborted when nobody listens.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<StreamMessage>,
): FastifyReply {
  const gone = new AbortController()
  request.raw.once("close", () => gone.abort())
  const signal = AbortSignal.any([gone.signal, request.server.closing])
  const stream = Readable.from(withKeepAlive(source(signal), signal), { objectMode: false })
  stream.once("close", () => gone.abort())
  return (
    reply
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      // A server that closes does not wait for another request on it.
      .header("connection", "close")
      .send(stream)
  )
}

/**
 * The id of the last message that a client has seen: by its header when it connects again, else by the query.
 *
 * @returns 0 when it has seen none.
 */
export function lastSeen(header: string | string[] | undefined, query: number | undefined): number {
  const text = Array.isArray(header) ? header[0] : header
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : (query ?? 0)
}

async function* withKeepAlive(source: AsyncIterable<StreamMessage>, signal: AbortSignal): AsyncGenerator<string> {
  const messages = source[Symbol.asyncIterator]()
  let next = messages.next()
  // Says that the connection stands before anything happens.
  yield ": welcome\n\n"
  try {
    while (!signal.aborted) {
      const message = await withinTime(next)
      if (message === undefined) {
        yield ": nothing new\n\n"
        continue
      }
      if (message.done === true) return
      yield messageText(message.value)
      next = messages.next()
    }
  } finally {
    // One that waits ends with its signal; what it then says is nobody's.
    next.catch(() => undefined)
    await messages.return?.()
  }
}

/** Undefined when it took longer. */
async function withinTime<Value>(value: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), KEEP_ALIVE_MS)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A message as it goes over the line. JSON has no line feed in it, so that one line is enough.
 *
 * @example
 *   messageText({ id: "7", event: "log", data: { text: "a\n" } }) // => "id: 7\nevent: log\ndata: {\"text\":\"a\\n\"}\n\n"
 */
export function messageText({ id, event, data }: StreamMessage): string {
  const kind = event === undefined ? "" : `event: ${event}\n`
  return `id: ${id}\n${kind}data: ${JSON.stringify(data)}\n\n`
}
