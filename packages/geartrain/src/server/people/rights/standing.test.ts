import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { person } from "../../../../test/server/open-access.ts"
import { peopleBench } from "../../../../test/server/people/people-bench.ts"
import type { Database } from "../../database/database.ts"
import type { Caller, Right } from "../caller.ts"
import { giveRight, type MemberPlace } from "./members.ts"
import { needWhole } from "./need-whole.ts"
import { groupStanding, projectStanding, readableProjects } from "./standing.ts"

/** Two groups: `lab` with the projects p and q, `other` with r. */
async function opened(context: TestContext) {
  const database = await memoryDatabase(context)
  await database.write(async ({ sql }) => {
    const made = { created_ms: 0, created_by: "x", modified_ms: 0, revision: 1 }
    for (const id of ["lab", "other"])
      await sql
        .insertInto("groups")
        .values({ id, label: id, ...made })
        .execute()
    for (const [id, group_id] of [
      ["p", "lab"],
      ["q", "lab"],
      ["r", "other"],
    ] as const)
      await sql
        .insertInto("places")
        .values({
          ...{ id, type: "project", parent: group_id, group_id, project: id, lineage: `${id}/`, label: id },
          ...{ metadata: "{}", tags: "[]", info: "{}", quota_bytes: null, ...made },
          ...{ deleted_ms: null, deleted_by: null, deleted_with: null },
        })
        .execute()
  })
  for (const login of ["ada", "bob"]) await insertAccount(database, login)
  const give = (user: string, place: MemberPlace, right: Right) =>
    database.write((write) => giveRight(write, { place, user, right, givenMs: 0, givenBy: "x" }))
  return { database, read: database.read, give }
}

async function insertAccount(database: Database, login: string): Promise<void> {
  await database.write(({ sql }) =>
    sql
      .insertInto("users")
      .values({
        ...{ id: login, login, login_key: login, email: null, email_key: null, name: login, site_admin: 0 },
        ...{ disabled_ms: null, created_ms: 0, modified_ms: 0, revision: 1 },
      })
      .execute(),
  )
}

test("of a project's right and its group's the higher one counts, whichever it is", async (context) => {
  const { read, give } = await opened(context)
  const standing = (project: string, user = "ada") => projectStanding(read, { user, project })
  assert.deepEqual(await standing("p"), { exists: true, given: undefined })
  await give("ada", { project: "p" }, "write")
  assert.deepEqual(await standing("p"), { exists: true, given: "write" })
  await give("ada", { group: "lab" }, "read")
  assert.deepEqual([(await standing("p")).given, (await standing("q")).given], ["write", "read"])
  await give("ada", { group: "lab" }, "admin")
  assert.deepEqual([(await standing("p")).given, (await standing("q")).given], ["admin", "admin"])
  assert.deepEqual(await standing("r"), { exists: true, given: undefined })
  assert.deepEqual(await standing("p", "bob"), { exists: true, given: undefined })
})

test("what is no project gives nobody a right, and one in the trash gives what it gave", async (context) => {
  const { database, read, give } = await opened(context)
  await give("ada", { project: "p" }, "run")
  await database.write(({ sql }) => sql.updateTable("places").set({ type: "session" }).where("id", "=", "q").execute())
  await database.write(({ sql }) => sql.updateTable("places").set({ deleted_ms: 1 }).where("id", "=", "p").execute())
  assert.deepEqual(await projectStanding(read, { user: "ada", project: "p" }), { exists: true, given: "run" })
  for (const project of ["q", "lab", "", "no-such"])
    assert.deepEqual(await projectStanding(read, { user: "ada", project }), { exists: false, given: undefined })
})

test("in a group stands who was given a right there, and no member of one of its projects", async (context) => {
  const { read, give } = await opened(context)
  await give("ada", { project: "p" }, "admin")
  await give("bob", { group: "lab" }, "write")
  assert.deepEqual(await groupStanding(read, { user: "ada", group: "lab" }), { exists: true, given: undefined })
  assert.deepEqual(await groupStanding(read, { user: "bob", group: "lab" }), { exists: true, given: "write" })
  assert.deepEqual(await groupStanding(read, { user: "bob", group: "none" }), { exists: false, given: undefined })
})

test("readable are one's projects and all of one's groups, each once", async (context) => {
  const { read, give } = await opened(context)
  assert.deepEqual(await readableProjects(read, "ada"), [])
  await give("ada", { project: "r" }, "read")
  await give("ada", { project: "p" }, "read")
  assert.deepEqual((await readableProjects(read, "ada")).toSorted(), ["p", "r"])
  await give("ada", { group: "lab" }, "read")
  assert.deepEqual((await readableProjects(read, "ada")).toSorted(), ["p", "q", "r"])
  assert.deepEqual(await readableProjects(read, "bob"), [])
})

test("what needs a whole person takes nobody who is held to anything, and both answers are in the audit", async (context) => {
  const { ports, audited } = await peopleBench(context)
  const action = "key.create"
  await needWhole(ports, person("ada"), { action })
  const held: readonly Caller[] = [
    { ...person("ada"), scopes: [] },
    { ...person("ada"), scopes: [{ right: "admin" }] },
    { ...person("ada", { siteAdmin: true }), kind: "job" },
    { ...person("ada"), kind: "runner" },
    { ...person("ada"), kind: "system" },
    person(""),
  ]
  for (const caller of held)
    await assert.rejects(needWhole(ports, caller, { action }), { code: "NOT_PERMITTED" }, caller.kind)
  assert.deepEqual(await audited(), [
    [action, "allowed", null],
    ...held.map(() => [action, "refused", "NOT_PERMITTED"] as const),
  ])
})
