import assert from "node:assert/strict"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { claimJobs } from "../../../src/server/queue/claim/claim-jobs.ts"
import { setLimit } from "../../../src/server/queue/settings/set-limit.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { ADMIN, complete, held, PLACE, queueBench, runnerCaller } from "./queue-bench.ts"

const JOBS = 60
const SERVERS = 3

onDatabases((bench) => {
  bench.test(
    "many runners at several servers claim at once: each job once, and never more than a limit allows",
    async (context) => {
      const database = await bench.open(context)
      const queue = await queueBench(database)
      // SQLite has one server only.
      const servers = [queue.ports]
      while (bench.kind === "postgres" && servers.length < SERVERS) servers.push(queue.over(await bench.again(context)))
      await setLimit(queue.ports, ADMIN, { kind: "user", subject: "u0", limit: { running: 2 } })
      await setLimit(queue.ports, ADMIN, { kind: "group", subject: "lab", limit: { running: 5 } })
      const order = { gear: "noop", destination: PLACE }
      for (let n = 0; n < JOBS; n++) await submitJob(queue.ports, person(`u${n % 3}`), { order })
      const started = new Map<string, number>()
      const running = new Map<string, string>()
      let most = 0
      let mostOfOne = 0
      const work = async (n: number): Promise<void> => {
        const ports = servers[n % servers.length] ?? queue.ports
        const runner = await queue.runner(`runner${n}`, { slots: 2 })
        while (started.size < JOBS) {
          const jobs = await claimJobs(ports, runner, 2)
          // As a runner does that waits to be woken.
          if (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
          for (const { row } of jobs) {
            started.set(row.id, (started.get(row.id) ?? 0) + 1)
            running.set(row.id, row.owner)
            most = Math.max(most, running.size)
            mostOfOne = Math.max(mostOfOne, [...running.values()].filter((owner) => owner === "u0").length)
            // Others get their turn while it runs.
            await new Promise((resolve) => setImmediate(resolve))
            // From here on the server may count it as ended before this test does.
            running.delete(row.id)
            const at = held(runner, { job: row.id, attempt: row.attempt })
            await finishAttempt(ports, runnerCaller, { held: at, finish: complete() })
          }
        }
      }
      await Promise.all(Array.from({ length: 6 }, (_, n) => work(n)))
      assert.equal(started.size, JOBS)
      assert.ok([...started.values()].every((times) => times === 1))
      assert.ok(most <= 5, `${most} ran at once`)
      assert.ok(mostOfOne <= 2, `${mostOfOne} of one user ran at once`)
      assert.equal(queue.saved.length, JOBS)
      const lanes = await database.read.selectFrom("lanes").selectAll().execute()
      assert.ok(lanes.every(({ pending, running }) => pending === 0 && running === 0))
    },
  )
})
