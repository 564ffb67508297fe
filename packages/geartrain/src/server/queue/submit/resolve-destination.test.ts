import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { Destination, GearManifest } from "@geartrain/spec"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { manifestOf, PLACE, PROJECT } from "../../../../test/server/queue/queue-bench.ts"
import { refusalOf } from "../../../../test/server/refusal-of.ts"
import type { FiledPlace } from "../job-archive.ts"
import type { JobOrder, QueuedInput } from "./job-order.ts"
import { resolveDestination } from "./resolve-destination.ts"

const MANIFEST = manifestOf("two", {
  inputs: {
    mask: { base: "file", optional: true },
    near: { base: "context" },
    scans: { base: "file" },
    more: { base: "file" },
  },
}) as GearManifest

const READABLE = "0000000000000000000000cc"
const HIDDEN = "0000000000000000000000dd"

async function bench(context: TestContext) {
  const rights = { ada: { [PROJECT]: "run", [READABLE]: "write" } } as const
  const queue = await memoryQueue(context, { rights })
  const place = (id: string, type: FiledPlace["type"], project = PROJECT) =>
    void queue.archive.places.set(id, { type, id, project, group: "lab" })
  const resolve = (order: Partial<JobOrder>, inputs: readonly QueuedInput[] = []) =>
    resolveDestination(queue.ports, person("ada"), { order: { gear: "two", ...order }, manifest: MANIFEST, inputs })
  return { place, resolve }
}

function given(input: string, place?: Destination): QueuedInput {
  const file = { input, name: "a", digest: `sha256:${"0".repeat(64)}`, sizeBytes: 0, object: {} } as const
  return { ...file, ...(place === undefined ? {} : { place }) }
}

test("a place that is named stands over those of the inputs", async (context) => {
  const { place, resolve } = await bench(context)
  place("named", "session")
  assert.equal(
    (await resolve({ destination: "named" }, [given("scans", { type: "acquisition", id: PLACE })])).id,
    "named",
  )
})

test("without one it is the place of the first file input that is required, in the manifest's order", async (context) => {
  const { place, resolve } = await bench(context)
  for (const id of ["m", "s", "o"]) place(id, "session")
  const at = (id: string): Destination => ({ type: "session", id })
  const chosen = async (...inputs: readonly QueuedInput[]) => (await resolve({}, inputs)).id
  assert.equal(await chosen(given("mask", at("m")), given("more", at("o")), given("scans", at("s"))), "s")
  assert.equal(await chosen(given("mask", at("m")), given("more", at("o"))), "o")
  // An optional one is better than none.
  assert.equal(await chosen(given("mask", at("m"))), "m")
  assert.equal(await chosen(given("more", at("o")), given("scans/b.nii", at("s"))), "s")
  // Names that begin alike are others.
  assert.equal(await chosen(given("scans2", at("m")), given("more", at("o"))), "o")
})

test("nothing is added to an analysis that a file lies in by chance, but by name one may go into it", async (context) => {
  const { place, resolve } = await bench(context)
  place("analysis", "analysis")
  place("o", "session")
  const inputs = [given("scans", { type: "analysis", id: "analysis" }), given("more", { type: "session", id: "o" })]
  assert.equal((await resolve({}, inputs)).id, "o")
  await assert.rejects(resolve({}, inputs.slice(0, 1)), { code: "DESTINATION_MISSING" })
  assert.equal((await resolve({ destination: "analysis" })).type, "analysis")
})

test("an order by content names its place itself: its files are of none", async (context) => {
  const { resolve } = await bench(context)
  const inputs = [given("scans", { type: "acquisition", id: PLACE })]
  await assert.rejects(resolve({ byContent: { files: [] } }, inputs), { code: "DESTINATION_MISSING", message: /"two"/ })
  await assert.rejects(resolve({}, [given("scans")]), { code: "DESTINATION_MISSING" })
  assert.equal((await resolve({ byContent: { files: [] }, destination: PLACE }, inputs)).id, PLACE)
})

test("a place that one may not know of is told as one that there is not; one may write to is not one to run in", async (context) => {
  const { place, resolve } = await bench(context)
  place("hidden", "session", HIDDEN)
  place("written", "session", READABLE)
  const said = async (destination: string): Promise<string> => {
    const error = await refusalOf(resolve({ destination }))
    assert.equal(error.code, "PLACE_NOT_FOUND")
    return error.message.replace(destination, "IT")
  }
  assert.equal(await said("hidden"), await said("nothing"))
  await assert.rejects(resolve({ destination: "written" }), { code: "NOT_PERMITTED" })
})

test("files lie in no group and no collection", async (context) => {
  const { place, resolve } = await bench(context)
  for (const type of ["group", "collection"] as const) {
    place(type, type)
    await assert.rejects(resolve({ destination: type }), { code: "PLACE_UNFIT", message: new RegExp(type) })
  }
  for (const type of ["project", "subject", "session", "acquisition"] as const) {
    place(type, type)
    assert.equal((await resolve({ destination: type })).type, type)
  }
})
