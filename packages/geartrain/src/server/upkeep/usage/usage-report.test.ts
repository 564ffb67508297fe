import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { Insertable } from "kysely"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertJob } from "../../../../test/server/rules/insert-job.ts"
import type { AttemptRow } from "../../database/tables/job-tables.ts"
import { readUsage } from "./read-usage.ts"
import { usageReport } from "./usage-report.ts"

async function opened(context: TestContext) {
  const bench = await archiveBench(context, await memoryDatabase(context))
  const { database, access } = bench.ports
  await insertJob(database, "ada's", { project: bench.project, owner: "ada", limits: '{"cpuCores":2}' })
  await insertJob(database, "bob's", { project: bench.project, owner: "bob", resources: '{"cpus":3}' })
  await insertJob(database, "other", { project: bench.otherProject, owner: "ada" })
  const attempt = (job: string, n: number, more: Partial<Insertable<AttemptRow>>) =>
    database.write(({ sql }) =>
      sql
        .insertInto("attempts")
        .values({
          ...{ job, attempt: n, runner: "r", state: "complete", reason: null, culprit: null, message: null },
          ...{ exit_code: 0, started_ms: 0, ended_ms: 1000, usage: null, outputs: "[]", record_digest: null },
          ...{ finish_digest: null, finish_state: null, log_chunks: 0, log_bytes: 0, log_head_bytes: 0 },
          ...{ log_dropped_bytes: 0, log_digest: null },
          ...more,
        })
        .execute(),
    )
  const report = (query: Partial<Parameters<typeof usageReport>[1]> = {}) =>
    usageReport(database.read, { fromMs: 0, toMs: 10_000, projects: "all", ...query })
  return { ...bench, attempt, report, ports: { database, access, now: () => 40 * 24 * 3_600_000 } }
}

const usage = (cpuMs: number) => JSON.stringify({ wallMs: cpuMs * 2, cpuMs, method: "cgroup" })

test("what all attempts took is added up by user and project, who used most first, with what is stored now", async (context) => {
  const { ports, acquisition, project, otherProject, attempt, report } = await opened(context)
  await saveAt(ports.database, acquisition, { a: "12345" })
  await saveAt(ports.database, acquisition, { a: "123" })
  await attempt("ada's", 1, { usage: usage(10), state: "lost" })
  await attempt("ada's", 2, { usage: usage(20) })
  await attempt("bob's", 1, { usage: usage(40) })
  await attempt("other", 1, { started_ms: 400, ended_ms: 1000 })
  const { projects } = await report()
  assert.deepEqual(
    projects.map((each) => [
      each.project,
      each.label,
      each.group,
      each.storedBytes,
      each.attempts,
      each.cpuMs,
      each.wallMs,
    ]),
    [
      [project, "Memory", "lab", 8, 3, 70, 140],
      [otherProject, "Other", "lab", 0, 1, 0, 600],
    ],
  )
  assert.deepEqual(
    projects[0]?.users.map(({ user, attempts, cpuMs, askedCpuMs }) => [user, attempts, cpuMs, askedCpuMs]),
    [
      ["bob", 1, 40, 3 * 80],
      ["ada", 2, 30, 2 * 60],
    ],
  )
  assert.deepEqual(projects[1]?.unmeasured, 1)
})

test("an attempt counts in the time in which it ended, from the first moment on and before the last", async (context) => {
  const { attempt, report } = await opened(context)
  for (const [n, ended_ms] of [999, 1000, 1500, 2000].entries()) await attempt("ada's", n + 1, { ended_ms })
  await attempt("ada's", 5, { ended_ms: null, state: "running" })
  const attempts = async (fromMs: number, toMs: number) =>
    (await report({ fromMs, toMs })).projects.reduce((sum, each) => sum + each.attempts, 0)
  assert.equal(await attempts(1000, 2000), 2)
  assert.equal(await attempts(0, 10_000), 4)
  assert.equal(await attempts(1500, 1500), 0)
})

test("more attempts than are read at once are counted each once, also those of the same moment", async (context) => {
  const { ports, report } = await opened(context)
  const row: Omit<Insertable<AttemptRow>, "attempt"> = {
    ...{ job: "ada's", runner: "r", state: "complete", reason: null, culprit: null, message: null, exit_code: 0 },
    ...{ started_ms: 0, ended_ms: 1000, usage: null, outputs: "[]", record_digest: null, finish_digest: null },
    ...{ finish_state: null, log_chunks: 0, log_bytes: 0, log_head_bytes: 0, log_dropped_bytes: 0, log_digest: null },
  }
  const rows = Array.from({ length: 2001 }, (_, n) => ({ ...row, attempt: n + 1 }))
  await ports.database.write(async ({ sql }) => {
    for (let at = 0; at < rows.length; at += 500)
      await sql
        .insertInto("attempts")
        .values(rows.slice(at, at + 500))
        .execute()
  })
  assert.equal((await report({ fromMs: 1000 })).projects[0]?.attempts, 2001)
})

test("only projects that are asked for are told, and of none nothing is", async (context) => {
  const { project, otherProject, attempt, report } = await opened(context)
  await attempt("other", 1, {})
  const told = async (projects: readonly string[]) =>
    (await report({ projects })).projects.map((each) => [each.project, each.attempts])
  assert.deepEqual(await told([project]), [[project, 0]])
  assert.deepEqual(await told([otherProject, "none"]), [[otherProject, 1]])
  assert.deepEqual(await told([]), [])
})

test("usage is told of the last thirty days, of what the caller may read, and of no time that ends before it begins", async (context) => {
  const { ports, reader, stranger, admin, project, otherProject, attempt } = await opened(context)
  const dayMs = 24 * 3_600_000
  await attempt("other", 1, { ended_ms: 10 * dayMs })
  await attempt("other", 2, { ended_ms: 10 * dayMs - 1 })
  const asked = await readUsage(ports, stranger, {})
  assert.deepEqual([asked.fromMs, asked.toMs], [10 * dayMs, 40 * dayMs])
  assert.deepEqual(
    asked.projects.map((each) => [each.project, each.attempts]),
    [[otherProject, 1]],
  )
  assert.deepEqual(
    (await readUsage(ports, reader, {})).projects.map((each) => each.project),
    [project],
  )
  assert.equal((await readUsage(ports, admin, {})).projects.length, 2)
  assert.equal((await readUsage(ports, admin, { toMs: 5 })).fromMs, 0)
  await assert.rejects(readUsage(ports, reader, { project: otherProject }), { code: "PROJECT_NOT_FOUND" })
  await assert.rejects(readUsage(ports, admin, { fromMs: 2, toMs: 1 }), { code: "REQUEST_INVALID" })
  assert.equal((await readUsage(ports, admin, { fromMs: 1, toMs: 1 })).toMs, 1)
})
