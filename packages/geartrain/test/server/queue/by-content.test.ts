import assert from "node:assert/strict"
import { type Digest, type Gear, isGeartrainError, type JobRecord, type JsonValue } from "@geartrain/spec"
import type { FinishRequest } from "@geartrain/spec/server"
import type { KnownFile } from "@geartrain/spec/workflow"
import { orderedInvocation } from "../../../src/compose/workflows/ordered-invocation.ts"
import { requestOf } from "../../../src/runner/attempt/request-of.ts"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { findGear } from "../../../src/server/queue/gears/find-gear.ts"
import { jobConfig } from "../../../src/server/queue/jobs/job-config.ts"
import { listJobs } from "../../../src/server/queue/jobs/list-jobs.ts"
import { openRecord } from "../../../src/server/queue/jobs/open-record.ts"
import { readJob } from "../../../src/server/queue/jobs/read-job.ts"
import { retryJob } from "../../../src/server/queue/jobs/retry-job.ts"
import type { ContentFile, JobOrder } from "../../../src/server/queue/submit/job-order.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import {
  ADMIN,
  complete,
  held,
  manifestOf,
  PLACE,
  PROJECT,
  type QueueBench,
  queueBench,
  runnerCaller,
} from "./queue-bench.ts"

const HIDDEN = "0000000000000000000000ff"
const ID = "5a0000000000000000000001"

const JOIN = manifestOf("join", {
  config: { k: { type: "integer", default: 21 } },
  inputs: {
    one: { base: "file" },
    reads: { base: "file", optional: true },
    tree: { base: "file", optional: true },
    atlas: { base: "context" },
  },
  custom: { geartrain: { inputs: { reads: { takes: "files" }, tree: { takes: "folder" } } } },
})

/** What it opens with its key is in no invocation, so that nothing can be said of it by content. */
const KEYED = manifestOf("keyed", { inputs: { key: { base: "api-key" } } })

const isCode = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

/** A file of the archive: what `from` names it by, and its digest. */
async function file(
  queue: QueueBench,
  number: number,
  { project = PROJECT, version = 1 }: { readonly project?: string; readonly version?: number } = {},
): Promise<{ readonly from: string; readonly digest: Digest; readonly sizeBytes: number }> {
  const id = `f1${String(number).padStart(22, "0")}`
  const text = `bytes of ${number}`
  const digest = await queue.bytes(text)
  const filed = {
    ...{ id, version, digest, project, name: `${number}.txt`, sizeBytes: text.length },
    place: { type: "session", id: PLACE },
    object: { type: "dicom", info: { seen: false }, size: text.length },
  }
  for (const reference of [`file:${id}`, `file:${id}@${version}`]) queue.archive.files.set(reference, filed)
  return { from: `file:${id}`, digest, sizeBytes: text.length }
}

const order = (files: readonly ContentFile[], contexts?: Readonly<Record<string, JsonValue>>): JobOrder => ({
  gear: "join",
  destination: PLACE,
  byContent: { files, ...(contexts === undefined ? {} : { contexts }) },
})

