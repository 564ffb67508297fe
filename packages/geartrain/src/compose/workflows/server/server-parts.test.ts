import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError, type InvocationDigest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { digestOf, idOf, SAMPLE_STORED_GEAR } from "../../../../test/workflows/sample-plan.ts"
import { orderedInvocation } from "../ordered-invocation.ts"
import { fileNames } from "./file-outputs.ts"
import { JobWatch } from "./job-watch.ts"
import { openKeptRecords } from "./kept-records.ts"
import { openPatience } from "./patience.ts"
import { asRecord } from "./read-record.ts"
import { recordOfFacts, type ServerJobFacts } from "./record-of-facts.ts"
import { noteSent, readSent } from "./sent-notes.ts"
import { serverPlanning } from "./server-planning.ts"
import { StoredPlaces } from "./stored-places.ts"

const top = mkdtempSync(join(tmpdir(), "geartrain-server-parts-"))
after(() => rmSync(top, { recursive: true }))

const GEAR = {
  ...SAMPLE_STORED_GEAR,
  manifest: {
    ...SAMPLE_STORED_GEAR.manifest,
    ...{ inputs: { from: { base: "file" } }, custom: { geartrain: { inputs: { from: { takes: "files" } } } } },
  },
} as typeof SAMPLE_STORED_GEAR

const FACTS = {
  ...{ id: idOf(1), state: "cancelled", attempts: [], config: {}, contexts: {}, network: "none", limits: {} },
  inputs: [
    { input: "from/a.txt", name: "a.txt", digest: digestOf(3), sizeBytes: 5, object: { type: "text", size: 5 } },
    { input: "from/b.bin", name: "b.bin", digest: digestOf(4), sizeBytes: 6, object: { type: "mine", size: 6 } },
  ],
  ...{ createdMs: 0, endedMs: 1000 },
} as unknown as ServerJobFacts

test("a job that nobody ran has a record of what the server says, with the invocation that was ordered", () => {
  const record = recordOfFacts(FACTS, GEAR)
  const files = new Map([
    ["from/a.txt", { name: "a.txt", digest: digestOf(3), sizeBytes: 5 }],
    ["from/b.bin", { name: "b.bin", digest: digestOf(4), sizeBytes: 6, type: "mine" }],
  ])
  const { digest } = orderedInvocation({ gear: GEAR, config: {}, files }, new Map())
  assert.equal(record.invocationDigest, digest)
  assert.deepEqual([record.state, record.failure?.reason, record.failure?.culprit], ["cancelled", "CANCELLED", "user"])
  const lost = recordOfFacts({ ...FACTS, state: "failed", reason: "A_NEW_ONE", message: "it went" }, GEAR)
  assert.deepEqual([lost.failure?.reason, lost.failure?.message], ["RUNNER_LOST", "it went"])
})

test("records lie with the run; what is torn, another's, or no record is none", async () => {
  const kept = openKeptRecords(top)
  assert.deepEqual(await kept.list(), [])
  mkdirSync(join(top, "records"))
  writeFileSync(join(top, "records", `${idOf(2)}.json`), '{"format": "gear')
  writeFileSync(join(top, "records", `${idOf(3)}.json`), '{"format": "geartrain-job/1"}')
  assert.deepEqual(
    [await kept.get(idOf(2)), await kept.get(idOf(3)), await kept.get(idOf(4))],
    [undefined, undefined, undefined],
  )
  assert.equal(await kept.get("../run"), undefined)
  await assert.rejects(kept.keep({ id: "../../x" } as JobRecord), RangeError)
  assert.equal(asRecord({ format: "geartrain-job/1", id: idOf(1) }, idOf(1)), undefined)
})

test("what was sent is noted by line, and a line that was cut off is passed over", async () => {
  const run = mkdtempSync(join(top, "run-"))
  assert.deepEqual(await readSent(run), [])
  await noteSent(run, { digest: digestOf(1), file: idOf(1) })
  await noteSent(run, { digest: digestOf(2), file: idOf(2) })
  const path = join(run, "sent.jsonl")
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -3))
  assert.deepEqual(await readSent(run), [{ digest: digestOf(1), file: idOf(1) }])
})

test("a server that is away is told of once, and waited for", async () => {
  const told: string[] = []
  const patience = openPatience((says) => told.push(says))
  let tries = 0
  const work = async (): Promise<string> => {
    tries += 1
    if (tries < 3) throw new GeartrainError("SERVER_UNREACHABLE", "Cannot reach the server")
    return "done"
  }
  assert.equal(await patience(work, new AbortController().signal), "done")
  assert.deepEqual(told, ["Cannot reach the server; the run waits for it", "the server is back"])
  const refused = patience(
    () => Promise.reject(new GeartrainError("NOT_PERMITTED", "No")),
    new AbortController().signal,
  )
  await assert.rejects(refused, (error) => isGeartrainError(error, "NOT_PERMITTED"))
  const stop = new AbortController()
  const away = patience(() => Promise.reject(new GeartrainError("SERVER_UNREACHABLE", "Away")), stop.signal)
  setImmediate(() => stop.abort())
  await assert.rejects(away, (error) => isGeartrainError(error, "INTERRUPTED"))
})

