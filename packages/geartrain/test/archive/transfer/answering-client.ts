import { type GearClient, openClient } from "@geartrain/sdk/client"
import { CATALOGUE, type ErrorCode } from "@geartrain/spec"

/** A request as a server sees it. */
export interface Asked {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Headers
  readonly body: Buffer
}

export interface AnsweringClient {
  readonly client: GearClient
  /** All that was asked so far. */
  readonly asked: readonly Asked[]
}

/** The client that commands have, with what answers it in the place of a line to a server. Nothing is tried twice by itself. */
export function answeringClient(answer: (asked: Asked) => Response | Promise<Response>): AnsweringClient {
  const asked: Asked[] = []
  const fetch = async (input: Parameters<typeof globalThis.fetch>[0]): Promise<Response> => {
    const request = new Request(input)
    const url = new URL(request.url)
    const one: Asked = {
      method: request.method,
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: Buffer.from(await request.arrayBuffer()),
    }
    asked.push(one)
    return await answer(one)
  }
  return { client: openClient({ url: "http://127.0.0.1:1", fetch, patienceMs: 0 }), asked }
}

/** An error as the server tells it. */
export function refusal(code: ErrorCode): Response {
  return Response.json({ code, detail: `refused: ${code}` }, { status: CATALOGUE[code].http })
}
