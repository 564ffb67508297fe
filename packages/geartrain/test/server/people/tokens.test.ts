import assert from "node:assert/strict"
import { endJobTokens, issueJobToken } from "../../../src/server/people/tokens/job-tokens.ts"
import { type AppBench, appBench, type Client } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "./make-project.ts"

function showing(bench: AppBench, token: string): Client {
  return bench.showing({ authorization: `Bearer ${token}` })
}

onDatabases((databases) => {
  databases.test("a key is shown once, noted when it is used, and refused once it is revoked", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const user = bench.as("user")
    const made = await user.post("/keys", { label: "laptop" })
    assert.equal(made.status, 201)
    assert.match(made.body.key, /^gtk_[0-9a-f]{24}_[0-9a-f]{64}$/)
    assert.equal((await showing(bench, made.body.key).get("/me")).body.user.id, bench.id("user"))
    const listed = (await user.get("/keys")).body.items.find((key: { id: string }) => key.id === made.body.id)
    assert.equal(listed.id, made.body.id)
    assert.equal(listed.key, undefined)
    assert.equal(typeof listed.lastUsedMs, "number")
    assert.equal(listed.lastUsedFrom, "127.0.0.1")
    assert.equal((await bench.as("other").delete(`/keys/${made.body.id}`)).body.code, "TOKEN_NOT_FOUND")
    const ofUser = `/users/${bench.id("user")}/keys`
    const seenByAdmin = (await bench.as("admin").get(ofUser)).body.items
    assert.ok(seenByAdmin.some((key: { id: string; key?: string }) => key.id === made.body.id && key.key === undefined))
    assert.equal((await bench.as("other").get(ofUser)).body.code, "NOT_PERMITTED")
    assert.equal((await user.get(ofUser)).status, 200)
    assert.equal((await bench.as("admin").get(`/users/${"0".repeat(24)}/keys`)).body.code, "USER_NOT_FOUND")
    assert.equal((await user.delete(`/keys/${made.body.id}`)).status, 204)
    const refused = await showing(bench, made.body.key).get("/me")
    assert.equal(refused.status, 401)
    assert.equal(refused.body.code, "NOT_AUTHENTICATED")
    assert.equal(refused.headers["www-authenticate"], "Bearer")
    const audit = (await bench.as("admin").get("/audit")).body.items
    const seen = audit.find(({ action }: { action: string }) => action === "authenticate")
    assert.deepEqual([seen.shown, seen.outcome, seen.method], [made.body.id, "refused", "key"])
    assert.ok(
      audit.some(({ action, target }: Record<string, string>) => action === "key.revoke" && target === made.body.id),
    )
  })

  databases.test(
    "Flywheel's way of showing a key is understood, with and without the server's name",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      for (const shown of [`scitran-user ${bench.key("user")}`, `scitran-user gears.lab.example:${bench.key("user")}`])
        assert.equal((await bench.showing({ authorization: shown }).get("/me")).status, 200)
    },
  )

  databases.test("a key that has expired, is damaged, or is of a disabled user is refused", async (context) => {
    let nowMs = Date.now()
    const bench = await appBench(context, await databases.open(context), { now: () => nowMs })
    const { key } = (await bench.as("user").post("/keys", { label: "k", expiresMs: nowMs + 1000 })).body
    assert.equal((await showing(bench, key).get("/me")).status, 200)
    nowMs += 1000
    assert.equal((await showing(bench, key).get("/me")).status, 401)
    const good = bench.key("user")
    const damaged = good.slice(0, -1) + (good.endsWith("0") ? "1" : "0")
    for (const text of [
      damaged,
      "",
      "gtk_x",
      `${good} ${good}`,
      good.replace("gtk", "gts"),
      good.replace("gtk", "gtr"),
    ])
      assert.equal((await showing(bench, text).get("/me")).status, 401, text)
    assert.equal((await bench.showing({ authorization: `Basic ${good}` }).get("/me")).status, 401)
    await bench.as("admin").patch(`/users/${bench.id("user")}`, { disabled: true })
    assert.equal((await showing(bench, good).get("/me")).status, 401)
  })

  databases.test("a key with scopes holds back an admin of the site, and makes no other key", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const [one, other] = [await makeProject(bench), await makeProject(bench)]
    const scopes = [{ right: "read", project: one.project }]
    const { key } = (await bench.as("admin").post("/keys", { label: "k", scopes })).body
    const client = showing(bench, key)
    assert.deepEqual((await client.get("/me")).body.scopes, scopes)
    assert.equal((await client.get(`/projects/${one.project}/members`)).status, 200)
    const put = await client.put(`/projects/${one.project}/members/user`, { right: "read" })
    assert.deepEqual([put.status, put.body.code], [403, "NOT_PERMITTED"])
    const hidden = await client.get(`/projects/${other.project}/members`)
    assert.deepEqual([hidden.status, hidden.body.code], [404, "PROJECT_NOT_FOUND"])
    for (const reply of [
      await client.post("/keys", { label: "more" }),
      await client.get("/keys"),
      await client.get("/users"),
      await client.get("/audit"),
      await client.post("/runner-tokens", { label: "r" }),
      await client.put(`/users/${bench.id("admin")}/password`, { password: "another long one" }),
    ])
      assert.deepEqual([reply.status, reply.body.code], [403, "NOT_PERMITTED"])
    assert.deepEqual(
      await bench.ports.access.readable({
        ...ADMIN,
        user: bench.id("admin"),
        scopes: [{ right: "read", project: one.project }],
      }),
      [one.project],
    )
  })

  databases.test("the token of a job counts in its project, and not a moment after its attempt", async (context) => {
    const database = await databases.open(context)
    const bench = await appBench(context, database)
    const [own, other] = [await makeProject(bench), await makeProject(bench)]
    await bench.grant("user", own.project, "admin")
    await bench.grant("user", other.project, "admin")
    const token = await database.write((write) =>
      issueJobToken(write, {
        job: "a".repeat(24),
        attempt: 1,
        user: bench.id("user"),
        project: own.project,
        right: "write",
        nowMs: 0,
      }),
    )
    const job = showing(bench, token)
    const me = (await job.get("/me")).body
    assert.deepEqual([me.kind, me.job, me.user.id], ["job", "a".repeat(24), bench.id("user")])
    assert.equal((await job.get(`/projects/${own.project}/members`)).status, 200)
    assert.equal((await job.delete(`/projects/${own.project}/members/user`)).status, 403)
    assert.equal((await job.get(`/projects/${other.project}/members`)).status, 404)
    assert.equal((await job.post("/keys", { label: "k" })).status, 403)
    await database.write((write) => endJobTokens(write, { job: "a".repeat(24), attempt: 1 }))
    assert.equal((await job.get("/me")).status, 401)
  })

  databases.test("a job may no more than who started it, when their right is taken away", async (context) => {
    const database = await databases.open(context)
    const bench = await appBench(context, database)
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "run")
    const token = await database.write((write) =>
      issueJobToken(write, {
        job: "b".repeat(24),
        attempt: 1,
        user: bench.id("user"),
        project,
        right: "write",
        nowMs: 0,
      }),
    )
    assert.equal((await showing(bench, token).get(`/projects/${project}/members`)).status, 200)
    assert.equal((await bench.as("admin").delete(`/projects/${project}/members/user`)).status, 204)
    assert.equal((await showing(bench, token).get(`/projects/${project}/members`)).status, 404)
  })

  databases.test("the token of runners opens no project, and is refused once it is revoked", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    const admin = bench.as("admin")
    assert.equal((await bench.as("user").post("/runner-tokens", { label: "r" })).status, 403)
    const made = (await admin.post("/runner-tokens", { label: "gpu", runnerLabels: { pool: "gpu" } })).body
    const runner = showing(bench, made.token)
    const me = (await runner.get("/me")).body
    assert.deepEqual([me.kind, me.user, me.method], ["runner", undefined, "runner-token"])
    assert.equal((await runner.get(`/projects/${project}/members`)).status, 404)
    assert.equal((await runner.get("/users")).status, 403)
    assert.deepEqual((await admin.get("/runner-tokens")).body.items[0].runnerLabels, { pool: "gpu" })
    assert.equal((await admin.delete(`/runner-tokens/${made.id}`)).status, 204)
    assert.equal((await admin.delete(`/runner-tokens/${"0".repeat(24)}`)).body.code, "TOKEN_NOT_FOUND")
    assert.equal((await runner.get("/me")).status, 401)
  })
})

const ADMIN = { kind: "person", siteAdmin: true, by: { method: "key" } } as const
