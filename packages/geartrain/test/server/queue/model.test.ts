import assert from "node:assert/strict"
import type { JobState } from "@geartrain/spec"
import fc from "fast-check"
import { expireLeases } from "../../../src/server/queue/attempts/expire-leases.ts"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { cancelJob } from "../../../src/server/queue/jobs/cancel-job.ts"
import { heartbeat } from "../../../src/server/queue/runners/heartbeat.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { complete, held, type QueueBench, queueBench, runnerCaller } from "./queue-bench.ts"

/** What a job is, as simply as it can be told. */
interface ModelJob {
  readonly id: string
  state: JobState
  attempt: number
  leaseUntilMs: number
  isCancelled: boolean
  readonly attempts: { readonly runner: string; readonly attempt: number }[]
}

type Step =
  | { readonly kind: "submit"; readonly user: number }
  | { readonly kind: "claim"; readonly runner: number }
  | { readonly kind: "cancel" | "beat" | "finish"; readonly pick: number; readonly stale: boolean }
  | { readonly kind: "wait"; readonly leases: number }

const PICK = fc.nat({ max: 1000 })
const ofJob = (kind: "cancel" | "beat" | "finish") =>
  fc.record({ kind: fc.constant(kind), pick: PICK, stale: fc.boolean() })

const STEPS: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("submit" as const), user: fc.nat({ max: 2 }) }),
    fc.record({ kind: fc.constant("claim" as const), runner: fc.nat({ max: 1 }) }),
    ofJob("cancel"),
    ofJob("beat"),
    ofJob("finish"),
    fc.record({ kind: fc.constant("wait" as const), leases: fc.constantFrom(0.4, 1.1) }),
  ),
  { minLength: 10, maxLength: 30 },
)

onDatabases((bench) => {
  bench.test("whatever happens in whatever order, jobs are what a simple model says", async (context) => {
    const queue = await queueBench(await bench.open(context))
    const runners = [await queue.runner("one"), await queue.runner("two")]
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        const jobs: ModelJob[] = []
        for (const step of steps) await take(queue, { jobs, runners }, step)
        await agree(queue, jobs)
        // The next one begins with an empty queue.
        for (const { id, state } of jobs) if (state === "pending") await cancelJob(queue.ports, person("admin"), id)
        queue.clock.nowMs += 10 * queue.ports.queueSettings.leaseMs
        for (let n = 0; n < 3; n++) await endAll(queue, runners)
      }),
      { numRuns: bench.kind === "sqlite" ? 40 : 12 },
    )
  })
})

async function take(
  queue: QueueBench,
  model: { readonly jobs: ModelJob[]; readonly runners: readonly string[] },
  step: Step,
): Promise<void> {
  const { ports, clock } = queue
  const { leaseMs } = ports.queueSettings
  const { jobs } = model
  if (step.kind === "submit") {
    const id = await queue.submit(`user${step.user}`)
    clock.nowMs++
    jobs.push({ id, state: "pending", attempt: 1, leaseUntilMs: 0, isCancelled: false, attempts: [] })
    return
  }
  if (step.kind === "claim") {
    const runner = model.runners[step.runner] ?? ""
    const [claimed] = await queue.claim(runner)
    const waiting = jobs.filter(({ state }) => state === "pending")
    assert.equal(claimed === undefined, waiting.length === 0, "a job is claimed exactly when one waits")
    const job = waiting.find(({ id }) => id === claimed?.job)
    if (claimed === undefined) return
    assert.ok(job, "what is claimed was waiting")
    assert.equal(claimed.attempt, job.attempt)
    job.state = "running"
    job.leaseUntilMs = clock.nowMs + leaseMs
    job.attempts.push({ runner, attempt: job.attempt })
    return
  }
  if (step.kind === "wait") {
    clock.nowMs += Math.round(step.leases * leaseMs)
    await expireLeases(ports)
    for (const job of jobs) {
      if (job.state !== "running" || job.leaseUntilMs >= clock.nowMs) continue
      job.state = job.isCancelled ? "cancelled" : job.attempt >= 3 ? "failed" : "pending"
      if (job.state === "pending") job.attempt++
    }
    return
  }
  const job = jobs[step.pick % Math.max(1, jobs.length)]
  if (job === undefined) return
  if (step.kind === "cancel") {
    const isDone = job.state === "complete" || job.state === "failed"
    const cancelled = await cancelJob(ports, person("user0"), job.id).then(
      () => true,
      () => false,
    )
    assert.equal(cancelled, !isDone)
    if (job.state === "pending") job.state = "cancelled"
    if (!isDone) job.isCancelled = true
    return
  }
  const attempt = step.stale ? job.attempts[0] : job.attempts.at(-1)
  if (attempt === undefined) return
  const isPresent = job.state === "running" && attempt.attempt === job.attempt
  const at = { job: job.id, attempt: attempt.attempt }
  if (step.kind === "beat") {
    const beat = { runner: attempt.runner, free: 0, draining: false, jobs: [{ ...at, phase: "executing" as const }] }
    const reply = await heartbeat(ports, runnerCaller, beat)
    assert.equal(reply.jobs[0]?.verdict, isPresent ? (job.isCancelled ? "cancel" : "go on") : "stale")
    if (isPresent) job.leaseUntilMs = clock.nowMs + leaseMs
    return
  }
  const finished = await finishAttempt(ports, runnerCaller, {
    held: held(attempt.runner, at),
    finish: complete(),
  }).catch(() => undefined)
  if (isPresent) {
    job.state = job.isCancelled ? "cancelled" : "complete"
    assert.equal(finished?.state, job.state)
  } else if (finished !== undefined) {
    assert.ok(["complete", "cancelled"].includes(job.state), "only what was finished is answered again")
  }
}

/** All rows are what the model says; counts of lanes are counts of jobs; what is complete was saved once, and nothing else was. */
async function agree(queue: QueueBench, jobs: readonly ModelJob[]): Promise<void> {
  const { read } = queue.ports.database
  for (const job of jobs) {
    const row = await read.selectFrom("jobs").selectAll().where("id", "=", job.id).executeTakeFirstOrThrow()
    assert.deepEqual([row.state, row.attempt], [job.state, job.attempt])
    const saved = queue.saved.filter((results) => results.job === job.id)
    assert.equal(saved.length, job.state === "complete" ? 1 : 0)
  }
  for (const lane of await read.selectFrom("lanes").selectAll().execute()) {
    const rows = await read.selectFrom("jobs").selectAll().where("lane", "=", lane.id).execute()
    const pending = rows.filter(({ state }) => state === "pending")
    assert.equal(lane.pending, pending.length)
    assert.equal(lane.running, rows.filter(({ state }) => state === "running").length)
    const head = pending.toSorted((a, b) => b.priority - a.priority || a.queued_ms - b.queued_ms)[0]
    assert.deepEqual([lane.head_priority, lane.head_queued_ms], [head?.priority ?? null, head?.queued_ms ?? null])
  }
}

async function endAll(queue: QueueBench, runners: readonly string[]): Promise<void> {
  await expireLeases(queue.ports)
  for (const job of await queue.claim(runners[0] ?? "", 100)) {
    const at = held(runners[0] ?? "", job)
    await finishAttempt(queue.ports, runnerCaller, { held: at, finish: complete() })
  }
}
