import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { HeartbeatReply, HeartbeatRequest } from "@geartrain/spec/server"
import { monotonicMs } from "../../system/clock.ts"
import { RunningAttempt } from "../attempt/running-attempt.ts"
import { LeaseBook } from "../lease/lease-book.ts"
import type { RunnerServer } from "../server/runner-server.ts"
import { type HeartbeatPorts, keepHeartbeats } from "./heartbeats.ts"

const LEASE_MS = 3_600_000

interface Given {
  readonly jobs?: readonly string[]
  /** Answers to heartbeats, one after the other; the last stays. */
  readonly answers: readonly (HeartbeatReply | Error)[]
  /** Leases that have run out before anything is said. */
  readonly lost?: readonly string[]
}

/** Keeps heartbeats until as many were answered, or what is waited for has come. */
async function keep(
  t: TestContext,
  { jobs = [], answers, lost = [] }: Given,
  until: (seen: Seen) => boolean,
): Promise<Seen> {
  const stop = new AbortController()
  const attempts = new Map<string, RunningAttempt>()
  const leases = new LeaseBook()
  for (const job of jobs) {
    const running = new RunningAttempt({ job, attempt: 1 })
    running.phase = "executing"
    attempts.set(running.key, running)
    leases.renew(
      running.key,
      lost.includes(job) ? 1 : LEASE_MS,
      lost.includes(job) ? monotonicMs() - 1000 : monotonicMs(),
    )
  }
  const seen: Seen = { asked: [], told: [], drains: [], refused: [], attempts, leases }
  const heartbeat = async (_: string, request: HeartbeatRequest): Promise<HeartbeatReply> => {
    seen.asked.push(request)
    const answer = answers[Math.min(seen.asked.length, answers.length) - 1]
    if (answer === undefined || answer instanceof Error) throw answer
    return answer
  }
  const ports: HeartbeatPorts = {
    server: { heartbeat } as unknown as RunnerServer,
    attempts,
    leases,
    runner: () => ({ id: "r", heartbeatMs: 20, free: 2, draining: false }),
    tell: (line) => void seen.told.push(line),
    onDrain: (drain) => void seen.drains.push(drain),
    onRefused: (error) => void seen.refused.push(error),
  }
  const kept = keepHeartbeats(ports, stop.signal)
  while (!until(seen) && !t.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1))
  stop.abort()
  await kept
  return seen
}

interface Seen {
  readonly asked: HeartbeatRequest[]
  readonly told: string[]
  readonly drains: boolean[]
  readonly refused: unknown[]
  readonly attempts: ReadonlyMap<string, RunningAttempt>
  readonly leases: LeaseBook
}

function reply(jobs: HeartbeatReply["jobs"] = [], drain = false): HeartbeatReply {
  return { jobs, drain, leaseMs: LEASE_MS }
}

test("all that still runs is told with its phase, and what the runner offers, again and again", async (t) => {
  const { asked } = await keep(t, { jobs: ["a", "b"], answers: [reply()] }, ({ asked }) => asked.length >= 3)
  assert.deepEqual(asked[0], {
    jobs: [
      { job: "a", attempt: 1, phase: "executing" },
      { job: "b", attempt: 1, phase: "executing" },
    ],
    free: 2,
    draining: false,
  })
})

test("each verdict does its own to its own job, and one about another's does nothing", async (t) => {
  const jobs = [
    { job: "a", attempt: 1, verdict: "cancel" },
    { job: "b", attempt: 1, verdict: "stale" },
    { job: "c", attempt: 1, verdict: "go on" },
    { job: "c", attempt: 2, verdict: "stale" },
    { job: "none", attempt: 1, verdict: "stale" },
  ] as const
  const { attempts, drains } = await keep(
    t,
    { jobs: ["a", "b", "c"], answers: [reply(jobs, true)] },
    ({ drains }) => drains.length > 0,
  )
  const endings = [...attempts.values()].map(({ ending, killed }) => [ending, killed.aborted])
  assert.deepEqual(endings, [
    ["cancel", false],
    ["stale", true],
    [undefined, false],
  ])
  assert.equal(drains[0], true)
})

test("a lease that was not renewed in time ends its gear before anything is asked, but no result that is being told", async (t) => {
  const answers = [new GeartrainError("SERVER_UNREACHABLE", "away")]
  const { attempts, told } = await keep(t, { jobs: ["a", "b"], answers, lost: ["a"] }, ({ asked }) => asked.length > 0)
  assert.deepEqual(
    [...attempts.values()].map(({ ending }) => ending),
    ["stale", undefined],
  )
  assert.equal(told[0], "killing job a: its lease could not be renewed")
  assert.equal(told.filter((line) => line.startsWith("killing")).length, 1)
})

test("a job whose result is being told is not killed for its lease", async () => {
  const running = new RunningAttempt({ job: "a", attempt: 1 })
  running.phase = "collecting"
  const leases = new LeaseBook()
  leases.renew(running.key, 1, monotonicMs() - 1000)
  const stop = new AbortController()
  let asked = 0
  await keepHeartbeats(
    {
      server: {
        heartbeat: async () => {
          asked += 1
          stop.abort()
          return reply()
        },
      } as unknown as RunnerServer,
      attempts: new Map([[running.key, running]]),
      leases,
      runner: () => ({ id: "r", heartbeatMs: 20, free: 0, draining: false }),
      tell: (line) => assert.fail(line),
      onDrain: () => undefined,
      onRefused: (error) => assert.fail(String(error)),
    },
    stop.signal,
  )
  assert.deepEqual([asked, running.ending], [1, undefined])
})

test("an answer renews the lease of what goes on, from when it was asked for, and of nothing that is stale", async (t) => {
  const verdicts = [
    { job: "a", attempt: 1, verdict: "go on" },
    { job: "b", attempt: 1, verdict: "stale" },
  ] as const
  const { leases } = await keep(t, { jobs: ["a", "b"], answers: [reply(verdicts)] }, ({ drains }) => drains.length > 0)
  const soon = monotonicMs() + LEASE_MS
  assert.ok(leases.isHeld("a-1", soon - LEASE_MS / 5))
  assert.ok(!leases.isHeld("a-1", soon))
})

test("a server that is away is asked again, and one that does not know the runner is told of", async (t) => {
  const away = await keep(
    t,
    { answers: [new GeartrainError("SERVER_UNREACHABLE", "away"), reply()] },
    ({ drains }) => drains.length > 0,
  )
  assert.deepEqual([away.told, away.refused.length], [["heartbeat failed: away"], 0])
  const refusal = new GeartrainError("NOT_AUTHENTICATED", "who are you?")
  const refused = await keep(t, { answers: [refusal] }, (seen) => seen.refused.length + seen.told.length > 0)
  assert.deepEqual([refused.refused[0], refused.told], [refusal, []])
})