onDatabases((bench) => {
  bench.test(
    "an order by content comes to the invocation that the engine comes to, and its gear sees no place",
    async (context) => {
      const queue = await queueBench(await bench.open(context), { manifests: [JOIN] })
      const { ports } = queue
      const [one, two, three] = [await file(queue, 1), await file(queue, 2), await file(queue, 3)]
      const files: ContentFile[] = [
        { ...one, input: "one", name: "brain.nii.gz" },
        { ...two, input: "reads/0000-a.fq", name: "0000-a.fq", type: "odd" },
        { ...three, input: "reads/0001-a.fq", name: "0001-a.fq" },
        { ...three, input: "tree/sub/deep.txt", name: "deep.txt" },
      ]
      const { job, how } = await submitJob(ports, person("ada"), { order: order(files, { atlas: { age: [3] } }) })
      assert.equal(how, "queued")
      const entry = await findGear(ports.database.read, "join")
      const known = new Map(
        files.map(({ input, from: _, type, ...rest }, index): [string, KnownFile] => [
          input,
          {
            ...rest,
            sizeBytes: [one, two, three, three][index]?.sizeBytes ?? 0,
            ...(type === undefined ? {} : { type }),
          },
        ]),
      )
      const gear = { id: entry.id, manifest: entry.manifest } as Gear
      const asked = { gear, config: {}, files: known, contexts: { atlas: { age: [3] } } }
      const { digest } = orderedInvocation(asked, new Map())
      assert.equal(job.invocation_digest, digest)
      // Without a value it is not looked up: the gear is told that there is none.
      const bare = await submitJob(ports, person("ada"), { order: order(files.slice(0, 1)) })
      const without = orderedInvocation({ gear, config: {}, files: new Map([...known].slice(0, 1)) }, new Map())
      assert.equal(bare.job.invocation_digest, without.digest)
      const config = await jobConfig(ports, person("ada"), job.id)
      assert.doesNotMatch(JSON.stringify(config), new RegExp(`${PLACE}|dicom|seen`))
      const facts = await readJob(ports, person("ada"), job.id)
      assert.deepEqual([facts.byContent, facts.destination.id, facts.inputs[0]?.place], [true, PLACE, undefined])
      assert.deepEqual([facts.inputs[0]?.file, facts.inputs[0]?.version], [one.from.slice(5), 1])
      const claimed = (await queue.claim(await queue.runner("r"), 2)).find(({ job: id }) => id === job.id)
      assert.ok(claimed)
      assert.equal("destination" in claimed, false)
      const request = requestOf(claimed, gear, new Map())
      assert.deepEqual([request.destination, request.filePlaces], [undefined, {}])
      assert.equal(request.fileNames?.["reads/0001-a.fq"], "0001-a.fq")
    },
  )

  bench.test(
    "an order by content is refused for what its user may not read, for other bytes, and for names that no gear can see",
    async (context) => {
      const queue = await queueBench(await bench.open(context), { manifests: [JOIN, KEYED] })
      const { ports } = queue
      const [mine, hidden, gone] = [
        await file(queue, 1),
        await file(queue, 2, { project: HIDDEN }),
        await file(queue, 3),
      ]
      const one = { ...mine, input: "one", name: "a.txt" }
      const read = (path: string, name = path.split("/").at(-1) ?? "") => ({ ...mine, input: path, name })
      const many = Array.from({ length: 50_001 }, (_, n) => read(`reads/${n}`))
      const refusals: readonly (readonly [JobOrder, Parameters<typeof isGeartrainError>[1]])[] = [
        [order([{ ...one, from: hidden.from, digest: hidden.digest }]), "INPUT_NOT_FOUND"],
        [order([{ ...one, from: `file:${"f2".repeat(12)}` }]), "INPUT_NOT_FOUND"],
        [order([{ ...one, from: "lab/study/files/a.txt" }]), "INPUT_NOT_FOUND"],
        [order([{ ...one, from: mine.digest }]), "INPUT_NOT_FOUND"],
        [order([{ ...one, from: `job:${ID}/out.txt` }]), "INPUT_NOT_FOUND"],
        [order([{ ...one, from: `job:${ID}/../../x` }]), "INPUT_NOT_FOUND"],
        // Whoever knows a digest does not get at its bytes by it.
        [order([{ ...one, digest: hidden.digest }]), "INPUT_DIGEST_MISMATCH"],
        [order([{ ...one, name: "../a.txt" }]), "INPUT_INVALID"],
        [order([{ ...one, name: ".." }]), "INPUT_INVALID"],
        [order([{ ...one, input: "one/a.txt" }]), "INPUT_INVALID"],
        [order([one, read("reads/../one/x")]), "INPUT_INVALID"],
        [order([one, read("tree/../../etc/passwd")]), "INPUT_INVALID"],
        [order([one, read("reads")]), "INPUT_INVALID"],
        [order([one, read("reads/")]), "INPUT_INVALID"],
        [order([one, read("reads/a/b")]), "INPUT_INVALID"],
        [order([one, read("reads/a", "b")]), "INPUT_INVALID"],
        [order([one, read("reads/a"), read("reads/a")]), "INPUT_INVALID"],
        [order([one, read("tree/a"), read("tree/a/b")]), "INPUT_INVALID"],
        [order([one, read(`tree/${"a/".repeat(40)}b`)]), "INPUT_INVALID"],
        [{ ...order([{ ...one, input: "key" }]), gear: "keyed" }, "INPUT_INVALID"],
        [{ ...order([]), gear: "keyed" }, "INVOCATION_INVALID"],
        [order([one, { ...one, input: "atlas" }]), "INPUT_INVALID"],
        [order([one, ...many]), "INPUT_INVALID"],
        [order([one], { one: 1 }), "INPUT_INVALID"],
        [order([one], { atlas: "x".repeat(1024 * 1024) }), "INPUT_INVALID"],
        [order([one, { ...one, input: "other" }]), "INVOCATION_INVALID"],
        [order([]), "INVOCATION_INVALID"],
      ]
      for (const [index, [refused, code]] of refusals.entries())
        await assert.rejects(submitJob(ports, person("ada"), { order: refused }), isCode(code), `${index}: ${code}`)
      const { destination: _, ...nowhere } = order([one])
      await assert.rejects(submitJob(ports, person("ada"), { order: nowhere }), isCode("DESTINATION_MISSING"))
      const missing = {
        ...ports,
        blobs: {
          ...ports.blobs,
          stat: async (digest: Digest) => (digest === gone.digest ? undefined : ports.blobs.stat(digest)),
        },
      }
      const bytesGone = order([{ ...one, from: gone.from, digest: gone.digest }])
      await assert.rejects(submitJob(missing, person("ada"), { order: bytesGone }), isCode("BLOB_NOT_FOUND"))
      const said = async (from: string) =>
        submitJob(ports, person("ada"), { order: order([{ ...one, from }]) }).then(
          () => assert.fail(from),
          (error: Error) => error.message.replace(from, ""),
        )
      assert.equal(await said(hidden.from), await said(`file:${"f2".repeat(12)}`))
      assert.deepEqual((await listJobs(ports, ADMIN, { filter: {}, page: { limit: 10 } })).items, [])
    },
  )

  bench.test("what a job put out goes into the next one, for who may read it there", async (context) => {
    const rights = { eve: { [HIDDEN]: "run" as const } }
    const queue = await queueBench(await bench.open(context), { manifests: [JOIN], rights })
    const { ports } = queue
    const one = { ...(await file(queue, 1)), input: "one", name: "a.txt" }
    const first = (await submitJob(ports, person("ada"), { order: order([one]) })).job
    const runner = await queue.runner("r")
    const [claimed] = await queue.claim(runner)
    assert.ok(claimed)
    const digest = await queue.bytes("put out")
    const finish: FinishRequest = {
      ...complete([{ name: "maps/t.txt", digest, sizeBytes: 7, output: "map", executable: true }]),
      metadata: { session: { label: "other" } },
    }
    await finishAttempt(ports, runnerCaller, { held: held(runner, claimed), finish })
    assert.deepEqual(queue.saved, [])
    const facts = await readJob(ports, person("ada"), first.id)
    assert.deepEqual([facts.state, facts.outputs], ["complete", finish.outputs])
    const next = order([{ input: "one", from: `job:${first.id}/maps/t.txt`, name: "t.txt", digest }])
    const { job } = await submitJob(ports, person("ada"), { order: next })
    const [input] = (await readJob(ports, person("ada"), job.id)).inputs
    assert.deepEqual([input?.job, input?.output, input?.file], [first.id, "maps/t.txt", undefined])
    assert.deepEqual(input?.object, { type: "text", mimetype: "text/plain", size: 7 })
    queue.archive.places.set(HIDDEN, { type: "project", id: HIDDEN, project: HIDDEN, group: "lab" })
    const asEve = { ...next, destination: HIDDEN }
    await assert.rejects(submitJob(ports, person("eve"), { order: asEve }), isCode("INPUT_NOT_FOUND"))
    const path = {
      ...next,
      byContent: { files: [{ ...next.byContent?.files[0], from: `job:${first.id}/maps` }] },
    } as JobOrder
    await assert.rejects(submitJob(ports, person("ada"), { order: path }), isCode("INPUT_NOT_FOUND"))
    // Tried again, it is the same job.
    await retryJob(ports, person("ada"), { id: first.id, again: true })
    const again = (await queue.claim(runner, 2)).find(({ job: id }) => id === first.id)
    assert.deepEqual([again?.attempt, again?.invocationDigest], [2, first.invocation_digest])
  })

  bench.test(
    "an id that is chosen is the job's, once: the same order again answers it, and nothing is told of another's",
    async (context) => {
      const queue = await queueBench(await bench.open(context), { manifests: [JOIN] })
      const { ports } = queue
      const one = { ...(await file(queue, 1)), input: "one", name: "a.txt" }
      const chosen = { ...order([one]), id: ID }
      const ask = (user: string, asked: JobOrder) => submitJob(ports, person(user), { order: asked })
      const both = await Promise.all([ask("ada", chosen), ask("ada", chosen)])
      assert.deepEqual(
        both.map(({ job }) => job.id),
        [ID, ID],
      )
      assert.deepEqual(both.map(({ how }) => how).sort(), ["queued", "repeated"])
      assert.equal((await ask("ada", chosen)).how, "repeated")
      await assert.rejects(ask("ada", { ...chosen, label: "another" }), isCode("JOB_ID_TAKEN"))
      const told = await ask("bob", chosen).then(
        () => assert.fail(),
        (error: unknown) => error,
      )
      assert.ok(isGeartrainError(told, "JOB_ID_TAKEN"))
      assert.deepEqual(told.details, { id: ID })
      assert.doesNotMatch(told.message, /ada|join/)
      assert.equal((await listJobs(ports, ADMIN, { filter: {}, page: { limit: 10 } })).items.length, 1)
    },
  )

  bench.test(
    "the record of the present attempt is read by who may read the job; where there is none, that is told",
    async (context) => {
      const rights = { ada: { [PROJECT]: "run" as const }, eve: {} }
      const queue = await queueBench(await bench.open(context), { rights })
      const { ports } = queue
      const id = await queue.submit("ada")
      await assert.rejects(openRecord(ports, person("ada"), id), isCode("JOB_RECORD_NOT_FOUND"))
      const runner = await queue.runner("r")
      const [claimed] = await queue.claim(runner)
      assert.ok(claimed)
      const text = JSON.stringify({ format: "geartrain-job/1", id } satisfies Partial<JobRecord>)
      const finish = { ...complete(), recordDigest: await queue.bytes(text) }
      await finishAttempt(ports, runnerCaller, { held: held(runner, claimed), finish })
      const opened = await openRecord(ports, person("ada"), id)
      const chunks: Uint8Array[] = []
      for await (const chunk of opened.bytes()) chunks.push(chunk)
      assert.deepEqual([Buffer.concat(chunks).toString(), opened.mimetype], [text, "application/json"])
      await assert.rejects(openRecord(ports, person("eve"), id), isCode("JOB_NOT_FOUND"))
      await retryJob(ports, person("ada"), { id, again: true })
      await assert.rejects(openRecord(ports, person("ada"), id), isCode("JOB_RECORD_NOT_FOUND"))
    },
  )
})
