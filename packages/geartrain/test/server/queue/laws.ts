import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { expireLeases, makeExpiry } from "../../../src/server/queue/attempts/expire-leases.ts"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { releaseAttempt } from "../../../src/server/queue/attempts/release-attempt.ts"
import { cancelJob } from "../../../src/server/queue/jobs/cancel-job.ts"
import { readJob } from "../../../src/server/queue/jobs/read-job.ts"
import { appendChunk } from "../../../src/server/queue/logs/append-chunk.ts"
import { readLog } from "../../../src/server/queue/logs/read-log.ts"
import { drainRunner } from "../../../src/server/queue/runners/drain-runner.ts"
import { heartbeat } from "../../../src/server/queue/runners/heartbeat.ts"
import { setLimit } from "../../../src/server/queue/settings/set-limit.ts"
import { person } from "../open-access.ts"
import { ADMIN, complete, held, PROJECT, type QueueBench, runnerCaller } from "./queue-bench.ts"

/** A promise of the queue. */
export interface QueueLaw {
  readonly id: string
  readonly says: string
  readonly check: (queue: QueueBench) => Promise<void>
}

const isCode = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

async function start(queue: QueueBench, name = "one") {
  const runner = await queue.runner(name)
  const [job] = await queue.claim(runner)
  assert.ok(job, "there is a job to claim")
  return { runner, job, at: held(runner, job) }
}

const stateOf = async (queue: QueueBench, id: string) => (await readJob(queue.ports, ADMIN, id)).state