/** A server that answers what is asked for jobs that did the same: at most so many of a request. */
function sameServer(most: number): { readonly client: GearClient; readonly asked: number[] } {
  const asked: number[] = []
  const POST = async (_: string, { body }: { readonly body: { readonly invocations: readonly string[] } }) => {
    const { invocations } = body
    asked.push(invocations.length)
    const items = invocations.slice(0, most).map((invocation) => ({
      ...{ invocation, job: idOf(7), outputs: [{ path: "a b.txt", digest: digestOf(9), sizeBytes: 1 }] },
      ...{ wallMs: 1, endedMs: 0 },
    }))
    return { data: { items, unasked: invocations.slice(most) } }
  }
  return { client: { url: "http://lab", api: { POST } } as unknown as GearClient, asked }
}

test("thousands are looked up in few requests, and where the bytes lie is known from then on", async () => {
  const { client, asked } = sameServer(800)
  const planning = serverPlanning(client, {} as never)
  const wanted = Array.from({ length: 2500 }, (_, index) => digestOf(index) as InvocationDigest)
  assert.equal((await planning.findSame(wanted)).size, 2500)
  assert.deepEqual(asked, [1000, 1000, 900, 100])
  assert.equal(planning.places.find(digestOf(9)), `job:${idOf(7)}/a b.txt`)
  assert.deepEqual([...(await planning.presence([digestOf(9), digestOf(8)])).values()], ["stored", "missing"])
  const silent = serverPlanning(sameServer(0).client, {} as never)
  await assert.rejects(silent.findSame(wanted), (error) => isGeartrainError(error, "SERVER_REPLY_UNREADABLE"))
})

test("a place that is gone is forgotten, and a later one counts", () => {
  const places = new StoredPlaces()
  places.noteFile(digestOf(1), idOf(1))
  places.noteOutputs(idOf(2), [{ path: "x", digest: digestOf(1) }])
  assert.deepEqual(
    [places.find(digestOf(1)), places.knows(idOf(2)), places.knows(idOf(3))],
    [`job:${idOf(2)}/x`, true, false],
  )
  places.forget(digestOf(1))
  assert.equal(places.find(digestOf(1)), undefined)
})

test("files of a place have names of their own, whatever folders and outputs they come of", () => {
  const file = (name: string, digest: number) => ({ name, digest: digestOf(digest), sizeBytes: 1 })
  const names = fileNames({
    maps: [file("a/x.nii", 1), file("y.txt", 2)],
    reports: [file("y.txt", 3), file("a_x.nii", 4)],
    gathered: [file("out.bam", 5), file("out.bam", 6)],
  })
  assert.deepEqual(
    [...names].map(([name, { digest }]) => [name, digest]),
    [
      ["maps_a_x.nii", digestOf(1)],
      ["maps_y.txt", digestOf(2)],
      ["reports_y.txt", digestOf(3)],
      ["reports_a_x.nii", digestOf(4)],
      ["0000-out.bam", digestOf(5)],
      ["0001-out.bam", digestOf(6)],
    ],
  )
})

test("ends of jobs are told by one stream, taken up where it was cut; what ended before it stood is looked at", async () => {
  const paths: string[] = []
  const ended = (id: string, seq: number, state: string): string =>
    `id: ${seq}\nevent: event\ndata: ${JSON.stringify({ subject: id, data: { state } })}\n\n`
  const streams = [
    `id: 10\nevent: begin\ndata: {"seq":10}\n\n${ended(idOf(2), 11, "running")}`,
    `${ended(idOf(2), 12, "complete")}${ended(idOf(9), 13, "complete")}`,
    ended(idOf(3), 14, "failed"),
  ]
  const client = {
    url: "http://lab",
    send: async (path: string, { headers }: { readonly headers: Readonly<Record<string, string>> }) => {
      paths.push(`${path.split("?")[0]} ${headers["last-event-id"] ?? "-"}`)
      const text = streams.shift()
      if (text === undefined) return await new Promise(() => undefined)
      return new Response(text)
    },
    api: {
      GET: async (path: string, { params }: { readonly params: { readonly path?: { readonly job: string } } }) =>
        path === "/api/v1/jobs"
          ? { data: { items: [{ id: idOf(2) }, { id: idOf(3) }] } }
          : { data: { state: params.path?.job === idOf(1) ? "complete" : "running" } },
    },
  } as unknown as GearClient
  const watch = new JobWatch({ client, project: idOf(5), tag: "run-x", patience: openPatience(() => undefined) })
  const ends = [1, 2, 3].map((job) => watch.ended(idOf(job)))
  const left = watch.ended(idOf(4))
  await watch.stands()
  await Promise.all(ends)
  assert.deepEqual(paths.slice(0, 3), ["/api/v1/events -", "/api/v1/events 11", "/api/v1/events 13"])
  watch.close()
  await assert.rejects(left, (error) => isGeartrainError(error, "INTERRUPTED"))
  await assert.rejects(watch.ended(idOf(6)), (error) => isGeartrainError(error, "INTERRUPTED"))
})
