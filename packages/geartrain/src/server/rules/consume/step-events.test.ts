import assert from "node:assert/strict"
import { test } from "node:test"
import { saveAt } from "../../../../test/server/archive/save-at.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { type RulesBench, rulesBench } from "../../../../test/server/rules/rules-bench.ts"
import { changePlace } from "../../archive/places/change-place.ts"
import { lastEvent } from "../../database/events/read-events.ts"
import { stepEvents } from "./step-events.ts"

const RULE = { name: "r", gear: { name: "g", version: "1.0" }, when: { metadata: "session.info.x", equals: 1 } }

function names(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${String(n).padStart(2, "0")}.txt`, `${n}`]))
}

async function cursor({ ports }: RulesBench) {
  const row = await ports.database.read.selectFrom("rule_cursors").selectAll().executeTakeFirst()
  return [row?.seq, row?.within === null || row === undefined ? null : JSON.parse(row.within).name]
}

test("without rules all events are passed over at once, and none is looked at again", async (context) => {
  const bench = await rulesBench(context, await memoryDatabase(context))
  await saveAt(bench.ports.database, bench.archive.acquisition, names(5))
  const last = await lastEvent(bench.ports.database.read)
  assert.equal(await stepEvents(bench.ports), false)
  assert.deepEqual(await cursor(bench), [last, null])
  assert.equal(await stepEvents(bench.ports), false)
  await saveAt(bench.ports.database, bench.archive.acquisition, names(250 + 5))
  assert.equal(await stepEvents(bench.ports), true)
  assert.equal(await stepEvents(bench.ports), false)
  assert.deepEqual(await cursor(bench), [await lastEvent(bench.ports.database.read), null])
})

test("an event of many files is gone through page by page, and each file is decided about once", async (context) => {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { ports, archive } = bench
  await saveAt(ports.database, archive.acquisition, names(41))
  while (await stepEvents(ports));
  await bench.gear("g")
  await bench.rule(RULE)
  await changePlace(archive.ports, archive.writer, { id: archive.session, patch: { set: { info: { x: 2 } } } })
  const last = await lastEvent(ports.database.read)
  const seen: unknown[] = []
  while (await stepEvents(ports)) seen.push(await cursor(bench))
  assert.deepEqual(seen, [
    [last - 1, "f19.txt"],
    [last - 1, "f39.txt"],
    [last, null],
  ])
  const decisions = await bench.decisions()
  assert.deepEqual(decisions.map(([file]) => file).toSorted(), Object.keys(names(41)))
})

test("of two servers at the same page one keeps its decisions, and what one left half-way the next one goes on with", async (context) => {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { ports, archive } = bench
  await bench.gear("g")
  await bench.rule({ ...RULE, when: { type: "text" } })
  while (await stepEvents(ports));
  await saveAt(ports.database, archive.acquisition, { "a.txt": "1" })
  const written = await Promise.all([stepEvents(ports), stepEvents(ports)])
  assert.deepEqual(written, [true, true])
  assert.deepEqual([(await bench.decisions()).length, (await bench.jobs()).length], [1, 1])
  const failing = { ...ports, database: { ...ports.database, write: () => Promise.reject(new RangeError("died")) } }
  await saveAt(ports.database, archive.acquisition, { "b.txt": "1" })
  const before = await cursor(bench)
  await assert.rejects(stepEvents(failing), RangeError)
  assert.deepEqual(await cursor(bench), before)
  await stepEvents(ports)
  assert.deepEqual((await bench.decisions()).map(([file]) => file).toSorted(), ["a.txt", "b.txt"])
})

test("what another server has decided meanwhile stays, and it is not gone back", async (context) => {
  const bench = await rulesBench(context, await memoryDatabase(context))
  const { ports, archive } = bench
  await bench.gear("g")
  await bench.rule({ ...RULE, when: { type: "dicom" } })
  while (await stepEvents(ports));
  await saveAt(ports.database, archive.acquisition, { "a.txt": "1" })
  let ahead: unknown
  const overtaken = {
    ...ports,
    database: {
      ...ports.database,
      write: async (work: Parameters<typeof ports.database.write>[0]) => {
        while (await stepEvents(ports));
        await ports.database.write(({ sql }) =>
          sql.updateTable("rule_decisions").set({ says: "the other's" }).execute(),
        )
        ahead = await cursor(bench)
        return ports.database.write(work)
      },
    } as typeof ports.database,
  }
  await stepEvents(overtaken)
  assert.deepEqual(await cursor(bench), ahead)
  const rows = await ports.database.read.selectFrom("rule_decisions").select("says").execute()
  assert.deepEqual(
    rows.map(({ says }) => says),
    ["the other's"],
  )
})
