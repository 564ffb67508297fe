import { once } from "node:events"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { text } from "node:stream/consumers"

/** A line to a server that can be cut, and that says things twice. */
export interface UnsteadyLine {
  readonly address: string
  /** Every connection breaks, and none comes through until it is mended. */
  cut(): void
  mend(): void
  /** What was said twice, and how it was answered both times; without what broke off. */
  readonly repeated: readonly Repeated[]
  close(): Promise<void>
}

export interface Repeated {
  /** The last word of the path. */
  readonly what: string
  readonly first: Answer
  readonly second: Answer
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface LineOptions {
  /** Where to listen. */
  readonly host: string
  /** Where the server listens on loopback now. */
  readonly port: () => number
  readonly chance: () => number
}

/** What a network may bring twice, and has to be the same as once. */
const TOLD = /\/(finish|heartbeat|release|logs\/\d+)$/

export async function openLine(options: LineOptions): Promise<UnsteadyLine> {
  const open = new Set<Socket>()
  const repeated: Repeated[] = []
  let isCut = false
  const line = createServer((asked, reply) => {
    const passed = TOLD.test(asked.url ?? "")
      ? tell(asked, reply, { ...options, repeated })
      : pass(asked, reply, options)
    // Whoever asked finds the connection broken, as on a real line.
    passed.catch(() => reply.destroy())
  })
  line.on("connection", (socket: Socket) => {
    open.add(socket)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => open.delete(socket))
    if (isCut) socket.destroy()
  })
  line.keepAliveTimeout = 60_000
  line.listen(0, options.host)
  await once(line, "listening")
  const { port: own } = line.address() as { readonly port: number }
  const cut = (): void => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    address: `http://${options.host}:${own}`,
    cut,
    mend: () => {
      isCut = false
    },
    repeated,
    close: async () => {
      cut()
      line.close()
      await once(line, "close")
    },
  }
}

/** Hands a question and its answer through, as they come. */
async function pass(asked: IncomingMessage, reply: ServerResponse, { port }: LineOptions): Promise<void> {
  const { method = "GET", url = "/", headers } = asked
  const onwards = request({ host: "127.0.0.1", port: port(), method, path: url, headers })
  reply.on("close", () => onwards.destroy())
  const answered = once(onwards, "response") as Promise<[IncomingMessage]>
  asked.on("error", () => onwards.destroy())
  asked.pipe(onwards)
  const [answer] = await answered
  reply.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.on("error", () => reply.destroy())
  answer.pipe(reply)
}

/** Says what the runner says, every third time twice: at once, one after the other, or again when nobody waits for it any more. */
async function tell(
  asked: IncomingMessage,
  reply: ServerResponse,
  { port, chance, repeated }: LineOptions & { readonly repeated: Repeated[] },
): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of asked) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const { method = "GET", url = "/", headers } = asked
  const ask = async (): Promise<Answer> => {
    const onwards = request({ host: "127.0.0.1", port: port(), method, path: url, headers })
    const answered = once(onwards, "response") as Promise<[IncomingMessage]>
    onwards.end(body)
    const [answer] = await answered
    return { status: answer.statusCode ?? 502, body: await text(answer) }
  }
  const kind = Math.floor(chance() * 9)
  const note = (first: Answer, second: Answer): void => {
    repeated.push({ what: url.match(TOLD)?.[1]?.replace(/\d+/, "n") ?? "", first, second })
  }
  const answer = async ({ status, body }: Answer): Promise<void> => {
    reply.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" })
    reply.end(body)
  }
  if (kind === 0) {
    const [first, second] = await Promise.all([ask(), ask()])
    note(first, second)
    return answer(first)
  }
  const first = await ask()
  if (kind === 1) {
    const second = await ask()
    note(first, second)
    return answer(second)
  }
  await answer(first)
  if (kind !== 2) return
  await new Promise((resolve) => setTimeout(resolve, 2000 * chance()))
  // The server may be away by now.
  const second = await ask().catch(() => undefined)
  if (second !== undefined) note(first, second)
}
