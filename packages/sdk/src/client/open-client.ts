import { GeartrainError } from "@geartrain/spec"
import createClient, { type Client } from "openapi-fetch"
import { errorOfReply } from "./api-problem.ts"
import type { paths } from "./api-types.ts"
import { patientFetch } from "./patient-fetch.ts"

export interface ClientSettings {
  /** Of the server, such as `https://gears.lab.example`. */
  readonly url: string
  /** An API key, or the token of a job. Absent: only what anybody may ask. */
  readonly token?: string
  /** What requests are made with. Default: the platform's own. */
  readonly fetch?: typeof globalThis.fetch
  /** So long a request is tried again while the server is away or busy. Default 30 s; 0 for once. */
  readonly patienceMs?: number
}

/** Asks a server: every route, with the types that the server's own description gives it. */
export interface GearClient {
  /** `api.GET("/api/v1/projects/{id}", {params: {path: {id}}})` and its like: see `docs/reference/openapi.json`. */
  readonly api: Client<paths>
  readonly url: string
  /** For what is no JSON: bytes and streams. Answers only when the server took the request. */
  send(path: string, init?: RequestInit & { readonly duplex?: "half" }): Promise<Response>
}

/**
 * Opens a client. Nothing is sent before the first request.
 *
 * Every answer that is an error is thrown as the error that the server had, under its own code.
 *
 * @throws {GeartrainError} SERVER_ADDRESS_INVALID. Requests: SERVER_UNREACHABLE, SERVER_REPLY_UNREADABLE, and every code of the server's.
 */
export function openClient(settings: ClientSettings): GearClient {
  const url = addressOf(settings.url)
  const authorization = settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` }
  const ask = patientFetch(settings.fetch ?? globalThis.fetch, settings.patienceMs ?? 30_000)
  const api = createClient<paths>({ baseUrl: url, headers: authorization, fetch: (request) => ask(request) })
  api.use({
    onResponse: async ({ response }) => {
      if (!response.ok) throw errorOfReply(response.status, await bodyOf(response))
    },
  })
  return {
    api,
    url,
    send: async (path, init = {}) => {
      const headers = new Headers(init.headers)
      for (const [name, value] of Object.entries(authorization)) headers.set(name, value)
      const response = await ask(new Request(`${url}${path}`, { ...init, headers }))
      if (!response.ok) throw errorOfReply(response.status, await bodyOf(response))
      return response
    },
  }
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "") {
    return url.href.replace(/\/+$/, "")
  }
  throw new GeartrainError("SERVER_ADDRESS_INVALID", `Cannot use "${text}" as the address of a server`, {
    hint: "Write it as https://gears.lab.example, or http://127.0.0.1:8080 on this machine",
  })
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => "")
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON is no answer of ours: `errorOfReply` says so.
    return undefined
  }
}