/** What holds on every database, whatever breaks. */
export const QUEUE_LAWS: readonly QueueLaw[] = [
  {
    id: "end/once",
    says: "a finish that comes twice is answered the same, and saves once; another one is refused",
    check: async (queue) => {
      await queue.submit("ada")
      const { at } = await start(queue)
      const finish = complete([{ name: "a.txt", digest: await queue.bytes("a"), sizeBytes: 1 }])
      const first = await finishAttempt(queue.ports, runnerCaller, { held: at, finish })
      assert.deepEqual(await finishAttempt(queue.ports, runnerCaller, { held: at, finish }), first)
      assert.equal(queue.saved.length, 1)
      await assert.rejects(
        finishAttempt(queue.ports, runnerCaller, { held: at, finish: complete() }),
        isCode("ATTEMPT_ENDED"),
      )
      await assert.rejects(
        releaseAttempt(queue.ports, runnerCaller, { ...at, reason: "late" }),
        isCode("ATTEMPT_STALE"),
      )
    },
  },
  {
    id: "end/bytes-first",
    says: "a finish that names bytes which are not stored, or log that did not arrive, changes nothing",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      const digest = `sha256:${"0".repeat(64)}` as const
      const without = complete([{ name: "a.txt", digest, sizeBytes: 1 }])
      await assert.rejects(
        finishAttempt(queue.ports, runnerCaller, { held: at, finish: without }),
        isCode("OUTPUT_BYTES_MISSING"),
      )
      const more = { ...complete(), logChunks: 1 }
      await assert.rejects(
        finishAttempt(queue.ports, runnerCaller, { held: at, finish: more }),
        isCode("LOG_CHUNKS_MISSING"),
      )
      assert.equal(await stateOf(queue, id), "running")
    },
  },
  {
    id: "end/place-gone",
    says: "a job whose destination is gone has failed, and keeps what it put out",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      queue.archive.places.clear()
      const finish = complete([{ name: "a.txt", digest: await queue.bytes("a"), sizeBytes: 1 }])
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: at, finish })).state, "failed")
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: at, finish })).state, "failed")
      const facts = await readJob(queue.ports, ADMIN, id)
      assert.equal(facts.reason, "DESTINATION_GONE")
      assert.equal(facts.outputs[0]?.name, "a.txt")
      assert.equal(queue.saved.length, 0)
    },
  },
  {
    id: "lease/lost",
    says: "what a runner that was not heard of had is tried elsewhere, and what it says later is refused",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      queue.clock.nowMs += queue.ports.queueSettings.leaseMs + 1
      assert.equal(await expireLeases(queue.ports), 1)
      assert.equal(await expireLeases(queue.ports), 0)
      const second = await start(queue, "two")
      assert.equal(second.job.job, id)
      assert.equal(second.job.attempt, 2)
      await assert.rejects(
        finishAttempt(queue.ports, runnerCaller, { held: at, finish: complete() }),
        isCode("ATTEMPT_STALE"),
      )
      const log = { ...at, n: 0, bytes: Buffer.from("late") }
      await assert.rejects(appendChunk(queue.ports, runnerCaller, log), isCode("ATTEMPT_STALE"))
      const beat = { runner: at.runner, free: 0, draining: false }
      const { jobs } = await heartbeat(queue.ports, runnerCaller, { ...beat, jobs: [{ ...at, phase: "executing" }] })
      assert.equal(jobs[0]?.verdict, "stale")
      await finishAttempt(queue.ports, runnerCaller, { held: second.at, finish: complete() })
      assert.equal(await stateOf(queue, id), "complete")
      assert.equal(queue.saved.length, 1)
    },
  },
  {
    id: "lease/renewed",
    says: "a lease that is renewed does not expire, also when it was renewed late",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      for (let beat = 0; beat < 5; beat++) {
        queue.clock.nowMs += queue.ports.queueSettings.leaseMs + 1
        const jobs = [{ ...at, phase: "executing" as const }]
        const reply = await heartbeat(queue.ports, runnerCaller, { runner: at.runner, free: 0, draining: false, jobs })
        assert.equal(reply.jobs[0]?.verdict, "go on")
        assert.equal(await expireLeases(queue.ports), 0)
      }
      assert.equal((await readJob(queue.ports, ADMIN, id)).phase, "executing")
    },
  },
  {
    id: "lease/grace",
    says: "after the server was down nothing expires for a lease: that nobody could renew is not the runners' fault",
    check: async (queue) => {
      await queue.submit("ada")
      await start(queue)
      queue.clock.nowMs += 10 * queue.ports.queueSettings.leaseMs
      const tick = makeExpiry(queue.ports)
      assert.equal(await tick(), 0)
      queue.clock.nowMs += queue.ports.queueSettings.leaseMs / 2
      assert.equal(await tick(), 0)
      queue.clock.nowMs += queue.ports.queueSettings.leaseMs / 2 + 1
      assert.equal(await tick(), 1)
    },
  },
  {
    id: "lease/gives-up",
    says: "a job that its runners lose again and again has failed, and no runner is blamed on its gear",
    check: async (queue) => {
      const id = await queue.submit("ada")
      for (let n = 1; n <= 3; n++) {
        assert.equal((await start(queue)).job.attempt, n)
        queue.clock.nowMs += queue.ports.queueSettings.leaseMs + 1
        await expireLeases(queue.ports)
      }
      const facts = await readJob(queue.ports, ADMIN, id)
      assert.deepEqual([facts.state, facts.reason, facts.culprit], ["failed", "RUNNER_LOST", "platform"])
      assert.deepEqual(
        facts.attempts.map(({ state }) => state),
        ["lost", "lost", "lost"],
      )
    },
  },
  {
    id: "platform/tries-again",
    says: "what the platform fails is tried again; what the gear fails is not",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      const failed = { state: "failed", outputs: [], logChunks: 0 } as const
      const disk = { ...failed, reason: "DISK_FULL" } as const
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: at, finish: disk })).state, "pending")
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: at, finish: disk })).state, "pending")
      const second = await start(queue)
      const gear = { ...failed, reason: "NONZERO_EXIT", exitCode: 1 } as const
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: second.at, finish: gear })).state, "failed")
      assert.equal(await stateOf(queue, id), "failed")
    },
  },
  {
    id: "release/at-once",
    says: "a job that is given back waits again at once, as often as that happens",
    check: async (queue) => {
      await queue.submit("ada")
      for (let n = 1; n <= 5; n++) {
        const { at, job } = await start(queue)
        assert.equal(job.attempt, n)
        const release = { ...at, reason: "restarted" }
        assert.equal((await releaseAttempt(queue.ports, runnerCaller, release)).state, "pending")
        assert.equal((await releaseAttempt(queue.ports, runnerCaller, release)).state, "pending")
      }
    },
  },
  {
    id: "cancel/pending",
    says: "a pending job is cancelled at once, and is given to nobody",
    check: async (queue) => {
      const id = await queue.submit("ada")
      assert.equal((await cancelJob(queue.ports, person("ada"), id)).state, "cancelled")
      assert.deepEqual(await queue.claim(await queue.runner("one")), [])
      assert.equal((await cancelJob(queue.ports, person("ada"), id)).state, "cancelled")
    },
  },
  {
    id: "cancel/running",
    says: "a running job that is cancelled publishes nothing, even when it says that it is complete",
    check: async (queue) => {
      const id = await queue.submit("ada")
      const { at } = await start(queue)
      assert.equal((await cancelJob(queue.ports, person("ada"), id)).state, "running")
      const reply = await appendChunk(queue.ports, runnerCaller, { ...at, n: 0, bytes: Buffer.from("x") })
      assert.equal(reply.cancel, true)
      const finish = complete([{ name: "a.txt", digest: await queue.bytes("a"), sizeBytes: 1 }])
      assert.equal((await finishAttempt(queue.ports, runnerCaller, { held: at, finish })).state, "cancelled")
      assert.equal(queue.saved.length, 0)
    },
  },
  {
    id: "cancel/runner-lost",
    says: "a cancelled job whose runner is gone is cancelled when the lease ends, and not tried again",
    check: async (queue) => {
      const id = await queue.submit("ada")
      await start(queue)
      await cancelJob(queue.ports, person("ada"), id)
      queue.clock.nowMs += queue.ports.queueSettings.leaseMs + 1
      await expireLeases(queue.ports)
      assert.equal(await stateOf(queue, id), "cancelled")
    },
  },
  {
    id: "log/idempotent",
    says: "a piece of log that comes twice is there once; one before its time is refused; a long log keeps both ends",
    check: async (queue) => {
      await queue.submit("ada")
      const { at } = await start(queue)
      const send = (n: number, text: string) =>
        appendChunk(queue.ports, runnerCaller, { ...at, n, bytes: Buffer.from(text) })
      await send(0, "head ")
      await send(0, "head ")
      await assert.rejects(send(2, "x"), isCode("LOG_CHUNK_GAP"))
      const read = async (from: number) => {
        const parts: string[] = []
        for await (const { offset, bytes } of readLog(queue.ports, at, from))
          parts.push(`${offset}:${Buffer.from(bytes)}`)
        return parts
      }
      assert.deepEqual(await read(3), ["3:d "])
      // 40 bytes are kept in this bench: 20 of the beginning.
      for (let n = 1; n <= 9; n++) await send(n, `line ${n}---\n`.slice(0, 10))
      const before = await read(0)
      assert.equal(before[0], "0:head ")
      assert.equal(before.at(-1), "85:line 9---\n")
      await finishAttempt(queue.ports, runnerCaller, { held: at, finish: { ...complete(), logChunks: 10 } })
      assert.equal((await read(0)).join("").replaceAll(/\d+:/g, ""), before.join("").replaceAll(/\d+:/g, ""))
      assert.deepEqual(await read(90), ["90:9---\n"])
    },
  },
  {
    id: "fair/turns",
    says: "on one slot, a user with thousands of jobs and one with three take turns",
    check: async (queue) => {
      for (let n = 0; n < 40; n++) await queue.submit("many")
      for (let n = 0; n < 3; n++) await queue.submit("few")
      const runner = await queue.runner("one", { slots: 1 })
      const owners: string[] = []
      for (let n = 0; n < 8; n++) {
        const [job] = await queue.claim(runner)
        assert.ok(job)
        owners.push((await readJob(queue.ports, ADMIN, job.job)).owner)
        await finishAttempt(queue.ports, runnerCaller, { held: held(runner, job), finish: complete() })
      }
      assert.equal(owners.slice(0, 6).filter((owner) => owner === "few").length, 3)
    },
  },
  {
    id: "fair/late-comer",
    says: "one who comes later is not owed the turns that others had before",
    check: async (queue) => {
      for (let n = 0; n < 20; n++) await queue.submit("early")
      const runner = await queue.runner("one", { slots: 1 })
      const next = async (): Promise<string> => {
        const [job] = await queue.claim(runner)
        assert.ok(job)
        await finishAttempt(queue.ports, runnerCaller, { held: held(runner, job), finish: complete() })
        return (await readJob(queue.ports, ADMIN, job.job)).owner
      }
      for (let n = 0; n < 8; n++) await next()
      for (let n = 0; n < 8; n++) await queue.submit("late")
      const owners: string[] = []
      for (let n = 0; n < 8; n++) owners.push(await next())
      // Jobs of one moment come in no order, so that the first and the last turn may be of either.
      const early = owners.filter((owner) => owner === "early").length
      assert.ok(early >= 3 && early <= 5, `early had ${early} of 8`)
    },
  },
  {
    id: "fair/weights",
    says: "a user of weight three has three jobs running for each of another's",
    check: async (queue) => {
      await setLimit(queue.ports, ADMIN, { kind: "user", subject: "heavy", limit: { weight: 3 } })
      for (let n = 0; n < 12; n++) {
        await queue.submit("heavy")
        await queue.submit("light")
      }
      const runner = await queue.runner("one")
      const jobs = await queue.claim(runner, 8)
      const owners = await Promise.all(jobs.map(async ({ job }) => (await readJob(queue.ports, ADMIN, job)).owner))
      assert.equal(owners.filter((owner) => owner === "heavy").length, 6)
    },
  },
  {
    id: "priority/own-jobs",
    says: "of one user's jobs the highest priority goes first, then the oldest",
    check: async (queue) => {
      const ids: string[] = []
      for (const priority of [0, 5, -5, 5]) {
        ids.push(await queue.submit("ada", { priority }))
        queue.clock.nowMs++
      }
      const jobs = await queue.claim(await queue.runner("one"), 4)
      assert.deepEqual(
        jobs.map(({ job }) => ids.indexOf(job)),
        [1, 3, 0, 2],
      )
    },
  },
  {
    id: "limits/each",
    says: "no limit of a runner, user, project or group is exceeded, and the waiting job says which one it is",
    check: async (queue) => {
      const ids: string[] = []
      for (let n = 0; n < 6; n++) {
        ids.push(await queue.submit("ada"))
        queue.clock.nowMs++
      }
      const runner = await queue.runner("one")
      const set = (kind: "runner" | "user" | "project" | "group", subject: string, running: number) =>
        setLimit(queue.ports, ADMIN, { kind, subject, limit: { running } })
      await set("user", "*", 1)
      assert.equal((await queue.claim(runner, 6)).length, 1)
      const reason = async () => (await readJob(queue.ports, ADMIN, ids[5] ?? "")).waiting?.reason
      assert.equal(await reason(), "WAITING_FOR_USER_LIMIT")
      await set("user", "ada", 10)
      await set("project", PROJECT, 2)
      assert.equal((await queue.claim(runner, 6)).length, 1)
      assert.equal(await reason(), "WAITING_FOR_PROJECT_LIMIT")
      await set("project", PROJECT, 10)
      await set("group", "lab", 3)
      assert.equal((await queue.claim(runner, 6)).length, 1)
      assert.equal(await reason(), "WAITING_FOR_GROUP_LIMIT")
      await set("group", "lab", 10)
      await set("runner", runner, 4)
      assert.equal((await queue.claim(runner, 6)).length, 1)
      await setLimit(queue.ports, ADMIN, { kind: "site", subject: "*", limit: { paused: true } })
      assert.equal(await reason(), "WAITING_PAUSED")
    },
  },
  {
    id: "fit/labels",
    says: "a job goes to a runner with its labels, capabilities and room only, and says what it waits for",
    check: async (queue) => {
      const id = await queue.submit("ada", { resources: { labels: { site: "b" }, cpus: 4 } })
      const reason = async () => (await readJob(queue.ports, ADMIN, id)).waiting?.reason
      assert.deepEqual(await queue.claim(await queue.runner("a", { labels: { site: "a" } })), [])
      assert.deepEqual(await queue.claim(await queue.runner("small", { labels: { site: "b" }, cpus: 2 })), [])
      assert.equal(await reason(), "WAITING_FOR_RUNNER")
      const fit = await queue.runner("b", { labels: { site: "b" }, cpus: 6 })
      await drainRunner(queue.ports, ADMIN, { runner: fit, isDrained: true })
      assert.deepEqual(await queue.claim(fit), [])
      assert.equal(await reason(), "WAITING_FOR_DRAINED_RUNNER")
      await drainRunner(queue.ports, ADMIN, { runner: fit, isDrained: false })
      const other = await queue.submit("bob", { resources: { labels: { site: "b" }, cpus: 4 } })
      assert.equal((await queue.claim(fit, 2)).length, 1)
      const waiting = (await stateOf(queue, id)) === "pending" ? id : other
      assert.equal((await readJob(queue.ports, ADMIN, waiting)).waiting?.reason, "WAITING_FOR_SLOT")
    },
  },
]
