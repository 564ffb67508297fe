import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, manifestOf } from "../../../../test/server/queue/queue-bench.ts"
import { gearOf } from "./gear-entry.ts"
import { type GearFilter, listGears } from "./list-gears.ts"
import { registerGear } from "./register-gear.ts"
import { switchGear } from "./switch-gear.ts"

/** A server with two gears, one of which has three versions; the registrations in this order. */
async function bench(context: TestContext) {
  const queue = await memoryQueue(context, { manifests: [] })
  const register = async (name: string, version: string, category?: string) => {
    queue.clock.nowMs += 1
    const image = await queue.bytes(JSON.stringify(manifestOf(name, { version })))
    return registerGear(queue.ports, ADMIN, { image, ...(category === undefined ? {} : { category }) })
  }
  await register("b", "2.0.0")
  await register("b", "10.0.0")
  await register("a", "1.0.0", "qa")
  await register("b", "1.0.0")
  const list = (filter: GearFilter = {}, page: { readonly limit: number; readonly cursor?: string } = { limit: 100 }) =>
    listGears(queue.ports, { filter, page })
  const names = async (filter: GearFilter = {}) =>
    (await list(filter)).items.map(({ name, version }) => `${name}@${version}`)
  return { queue, register, list, names }
}

test("of each name the gear that was registered last is listed, whatever its number, or all of them, the last first", async (context) => {
  const { names } = await bench(context)
  assert.deepEqual(await names(), ["a@1.0.0", "b@1.0.0"])
  assert.deepEqual(await names({ allVersions: true }), ["a@1.0.0", "b@1.0.0", "b@10.0.0", "b@2.0.0"])
  assert.deepEqual(await names({ name: "b" }), ["b@1.0.0"])
  assert.deepEqual(await names({ name: "B" }), [])
  assert.deepEqual(await names({ category: "qa", allVersions: true }), ["a@1.0.0"])
})

test("what an admin disabled, and what another took the place of in development, is in no list; the first can be asked for", async (context) => {
  const { queue, register, names } = await bench(context)
  await switchGear(queue.ports, ADMIN, { gear: "a", state: "disabled", revision: 1 })
  assert.deepEqual(await names(), ["b@1.0.0"])
  assert.deepEqual(await names({ disabledToo: true }), ["a@1.0.0", "b@1.0.0"])
  await register("c", "1.0.0-dev")
  const image = await queue.bytes(JSON.stringify(manifestOf("c", { version: "1.0.0-dev", label: "better" })))
  const { id } = await registerGear(queue.ports, ADMIN, { image })
  assert.deepEqual(await names({ name: "c", allVersions: true, disabledToo: true }), ["c@1.0.0-dev"])
  assert.equal((await listGears(queue.ports, { filter: { name: "c" }, page: { limit: 1 } })).items[0]?.id, id)
})

test("page by page each gear comes once, also those that were registered at one time, and the last page says so", async (context) => {
  const { queue, list } = await bench(context)
  await queue.ports.database.write(({ sql }) => sql.updateTable("gears").set({ created_ms: 5 }).execute())
  const whole = (await list({ allVersions: true })).items.map(({ id }) => id)
  assert.equal(whole.length, 4)
  for (const limit of [1, 2, 3, 4]) {
    const ids = []
    let cursor: string | undefined
    let pages = 0
    do {
      const page = await list({ allVersions: true }, { limit, ...(cursor === undefined ? {} : { cursor }) })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.next
      pages++
    } while (cursor !== undefined)
    assert.deepEqual(ids, whole)
    assert.equal(pages, Math.ceil(4 / limit))
  }
})

test("a cursor that is of another list, or of nobody, is refused", async (context) => {
  const { list } = await bench(context)
  const written = (values: unknown) => Buffer.from(JSON.stringify(values)).toString("base64url")
  for (const cursor of [
    "",
    "!",
    written([]),
    written(["a", 1]),
    written(["a", "1", "b"]),
    written([1, 1, "b"]),
    written({}),
  ])
    await assert.rejects(list({}, { limit: 1, cursor }), { code: "CURSOR_UNFIT" }, cursor)
})

test("a gear is read back as it was registered", async (context) => {
  const { queue, list } = await bench(context)
  const [gear] = (await list({ name: "a" })).items
  assert.ok(gear)
  const image = await queue.bytes(JSON.stringify(manifestOf("a")))
  assert.deepEqual(gear.manifest, manifestOf("a"))
  assert.deepEqual(gear.image, { digest: image, sizeBytes: JSON.stringify(manifestOf("a")).length })
  assert.deepEqual(
    [gear.id, gear.state, gear.isNewest, gear.category, gear.createdBy],
    [image, "enabled", true, "qa", "admin"],
  )
  const row = await queue.ports.database.read
    .selectFrom("gears")
    .selectAll()
    .where("name", "=", "b")
    .where("version", "=", "2.0.0")
    .executeTakeFirstOrThrow()
  assert.deepEqual([gearOf(row).isNewest, gearOf(row).createdMs], [false, row.created_ms])
})
