import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { lastEvent, readEvents } from "../../../src/server/database/events/read-events.ts"
import { onDatabases } from "../on-databases.ts"

onDatabases((bench) => {
  bench.test("what a transaction did is there after it, and its event with it", async (context) => {
    const database = await bench.open(context)
    await database.write(async (write) => {
      await write.event({ kind: "test.made", subject: "a", project: "p", data: { n: 1 } })
      await write.event({ kind: "test.made", subject: "b" })
    })
    const all = await readEvents(database.read, { after: 0, limit: 10 })
    assert.deepEqual(
      all.map(({ seq, subject, project, data }) => [seq, subject, project, data]),
      [
        [1, "a", "p", { n: 1 }],
        [2, "b", undefined, {}],
      ],
    )
    assert.equal(await lastEvent(database.read), 2)
    assert.deepEqual((await readEvents(database.read, { after: 0, limit: 10, projects: ["p"] })).length, 1)
    assert.deepEqual(await readEvents(database.read, { after: 0, limit: 10, projects: [] }), [])
  })

  bench.test("a transaction that fails leaves nothing, and wakes nobody", async (context) => {
    const database = await bench.open(context)
    let woken = 0
    context.after(database.signals.on("events", () => woken++))
    await assert.rejects(
      database.write(async (write) => {
        await write.event({ kind: "test.made", subject: "a" })
        throw new Error("no")
      }),
      /^Error: no$/,
    )
    assert.equal(await lastEvent(database.read), 0)
    assert.equal(woken, 0)
  })

  bench.test("who waits for a topic is woken by a commit, in another process too", async (context) => {
    const database = await bench.open(context)
    const other = bench.kind === "postgres" ? await bench.again(context) : database
    const woken = other.signals.wait(["jobs"], { timeoutMs: 60_000 })
    await database.write(async (write) => write.wake("jobs"))
    await woken
  })

  bench.test("many writers at once: every event has its number, and readers miss none", async (context) => {
    const database = await bench.open(context)
    const seen: number[] = []
    let after = 0
    const read = async (): Promise<void> => {
      for (const { seq } of await readEvents(database.read, { after, limit: 1000 })) {
        seen.push(seq)
        after = seq
      }
    }
    const writers = Array.from({ length: 40 }, (_, n) =>
      database.write(async (write) => write.event({ kind: "test.made", subject: String(n) })),
    )
    while (seen.length < 40) await read()
    await Promise.all(writers)
    assert.equal(new Set(seen).size, 40)
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    )
  })

  bench.test("a statement that the database refuses is told, with what it said", async (context) => {
    const database = await bench.open(context)
    await assert.rejects(
      database.write((write) =>
        write.sql
          .insertInto("events")
          .values({ kind: "x" } as never)
          .execute(),
      ),
      (error) => isGeartrainError(error, "DATABASE_FAILED") && error.cause instanceof Error,
    )
  })

  bench.test("a snapshot sees one state, however much is written meanwhile", async (context) => {
    const database = await bench.open(context)
    const write = (subject: string): Promise<void> =>
      database.write((writing) => writing.event({ kind: "test.made", subject }))
    for (let n = 0; n < 3; n++) await write(`before ${n}`)
    const seen = await database.snapshot(async ({ sql, rows }) => {
      assert.equal(await lastEvent(sql), 3)
      await write("meanwhile")
      const found = []
      for await (const some of rows("events")) found.push(...some.map((row) => row["subject"]))
      return found
    })
    assert.deepEqual(seen, ["before 0", "before 1", "before 2"])
    assert.equal(await lastEvent(database.read), 4)
  })
})
