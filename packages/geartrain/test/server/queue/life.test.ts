import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { cancelJob } from "../../../src/server/queue/jobs/cancel-job.ts"
import { listJobs } from "../../../src/server/queue/jobs/list-jobs.ts"
import { readJob } from "../../../src/server/queue/jobs/read-job.ts"
import { retryJob } from "../../../src/server/queue/jobs/retry-job.ts"
import { appendChunk } from "../../../src/server/queue/logs/append-chunk.ts"
import { readLog } from "../../../src/server/queue/logs/read-log.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { ADMIN, complete, held, queueBench, runnerCaller } from "./queue-bench.ts"

onDatabases((bench) => {
  bench.test("a job goes from its order to its files, and its page tells all of it", async (context) => {
    const queue = await queueBench(await bench.open(context))
    const { ports } = queue
    const id = await queue.submit("ada", { tags: ["first"], priority: 3 })
    const waiting = await readJob(ports, person("ada"), id)
    assert.equal(waiting.state, "pending")
    assert.equal(waiting.waiting?.reason, "WAITING_FOR_RUNNER")
    const runner = await queue.runner("one")
    assert.equal((await readJob(ports, person("ada"), id)).waiting?.reason, "WAITING_FOR_TURN")
    const [job] = await queue.claim(runner)
    assert.ok(job)
    assert.equal(job.job, id)
    assert.equal(job.attempt, 1)
    assert.equal(job.gear.name, "noop")
    const log = { ...held(runner, job), n: 0, bytes: Buffer.from("hello\n") }
    assert.deepEqual(await appendChunk(ports, runnerCaller, log), { cancel: false })
    const digest = await queue.bytes("the answer")
    const finish = { ...complete([{ name: "answer.txt", digest, sizeBytes: 10 }]), logChunks: 1 }
    assert.deepEqual(await finishAttempt(ports, runnerCaller, { held: held(runner, job), finish }), {
      job: id,
      attempt: 1,
      state: "complete",
    })
    const facts = await readJob(ports, person("ada"), id)
    assert.equal(facts.state, "complete")
    assert.deepEqual(facts.tags, ["noop", "first"])
    assert.deepEqual(
      facts.transitions.map(({ state }) => state),
      ["pending", "running", "complete"],
    )
    assert.equal(facts.outputs[0]?.file, "000000000000000000000000")
    assert.equal(facts.attempts[0]?.runner.name, "one")
    assert.deepEqual(facts.attempts[0]?.log, {
      bytes: 6,
      droppedBytes: 0,
      digest: "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
    })
    assert.equal(queue.saved.length, 1)
    let text = ""
    for await (const { bytes } of readLog(ports, { job: id, attempt: 1 }, 2)) text += Buffer.from(bytes).toString()
    assert.equal(text, "llo\n")
    const listed = await listJobs(ports, person("ada"), { filter: { tag: "first" }, page: { limit: 10 } })
    assert.deepEqual(
      listed.items.map((item) => item.id),
      [id],
    )
    assert.deepEqual((await listJobs(ports, ADMIN, { filter: { states: ["pending"] }, page: { limit: 10 } })).items, [])
  })

  bench.test("an ended job is retried as another attempt, and the one before stays", async (context) => {
    const queue = await queueBench(await bench.open(context))
    const { ports } = queue
    const id = await queue.submit("ada")
    const runner = await queue.runner("one")
    const [first] = await queue.claim(runner)
    assert.ok(first)
    const failed = { state: "failed", reason: "NONZERO_EXIT", exitCode: 3, outputs: [], logChunks: 0 } as const
    await finishAttempt(ports, runnerCaller, { held: held(runner, first), finish: failed })
    assert.equal((await readJob(ports, person("ada"), id)).culprit, "gear")
    await assert.rejects(cancelJob(ports, person("ada"), id), (error) => isGeartrainError(error, "JOB_ENDED"))
    await retryJob(ports, person("ada"), { id })
    const [second] = await queue.claim(runner)
    assert.equal(second?.attempt, 2)
    assert.ok(second)
    await finishAttempt(ports, runnerCaller, { held: held(runner, second), finish: complete() })
    const facts = await readJob(ports, person("ada"), id)
    assert.equal(facts.state, "complete")
    assert.deepEqual(
      facts.attempts.map(({ attempt, state, exitCode }) => [attempt, state, exitCode]),
      [
        [1, "failed", 3],
        [2, "complete", 0],
      ],
    )
    await assert.rejects(retryJob(ports, person("ada"), { id }), (error) => isGeartrainError(error, "JOB_COMPLETE"))
    assert.equal((await retryJob(ports, person("ada"), { id, again: true })).attempt, 3)
  })
})
