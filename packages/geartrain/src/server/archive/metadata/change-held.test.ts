import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { findPlace } from "../places/find-place.ts"
import { trashPlace } from "../trash/trash-place.ts"
import { changeHeld } from "./change-held.ts"

test("a change sees what is there now, and is all undone when it fails half-way", async (context) => {
  const { ports, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const label = async () => (await findPlace(ports.database.read, acquisition))?.label
  const change = (revision: number | undefined, next: string, fails = false) =>
    changeHeld(ports, {
      ...{ place: acquisition, revision, notFound: () => new Error("not found") },
      find: (queries) => findPlace(queries, acquisition),
      patch: async ({ sql }, before) => {
        const after = { ...before, label: next, revision: before.revision + 1 }
        await sql
          .updateTable("places")
          .set({ label: next, revision: after.revision })
          .where("id", "=", before.id)
          .execute()
        if (fails) throw new RangeError("half-way")
        return after
      },
    })
  assert.deepEqual([(await change(1, "T2w")).revision, await label()], [2, "T2w"])
  await assert.rejects(change(1, "T3w"), { code: "ETAG_MISMATCH" })
  await assert.rejects(change(2, "T3w", true), RangeError)
  assert.equal(await label(), "T2w")
  assert.equal((await change(undefined, "T3w")).revision, 3)
})

test("what is not there is told in its own words, and a place that went first in those of the place", async (context) => {
  const { ports, admin, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const change = () =>
    changeHeld(ports, {
      ...{ place: acquisition, revision: undefined, notFound: () => new RangeError("no such thing") },
      find: async () => undefined as { id: string; revision: number } | undefined,
      patch: () => assert.fail("there is nothing to change"),
    })
  await assert.rejects(change(), /no such thing/)
  await trashPlace(ports, admin, { id: acquisition })
  await assert.rejects(change(), { code: "PLACE_NOT_FOUND" })
})
