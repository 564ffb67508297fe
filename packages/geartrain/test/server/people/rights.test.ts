import assert from "node:assert/strict"
import { makeFirstAdmin } from "../../../src/server/people/accounts/first-admin.ts"
import { SYSTEM } from "../../../src/server/people/caller.ts"
import { appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "./make-project.ts"

onDatabases((databases) => {
  databases.test(
    "each right has those before it, and who has none does not learn that there is a project",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const { project } = await makeProject(bench)
      const { access } = bench.ports
      const user = await access.callerFor(bench.id("user"))
      assert.ok(user)
      const may = () =>
        Promise.all((["read", "write", "run", "admin"] as const).map((right) => access.may(user, right, project)))
      assert.deepEqual(await may(), [false, false, false, false])
      await bench.grant("user", project, "write")
      assert.deepEqual(await may(), [true, true, false, false])
      await bench.grant("user", project, "admin")
      assert.deepEqual(await may(), [true, true, true, true])
      const missing = await bench.as("other").get(`/projects/${"0".repeat(24)}/members`)
      const hidden = await bench.as("other").get(`/projects/${project}/members`)
      assert.equal(hidden.status, 404)
      assert.equal(
        missing.text.replaceAll("0".repeat(24), "").replace(missing.body.instance, ""),
        hidden.text.replaceAll(project, "").replace(hidden.body.instance, ""),
      )
      assert.equal(await access.may(SYSTEM, "admin", project), true)
      assert.equal((await bench.as("admin").get(`/projects/${"0".repeat(24)}/members`)).status, 404)
    },
  )

  databases.test("an admin of a project gives rights by id or name, and takes them away", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "admin")
    const user = bench.as("user")
    const path = `/projects/${project}/members`
    assert.equal((await user.put(`${path}/OTHER`, { right: "read" })).body.user, bench.id("other"))
    assert.equal((await bench.as("other").put(`${path}/other`, { right: "admin" })).body.code, "NOT_PERMITTED")
    assert.equal((await user.put(`${path}/nobody`, { right: "read" })).body.code, "USER_NOT_FOUND")
    assert.deepEqual(
      (await bench.as("other").get(path)).body.items.map((member: { login: string; right: string }) => [
        member.login,
        member.right,
      ]),
      [
        ["other", "read"],
        ["user", "admin"],
      ],
    )
    assert.equal((await user.delete(`${path}/${bench.id("other")}`)).status, 204)
    assert.equal((await user.delete(`${path}/${bench.id("other")}`)).body.code, "USER_NOT_FOUND")
    assert.equal((await bench.as("other").get(path)).status, 404)
  })

  databases.test("an admin of a project finds who they can name, and cannot list people", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "admin")
    const user = bench.as("user")
    const path = `/projects/${project}/members`
    const given = await user.put(`${path}/${encodeURIComponent("Other@LAB.example")}`, { right: "read" })
    assert.deepEqual([given.status, given.body.user, given.body.login], [200, bench.id("other"), "other"], given.text)
    for (const part of ["oth", "other@", "@lab.example", "%25", "oth%25", "*", "_ther"]) {
      const refused = await user.put(`${path}/${part}`, { right: "read" })
      assert.equal(refused.body.code, "USER_NOT_FOUND", part)
      assert.match(refused.body.hint, /whole name/)
    }
    assert.equal((await user.get("/users?prefix=other")).body.code, "NOT_PERMITTED")
    // Who is no admin of it learns nothing of whom there is.
    const [there, nowhere] = [
      await bench.as("other").put(`${path}/admin`, { right: "read" }),
      await bench.as("other").put(`${path}/nobody`, { right: "read" }),
    ]
    assert.deepEqual([there.status, there.body.detail], [nowhere.status, nowhere.body.detail])
    assert.equal((await user.delete(`${path}/${encodeURIComponent("other@lab.example")}`)).status, 204)
    const rows = await bench.ports.database.read
      .selectFrom("audit")
      .select(["target", "outcome"])
      .where("action", "=", "project.members.change")
      .where("user_id", "=", bench.id("user"))
      .execute()
    assert.deepEqual(
      rows.filter(({ outcome }) => outcome === "allowed").map(({ target }) => target),
      ["Other@LAB.example", "oth", "other@", "@lab.example", "%", "oth%", "*", "_ther", "other@lab.example"],
    )
  })

  databases.test("what a group gives holds in all its projects", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project, group } = await makeProject(bench)
    assert.equal(
      (await bench.as("user").put(`/groups/${group}/members/user`, { right: "admin" })).body.code,
      "NOT_PERMITTED",
    )
    assert.equal((await bench.as("admin").put(`/groups/${group}/members/user`, { right: "admin" })).status, 200)
    assert.equal((await bench.as("user").put(`/projects/${project}/members/other`, { right: "run" })).status, 200)
    assert.equal((await bench.as("user").put(`/groups/${group}/members/other`, { right: "read" })).status, 200)
    const members = (await bench.as("other").get(`/projects/${project}/members`)).body.items
    assert.deepEqual(
      members.map(
        (member: { from: string; login: string; right: string }) => `${member.from} ${member.login} ${member.right}`,
      ),
      ["project other run", "group other read", "group user admin"],
    )
    const other = await bench.ports.access.callerFor(bench.id("other"))
    assert.ok(other)
    assert.deepEqual(await bench.ports.access.readable(other), [project])
    for (const [who, code] of [
      ["admin", "PLACE_NOT_FOUND"],
      ["other", "NOT_PERMITTED"],
    ] as const)
      assert.equal((await bench.as(who).put("/groups/no-such/members/user", { right: "read" })).body.code, code)
  })

  databases.test(
    "accounts are one of their name in any case, change by ETag, and the last admin stays",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const admin = bench.as("admin")
      const made = await admin.post("/users", { login: "Ada", name: "Ada Lovelace", email: "ada@lab.example" })
      assert.equal(made.status, 201)
      assert.equal(made.headers["etag"], '"1"')
      for (const taken of [
        { login: "ADA", name: "x" },
        { login: "ada2", name: "x", email: "ADA@lab.example" },
      ])
        assert.equal((await admin.post("/users", taken)).body.code, "USER_EXISTS")
      const path = `/users/${made.body.id}`
      assert.equal((await admin.patch(path, { name: "Ada" }, { headers: { "if-match": '"1"' } })).body.revision, 2)
      const stale = await admin.patch(path, { name: "x" }, { headers: { "if-match": '"1"' } })
      assert.equal(stale.body.code, "ETAG_MISMATCH")
      assert.equal((await admin.patch(`/users/${"0".repeat(24)}`, { name: "x" })).body.code, "USER_NOT_FOUND")
      const last = await admin.patch(`/users/${bench.id("admin")}`, { siteAdmin: false })
      assert.deepEqual([last.status, last.body.code], [409, "LAST_ADMIN"])
      assert.equal((await admin.patch(`/users/${bench.id("admin")}`, { disabled: true })).body.code, "LAST_ADMIN")
      assert.equal((await bench.as("user").get(path)).status, 403)
      assert.equal((await bench.as("user").get(`/users/${bench.id("user")}`)).status, 200)
      const first = (await admin.get("/users?limit=2")).body
      assert.deepEqual(
        first.items.map((user: { login: string }) => user.login),
        ["Ada", "admin"],
      )
      const rest = (await admin.get(`/users?limit=2&cursor=${first.next}`)).body
      assert.deepEqual(
        rest.items.map((user: { login: string }) => user.login),
        ["other", "user"],
      )
      assert.equal(rest.next, undefined)
      assert.equal((await admin.get("/users?prefix=AD")).body.items.length, 2)
      assert.equal((await admin.get("/users?cursor=x")).body.code, "CURSOR_UNFIT")
    },
  )

  databases.test("the first admin is made once, however many servers start", async (context) => {
    const database = await databases.open(context)
    const ports = { database, now: Date.now }
    const made = (await Promise.all([makeFirstAdmin(ports), makeFirstAdmin(ports)])).filter((one) => one !== undefined)
    assert.equal(made.length, 1)
    assert.match(made[0]?.password ?? "", /^[0-9a-f]{24}$/)
    assert.equal(await makeFirstAdmin(ports), undefined)
  })
})
