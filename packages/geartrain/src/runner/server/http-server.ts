import { type Digest, isGeartrainError } from "@geartrain/spec"
import type { AttemptName, ClaimReply } from "@geartrain/spec/server"
import { ask, askBytes, askJson, type Question } from "./ask.ts"
import type { AskOptions, AttemptServer, RemoteBlobs, RunnerServer } from "./runner-server.ts"

/** No answer takes longer to begin, and no stream stands still for longer, that is not broken. */
const TIMEOUT_MS = 30_000
/** A server that has taken a large file has still to make it durable. */
const STORE_MS = 5 * 60_000

/**
 * Speaks to a server over HTTP.
 *
 * @param address  Such as `https://gears.lab.example`; a path before `/api` is kept.
 * @param token  The runner's own.
 */
export function httpServer(address: URL, token: string): RunnerServer {
  const server = new URL(address.href.endsWith("/") ? address.href : `${address.href}/`)
  const post: Post = (path, json, options) =>
    askJson(server, { method: "POST", path, token, json, timeoutMs: TIMEOUT_MS, ...options })
  return {
    hello: (request, options) => post("/runners/hello", request, options),
    claim: async (runner, wish, options) => {
      const timeoutMs = TIMEOUT_MS + wish.waitMs
      return (await post<ClaimReply>(`/runners/${runner}/claim`, wish, { ...options, timeoutMs })).jobs
    },
    heartbeat: (runner, report, options) => post(`/runners/${runner}/heartbeat`, report, options),
    attempt: (runner, name) => attemptServer({ server, token, path: attemptPath(runner, name) }, post),
    blobs: (jobToken) => remoteBlobs(server, jobToken),
  }
}

type Post = <Reply>(
  path: string,
  json: unknown,
  options?: AskOptions & { readonly timeoutMs?: number },
) => Promise<Reply>

function attemptPath(runner: string, { job, attempt }: AttemptName): string {
  return `/runners/${runner}/jobs/${job}/${attempt}`
}

function attemptServer(
  { server, token, path }: { readonly server: URL; readonly token: string; readonly path: string },
  post: Post,
): AttemptServer {
  return {
    finish: (report, options) => post(`${path}/finish`, report, options),
    release: (reason, options) =>
      ask(
        server,
        { method: "POST", path: `${path}/release`, token, json: { reason }, timeoutMs: TIMEOUT_MS, ...options },
        drain,
      ),
    putLog: ({ n, bytes }, options) =>
      askJson(server, {
        method: "PUT",
        path: `${path}/logs/${n}`,
        token,
        body: { bytes, sizeBytes: bytes.length },
        timeoutMs: TIMEOUT_MS,
        ...options,
      }),
  }
}

function remoteBlobs(server: URL, token: string): RemoteBlobs {
  const question = (method: Question["method"], digest: Digest): Question => ({
    method,
    path: `/blobs/${digest}`,
    token,
    timeoutMs: TIMEOUT_MS,
  })
  return {
    has: async (digest, options) => {
      try {
        await ask(server, { ...question("HEAD", digest), ...options }, drain)
        return true
      } catch (error) {
        // A HEAD has no body that could say more than its status.
        if (isGeartrainError(error) && error.details["status"] === 404) return false
        throw error
      }
    },
    put: async (blob, options) => {
      const body = { bytes: blob.read(), sizeBytes: blob.sizeBytes }
      await ask(server, { ...question("PUT", blob.digest), timeoutMs: STORE_MS, body, ...options }, drain)
    },
    get: (digest, { offset, signal }) =>
      offset === 0
        ? askBytes(server, { ...question("GET", digest), signal }, 200)
        : askBytes(server, { ...question("GET", digest), signal, headers: { range: `bytes=${offset}-` } }, 206),
  }
}

/** An answer that nobody reads keeps its connection. */
async function drain(response: Response): Promise<void> {
  await response.arrayBuffer()
}
