import { createHash } from "node:crypto"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { AttemptName, ClaimedJob, FinishRequest } from "@geartrain/spec/server"
import type { RunnerServer } from "../../../src/runner/server/runner-server.ts"

const LEASE_MS = 3000

/** A server that does what a test says, so that a runner can be looked at alone. */
export interface FakeServer extends RunnerServer {
  readonly queue: ClaimedJob[]
  readonly blobs: RunnerServer["blobs"]
  readonly bytes: Map<Digest, Buffer>
  readonly finished: Map<string, FinishRequest>
  readonly released: Map<string, string>
  /** Bytes of the log by attempt, part by part. */
  readonly logs: Map<string, Buffer[]>
  /** Most jobs that it was told of at once. */
  mostAtOnce: number
  /** What heartbeats are answered for an attempt; default `go on`. */
  readonly verdicts: Map<string, "cancel" | "stale">
  /** Says why a result is not taken. */
  refuses: (report: FinishRequest) => GeartrainError | undefined
  /** No answer to any question comes through. */
  cut: boolean
  put(bytes: Uint8Array): Digest
  /** Resolves when the attempts are over, one way or the other. */
  over(...names: readonly AttemptName[]): Promise<void>
}

export function fakeServer(options: { readonly leaseMs?: number } = {}): FakeServer {
  const leaseMs = options.leaseMs ?? LEASE_MS
  const bytes = new Map<Digest, Buffer>()
  const queue: ClaimedJob[] = []
  const answer = async <Value>(give: () => Value): Promise<Value> => {
    if (server.cut) throw new GeartrainError("SERVER_UNREACHABLE", "Cannot ask the server: the line is cut")
    return give()
  }
  const server: FakeServer = {
    ...{ queue, bytes, cut: false, mostAtOnce: 0, refuses: () => undefined },
    ...{ finished: new Map(), released: new Map(), logs: new Map(), verdicts: new Map() },
    put: (content) => {
      const digest: Digest = `sha256:${createHash("sha256").update(content).digest("hex")}`
      bytes.set(digest, Buffer.from(content))
      return digest
    },
    over: async (...names) => {
      while (!names.every((name) => server.finished.has(keyOf(name)) || server.released.has(keyOf(name)))) await tick()
    },
    hello: () => answer(() => ({ runner: "r".repeat(24), heartbeatMs: leaseMs / 3, leaseMs, serverTimeMs: 0 })),
    claim: async (_runner, { free, waitMs }, { signal } = {}) => {
      for (let waitedMs = 0; queue.length === 0 && waitedMs < waitMs; waitedMs += 10) {
        signal?.throwIfAborted()
        await tick()
      }
      return answer(() => queue.splice(0, free).map((job) => ({ ...job, leaseMs })))
    },
    heartbeat: (_runner, { jobs }) =>
      answer(() => {
        server.mostAtOnce = Math.max(server.mostAtOnce, jobs.length)
        const verdict = (name: AttemptName) => server.verdicts.get(keyOf(name)) ?? ("go on" as const)
        return { jobs: jobs.map((name) => ({ ...name, verdict: verdict(name) })), drain: false, leaseMs }
      }),
    attempt: (_runner, name) => ({
      finish: (report) =>
        answer(() => {
          const refusal = server.refuses(report)
          if (refusal !== undefined) throw refusal
          server.finished.set(keyOf(name), report)
          return { ...name, state: report.state }
        }),
      release: (reason) => answer(() => void server.released.set(keyOf(name), reason)),
      putLog: ({ n, bytes: part }) =>
        answer(() => {
          const parts = server.logs.get(keyOf(name)) ?? []
          parts[n] ??= Buffer.from(part)
          server.logs.set(keyOf(name), parts)
          return { cancel: false }
        }),
    }),
    blobs: () => ({
      has: (digest) => answer(() => bytes.has(digest)),
      put: async (blob) => {
        const pieces: Uint8Array[] = []
        for await (const piece of blob.read()) pieces.push(piece)
        await answer(() => bytes.set(blob.digest, Buffer.concat(pieces)))
      },
      get: async function* (digest, { offset }) {
        const content = await answer(() => bytes.get(digest))
        if (content === undefined) throw new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob "${digest}"`)
        yield content.subarray(offset)
      },
    }),
  }
  return server
}

export function keyOf({ job, attempt }: AttemptName): string {
  return `${job}-${attempt}`
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
