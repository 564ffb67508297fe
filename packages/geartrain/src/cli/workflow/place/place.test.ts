import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openClient } from "@geartrain/sdk/client"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { answerWith, refusal, SERVER, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { contextOf, givenOf } from "../../../../test/cli/told.ts"
import { job, jobId } from "../../../../test/stores/records/sample-records.ts"
import type { Engine } from "../../../compose/open-engine.ts"
import { openKeptRecords } from "../../../compose/workflows/server/kept-records.ts"
import type { RunFailure } from "../../../workflows/report/run-analysis.ts"
import { distantRecords } from "./distant-records.ts"
import { machineRecords } from "./machine-place.ts"
import { FILING_FLAG, openPlace, PLACE_FLAGS } from "./open-place.ts"
import { planAt } from "./plan-at.ts"
import { readServerTail, readTails } from "./read-tails.ts"
import { serverRecords } from "./server-place.ts"
import type { Workplace } from "./workplace.ts"

const FLAGS = {
  ...{ ...PLACE_FLAGS, ...FILING_FLAG },
  provider: { type: "text", says: "" },
  cpus: { type: "text", says: "" },
  memory: { type: "text", says: "" },
  cleanup: { type: "text", says: "" },
} as const

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-place-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Asks for a place with these flags, where no server answers anything. */
function opened(context: TestContext, args: readonly string[], run?: Parameters<typeof openPlace>[2]) {
  answerWith(context, {})
  const env = { ...SERVER_ENV, GEARTRAIN_HOME: join(folder(context), "gears") }
  return openPlace(contextOf({ env }).context, givenOf(FLAGS, args), run)
}

test("flags that name a place of a server need one, and those of this machine are refused with one", async (context) => {
  for (const flag of ["project", "to"])
    await assert.rejects(opened(context, [`--${flag}=lab/study`]), {
      ...{ code: "USAGE", message: `Cannot take --${flag} without --server: it names a place of a server` },
    })
  for (const flag of ["provider=crun", "cpus=2", "memory=1g", "cleanup=leaf"])
    await assert.rejects(opened(context, ["--server", `--${flag}`]), { code: "USAGE", message: /on a server: / }, flag)
  // A run that is on a server goes on there, whatever is not said.
  const going = { server: { url: SERVER, project: "p" } }
  await assert.rejects(opened(context, ["--cpus=2"], going), { code: "USAGE" })
})

test("a run that begins on a server has a project; a plan needs none", async (context) => {
  await assert.rejects(opened(context, ["--server"], "begin"), {
    code: "USAGE",
    hint: /--project GROUP\/PROJECT$/,
  } as object)
  const place = await opened(context, ["--server", "--cleanup=none"])
  try {
    assert.equal(place.server, undefined)
    assert.deepEqual(place.missing(), [])
  } finally {
    await place.close()
  }
})

test("a run that goes on is of the server and project that it began with", async (context) => {
  const server = { url: SERVER, project: "p1", to: { id: "x", path: "lab/study" } }
  const place = await opened(context, [], { server })
  try {
    assert.deepEqual(place.server, server)
    assert.deepEqual(place.records.commands("ab"), [`gear logs --server=${SERVER} ab`])
  } finally {
    await place.close()
  }
})

test("without a server it is this machine, which files nothing", async (context) => {
  const place = await opened(context, [], "begin")
  try {
    assert.equal(place.server, undefined)
    assert.deepEqual(place.records.commands("ab"), ["gear logs ab", "gear debug ab"])
    assert.equal(await place.records.get(jobId(1)), undefined)
    assert.deepEqual(await place.records.tail(jobId(1)), { lines: [], why: "it wrote none" })
  } finally {
    await place.close()
  }
})

test("gears that a server lacks are all named with what brings them, and other failures come through", async () => {
  const { settings } = contextOf()
  const failing = (missing: readonly string[], error: unknown) =>
    ({
      ...{ history: {}, missing: () => missing },
      get planning() {
        throw error
      },
    }) as unknown as Workplace
  const wish = { file: "/nonexistent.yaml" } as Parameters<typeof planAt>[1]
  const error = new GeartrainError("GEAR_NOT_FOUND", "gone", { details: { a: 1 }, hint: "h" })
  const planned = (place: Workplace) =>
    planAt(place, wish, { settings, isForServer: true }).catch((thrown: unknown) => thrown)
  const told = await planned(failing(["a@1", "./b c"], error))
  assert.ok(isGeartrainError(told, "GEAR_NOT_FOUND"))
  assert.deepEqual([told.message, told.details, told.cause], ["gone", { a: 1 }, error])
  assert.equal(told.hint, "Bring the gears there: gear push a@1 && gear push './b c'")
  assert.equal(await planned(failing([], error)), error)
  const bug = new RangeError("bug")
  assert.equal(await planned(failing(["a@1"], bug)), bug)
})

test("the end of a server's log is ten lines, each cut, whatever pieces it comes in", async (context) => {
  let text = ""
  answerWith(context, { "GET /api/v1/jobs/*/logs": () => new Response(text) })
  const client = openClient({ url: SERVER })
  assert.deepEqual(await readServerTail(undefined, client), { lines: [], why: "it wrote none" })
  assert.deepEqual(await readServerTail("j", client), { lines: [], why: "it wrote none" })
  text = Array.from({ length: 15 }, (_, at) => `line ${at}`).join("\n")
  assert.deepEqual(
    (await readServerTail("j", client)).lines,
    Array.from({ length: 10 }, (_, at) => `line ${at + 5}`),
  )
  text = `a\n\n${"x".repeat(100_000)}\nend\n`
  const { lines } = await readServerTail("j", client)
  assert.deepEqual(
    lines.map((line) => line.length),
    [1, 0, 500, 3],
  )
})

test("a log that a server does not give says why", async (context) => {
  answerWith(context, { "GET /api/v1/jobs/*/logs": () => refusal(404, "JOB_NOT_FOUND", "There is no job") })
  assert.deepEqual(await readServerTail("j", openClient({ url: SERVER })), { lines: [], why: "There is no job" })
})

test("logs are read of the first failures only", async () => {
  const failures = Array.from({ length: 30 }, (_, at) => ({ key: `k${at}`, job: jobId(at) })) as unknown as RunFailure[]
  const asked: (string | undefined)[] = []
  const tails = await readTails(failures, {
    tail: async (id) => {
      asked.push(id)
      return { lines: [] }
    },
  })
  assert.deepEqual([asked.length, tails.size, tails.has("k19")], [20, 20, true])
})

test("a log that is too large, or whose bytes are gone, is not looked through", async () => {
  const log = (sizeBytes: number) => ({ digest: `sha256:${"0".repeat(64)}`, sizeBytes })
  const engine = (record: object) =>
    ({
      jobs: { get: async () => ({ ...job(1), ...record }) },
      blobs: { locate: async () => undefined },
    }) as unknown as Engine
  const why = async (record: object) => (await machineRecords(engine(record)).tail(jobId(1))).why
  assert.equal(await why({}), "it wrote none")
  assert.equal(await why({ log: log(256 * 1024 * 1024 + 1) }), "it is too large to be looked through here")
  assert.equal(await why({ log: log(256 * 1024 * 1024) }), "its bytes are no longer stored")
})

test("a record that a server has not is none, and one that was kept is not asked for again", async (context) => {
  const kept = openKeptRecords(folder(context))
  const requests = answerWith(context, {
    "GET /api/v1/jobs/*/record": () => refusal(404, "JOB_RECORD_NOT_FOUND"),
  })
  const records = serverRecords(openClient({ url: SERVER }), kept)
  assert.equal(await records.get(jobId(1)), undefined)
  await kept.keep(job(2, { state: "complete" }))
  assert.equal((await records.get(jobId(2)))?.id, jobId(2))
  assert.equal(requests.length, 1)
})

test("while a server is away what lies with the run is told, and the reason once", async (context) => {
  const home = folder(context)
  await openKeptRecords(home).keep(job(1, { state: "complete" }))
  const warned: string[] = []
  const { settings } = contextOf({ env: { XDG_CONFIG_HOME: home } })
  const records = distantRecords({ server: { url: SERVER, project: "p" }, folder: home }, settings, (says) =>
    warned.push(says),
  )
  assert.equal((await records.get(jobId(1)))?.id, jobId(1))
  assert.deepEqual(warned, [])
  const [none, tail] = await Promise.all([records.get(jobId(2)), records.tail(jobId(1))])
  assert.equal(none, undefined)
  assert.match(tail.why ?? "", /^Nobody has logged in to/)
  assert.equal(await records.get(jobId(3)), undefined)
  assert.equal(warned.length, 1)
  assert.match(warned[0] ?? "", /^Records and logs that do not lie with the run are left out: Nobody has logged in/)
})
