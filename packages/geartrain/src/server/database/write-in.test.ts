import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { readEvents } from "./events/read-events.ts"
import { openSqlite } from "./sqlite/open-sqlite.ts"
import { writeIn } from "./write-in.ts"

/** A database, its writing with what it told others of, in the order of that. */
async function bench(context: TestContext) {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  const told: string[] = []
  const write = writeIn(database.read, {
    kind: "sqlite",
    publish: async (_, topics) => void told.push(`published ${topics.toSorted().join()}`),
    emit: (topic) => void told.push(topic),
  })
  const subjects = async () => (await readEvents(database.read, { after: 0, limit: 99 })).map(({ subject }) => subject)
  return { database, told, write, subjects }
}

/** What SQLite throws when another one holds the file. */
function busy(): Error {
  return Object.assign(new Error("database is locked"), { errcode: 5 })
}

test("each topic is told once: to others within the transaction, here after it, and events with them", async (context) => {
  const { told, write, subjects } = await bench(context)
  const answer = await write(async ({ wake, event }) => {
    wake("a")
    await event({ kind: "made", subject: "1" })
    wake("b")
    wake("a")
    await event({ kind: "made", subject: "2" })
    assert.deepEqual(told, [])
    return 7
  })
  assert.equal(answer, 7)
  assert.equal(told[0], "published a,b,events")
  assert.deepEqual(told.slice(1).toSorted(), ["a", "b", "events"])
  assert.deepEqual(await subjects(), ["1", "2"])
})

test("who wakes nobody tells nobody", async (context) => {
  const { told, write } = await bench(context)
  await write(async () => undefined)
  assert.deepEqual(told, [])
})

test("what another transaction was in the way of is done again from its start, and told once", async (context) => {
  const { told, write, subjects } = await bench(context)
  let tries = 0
  await write(async ({ wake, event }) => {
    tries++
    wake(`try ${tries}`)
    await event({ kind: "made", subject: String(tries) })
    if (tries < 3) throw busy()
  })
  assert.deepEqual(told, ["published events,try 3", "try 3", "events"])
  assert.deepEqual(await subjects(), ["3"])
})

test("after eight tries one says that the database does not answer, and that nothing was done", async (context) => {
  const { told, write, subjects } = await bench(context)
  let tries = 0
  const work = write(async ({ event }) => {
    tries++
    await event({ kind: "made", subject: "never" })
    throw busy()
  })
  await assert.rejects(work, { code: "DATABASE_UNAVAILABLE" })
  assert.equal(tries, 8)
  assert.deepEqual([told, await subjects()], [[], []])
})

test("whatever else fails is not tried again: it comes out as it is, and undoes all", async (context) => {
  const { database, told, write, subjects } = await bench(context)
  let tries = 0
  const own = new Error("no")
  await assert.rejects(
    write(async ({ sql, wake }) => {
      tries++
      wake("a")
      await sql.insertInto("project_usage").values({ project: "p", bytes: 1, versions: 1 }).execute()
      throw own
    }),
    own,
  )
  assert.equal(tries, 1)
  assert.deepEqual(await database.read.selectFrom("project_usage").selectAll().execute(), [])
  assert.deepEqual([told, await subjects()], [[], []])
})

test("what cannot be told to others is not done either", async (context) => {
  const { database } = await bench(context)
  const lost = new Error("line lost")
  const write = writeIn(database.read, {
    kind: "sqlite",
    publish: async () => {
      throw lost
    },
    emit: () => assert.fail("nobody is to be told"),
  })
  await assert.rejects(
    write(({ event }) => event({ kind: "made", subject: "1" })),
    lost,
  )
  assert.deepEqual(await readEvents(database.read, { after: 0, limit: 9 }), [])
})
