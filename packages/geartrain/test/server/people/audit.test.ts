import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { openAudit } from "../../../src/server/people/audit/open-audit.ts"
import { appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "./make-project.ts"

onDatabases((databases) => {
  databases.test("what was asked and what was answered is listed, the newest first, page by page", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "admin")
    const path = `/projects/${project}/members`
    await bench.as("user").get(path)
    await bench.as("other").get(path)
    await bench.as("nobody").post("/login", { login: "user", password: "wrong" })
    const all = (await bench.as("user").get(`/audit?project=${project}`)).body.items
    assert.deepEqual(
      all.map((entry: Record<string, string>) => [entry["user"], entry["action"], entry["outcome"], entry["reason"]]),
      [
        [bench.id("user"), "audit.read", "allowed", undefined],
        [bench.id("other"), "project.members.list", "refused", "PROJECT_NOT_FOUND"],
        [bench.id("user"), "project.members.list", "allowed", undefined],
      ],
    )
    assert.deepEqual([all[1].method, all[1].address, all[1].project], ["key", "127.0.0.1", project])
    const first = (await bench.as("admin").get("/audit?limit=2")).body
    assert.deepEqual(
      first.items.map((entry: { action: string }) => entry.action),
      ["audit.read", "audit.read"],
    )
    const next = (await bench.as("admin").get(`/audit?limit=1&cursor=${first.next}`)).body.items[0]
    assert.deepEqual([next.action, next.outcome, next.reason], ["log-in", "refused", "LOGIN_FAILED"])
    assert.equal((await bench.as("other").get(`/audit?project=${project}`)).status, 404)
    assert.equal((await bench.as("user").get("/audit")).status, 403)
  })

  databases.test("entries are written together, in their order, and all of them by the end", async (context) => {
    const database = await databases.open(context)
    const audit = openAudit(database, () => 0)
    const entry = { action: "read", outcome: "allowed", method: "none" } as const
    for (let n = 0; n < 1200; n++) await audit.add({ ...entry, target: String(n) })
    await audit.close()
    const rows = await database.read.selectFrom("audit").select("target").orderBy("seq").execute()
    assert.deepEqual(
      rows.map(({ target }) => target),
      Array.from({ length: 1200 }, (_, n) => String(n)),
    )
  })

  databases.test("when nothing can be noted, in the end nothing is allowed", async (context) => {
    const database = await databases.open(context)
    const audit = openAudit({ ...database, write: async () => Promise.reject(new Error("away")) }, () => 0)
    const entry = { action: "read", outcome: "allowed", method: "none" } as const
    for (let n = 0; n < 10_000; n++) await audit.add(entry)
    await assert.rejects(audit.add(entry), /away/)
    await assert.rejects(audit.addNow(entry), (error) => !isGeartrainError(error))
  })
})
