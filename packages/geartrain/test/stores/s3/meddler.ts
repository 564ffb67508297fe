import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { bodyOf } from "../../publishing/catalogue/small-registry.ts"

/** What stands between a store and its service does to what passes. */
export interface Meddling {
  /** Answers in the place of the service, and says so by true. */
  readonly answer?: (asked: IncomingMessage, response: ServerResponse) => boolean
  /** Changes bytes on their way to the service. */
  readonly upward?: (asked: IncomingMessage, bytes: Buffer) => Buffer
  /** Hands the service's reply on in its own way, and says so by true. */
  readonly downward?: (asked: IncomingMessage, reply: IncomingMessage, response: ServerResponse) => boolean
}

export interface Meddler {
  readonly endpoint: string
  /** Requests so far, as `METHOD /path?query`. */
  readonly asked: readonly string[]
  meddle: Meddling
  stop(): Promise<void>
}

/** Starts a proxy on loopback that hands everything on, until it is told otherwise. The signature covers the name of the host, which stays. */
export async function startMeddler(target: string): Promise<Meddler> {
  const asked: string[] = []
  const state: { meddle: Meddling } = { meddle: {} }
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    void pass(incoming, response).catch(() => response.destroy())
  })
  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { answer, upward, downward } = state.meddle
    const sent = await bodyOf(incoming)
    if (answer?.(incoming, response)) return
    const reply = await ask(target, incoming, upward?.(incoming, sent) ?? sent)
    if (downward?.(incoming, reply, response)) return
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.on("error", () => response.destroy()).pipe(response)
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  server.unref()
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get meddle() {
      return state.meddle
    },
    set meddle(meddle) {
      state.meddle = meddle
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function ask(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // That the body may come has been said to the store already.
    const { expect: _expect, ...kept } = headers
    const options = { method: method ?? "GET", headers: { ...kept, connection: "close" } }
    request(new URL(url ?? "/", target), options, resolve)
      .on("error", reject)
      .end(body)
  })
}
