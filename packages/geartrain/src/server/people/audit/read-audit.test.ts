import assert from "node:assert/strict"
import { test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { peopleBench } from "../../../../test/server/people/people-bench.ts"
import { type AuditEntry, askedBy } from "./audit.ts"
import { listAudit } from "./list-audit.ts"
import { readAudit } from "./read-audit.ts"

test("an entry says who asked, by what and for which job, and of nobody says no name", () => {
  const by = { method: "job-token" as const, id: "t", address: "::1" }
  assert.deepEqual(askedBy({ kind: "job", user: "ada", siteAdmin: false, job: "j", by }), {
    ...{ user: "ada", method: "job-token", shown: "t", job: "j", address: "::1" },
  })
  assert.equal(askedBy(person("")).user, undefined)
})

test("entries come back as they were added, the newest first, of a project, of somebody, and from one on", async (context) => {
  const { ports, clock } = await peopleBench(context)
  const { audit, database } = ports
  const whole: Omit<AuditEntry, "atMs"> = {
    ...{ user: "ada", action: "file.read", target: "f", project: "p", outcome: "allowed", method: "key" },
    ...{ shown: "k", job: "j", address: "::1", reason: undefined },
  }
  const bare = { action: "log-in", outcome: "refused", reason: "LOGIN_FAILED", method: "password" } as const
  await audit.add(whole)
  clock.nowMs += 1
  await audit.add({ ...whole, project: "q", target: "g" })
  await audit.add({ ...whole, user: "bob", target: "h" })
  await audit.addNow(bare)
  const read = async (query: { project?: string; user?: string; before?: number; limit: number }) =>
    listAudit(database.read, query)
  const all = await read({ limit: 10 })
  assert.deepEqual(
    all.map(({ target }) => target),
    [undefined, "h", "g", "f"],
  )
  const { seq, ...first } = all.at(-1) ?? assert.fail("nothing is listed")
  assert.deepEqual(first, { atMs: clock.nowMs - 1, ...whole })
  const { seq: _, ...last } = all[0] ?? assert.fail("nothing is listed")
  assert.deepEqual(
    Object.entries(last).filter(([, value]) => value !== undefined),
    Object.entries({
      atMs: clock.nowMs,
      action: "log-in",
      outcome: "refused",
      reason: "LOGIN_FAILED",
      method: "password",
    }),
  )
  const targets = async (query: Parameters<typeof read>[0]) => (await read(query)).map(({ target }) => target)
  assert.deepEqual(await targets({ project: "p", limit: 10 }), ["h", "f"])
  assert.deepEqual(await targets({ project: "p", user: "ada", limit: 10 }), ["f"])
  assert.deepEqual(await targets({ before: all[1]?.seq ?? 0, limit: 1 }), ["g"])
  assert.deepEqual(await targets({ before: seq, limit: 10 }), [])
})

test("reading the audit is in it before it is read, and only an admin reads it", async (context) => {
  const bench = await peopleBench(context)
  const { ports, admin } = bench
  const { id } = await bench.user("ada")
  const [own] = await readAudit(ports, admin, { limit: 10 })
  assert.deepEqual([own?.action, own?.user, own?.outcome], ["audit.read", admin.user, "allowed"])
  await assert.rejects(readAudit(ports, person(id), { limit: 10 }), { code: "NOT_PERMITTED" })
  await assert.rejects(readAudit(ports, person(id), { limit: 10, project: "p" }), { code: "PROJECT_NOT_FOUND" })
  assert.deepEqual(await bench.audited(), [
    ["audit.read", "allowed", null],
    ["audit.read", "refused", "NOT_PERMITTED"],
    ["audit.read", "refused", "PROJECT_NOT_FOUND"],
  ])
})
