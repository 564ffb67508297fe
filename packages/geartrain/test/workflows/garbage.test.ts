import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { type TestContext, test } from "node:test"
import type { InvocationDigest, JobId, JobRecord } from "@geartrain/spec"
import type { WorkflowJobs } from "../../src/workflows/workflow-jobs.ts"
import { backdate, bytes, type OpenedStore, openTemporary } from "../stores/opened-store.ts"
import { job, OWNER } from "../stores/records/sample-records.ts"
import { FakeJobs } from "./fake-jobs.ts"
import { ROOMY, runFake } from "./run-fake.ts"
import { plannedJob, samplePlan } from "./sample-plan.ts"

const PLAN = samplePlan(
  [
    plannedJob("split"),
    plannedJob("left", ["split"]),
    plannedJob("right", ["split"]),
    plannedJob("join", ["left", "right"]),
  ],
  { outputs: { result: { takes: "file", parts: [{ jobs: ["join"], output: "out" }] } } },
)

/** Jobs whose bytes and records are in a real store; before and after each, garbage is collected, and nothing is spared for its age. */
class StoredJobs extends FakeJobs {
  readonly #opened: OpenedStore
  readonly #afterJob: (key: string) => Promise<void>
  /** What jobs read, by their keys. */
  readonly read: string[] = []
  readonly collected: string[] = []
  /** The last job of each key. */
  readonly ids = new Map<string, JobId>()
  #count = 0

  constructor(opened: OpenedStore, afterJob: (key: string, jobs: StoredJobs) => Promise<void> = async () => undefined) {
    super()
    this.#opened = opened
    this.#afterJob = (key) => afterJob(key, this)
  }

  async collect(): Promise<void> {
    await backdate(this.#opened.path)
    this.collected.push(...(await this.#opened.collect()).removed.map(({ name }) => name))
  }

  override async run(...[order, { id }]: Parameters<WorkflowJobs["run"]>): Promise<JobRecord> {
    const { records, store } = this.#opened
    const key = String(order.config["key"])
    this.started.push(key)
    await this.collect()
    const texts: string[] = []
    for (const { digest } of order.files.values()) {
      const place = await store.blobs.locate(digest)
      assert.ok(place !== undefined, `${key} reads ${digest}, which is gone`)
      texts.push(await readFile(place, "utf8"))
    }
    this.read.push(`${key}: ${texts.join(" + ")}`)
    const lease = await records.guard.startWriting(OWNER)
    const { digest, sizeBytes } = await store.blobs.put(bytes(`what ${key} gives`))
    await store.blobs.put(bytes(`what ${key} leaves`))
    const { phase: _, ...rest } = job(++this.#count, {
      ...(id === undefined ? {} : { id }),
      invocationDigest: this.invocationOf(order).digest,
      outputs: [{ path: "out", output: "out", digest, sizeBytes }],
    })
    await records.jobs.create({ ...rest, outputs: [], state: "running", phase: "executing" }, OWNER)
    const record: JobRecord = { ...rest, state: "complete", ended: new Date(Date.UTC(2026, 1, 1)).toISOString() }
    await records.jobs.update(record, "running")
    await lease.end()
    this.ids.set(key, record.id)
    await this.#afterJob(key)
    await this.collect()
    return record
  }

  override async get(id: JobId): Promise<JobRecord | undefined> {
    return await this.#opened.records.jobs.get(id)
  }

  override async findSame(digests: readonly InvocationDigest[]): ReturnType<WorkflowJobs["findSame"]> {
    const found = await this.#opened.records.history.standing(digests)
    return new Map([...found].map(([digest, { id, outputs }]) => [digest, { id, outputs, wallMs: 1, ended: "" }]))
  }

  override async presence(digests: Parameters<WorkflowJobs["presence"]>[0]): ReturnType<WorkflowJobs["presence"]> {
    const entries = digests.map(async (digest) => {
      const isStored = (await this.#opened.store.blobs.stat(digest)) !== undefined
      return [digest, isStored ? "stored" : "missing"] as const
    })
    return new Map(await Promise.all(entries))
  }
}

const READ = [
  "split: ",
  "left: what split gives",
  "right: what split gives",
  "join: what left gives + what right gives",
]

async function stored(
  context: TestContext,
  afterJob?: (key: string, jobs: StoredJobs, opened: OpenedStore) => Promise<void>,
): Promise<{ readonly opened: OpenedStore; readonly jobs: StoredJobs }> {
  const opened = await openTemporary(context)
  const jobs = new StoredJobs(opened, async (key, self) => await afterJob?.(key, self, opened))
  return { opened, jobs }
}

test("a collection of garbage at any moment of a run takes nothing that later jobs read", async (context) => {
  const { opened, jobs } = await stored(context)
  const { outcome } = await runFake(PLAN, jobs, { needsOutputs: true })
  assert.equal(outcome.state, "complete")
  assert.deepEqual(jobs.read.toSorted(), READ.toSorted())
  assert.equal(new Set(jobs.collected).size, 4, "what no record names goes, and it alone")
  assert.deepEqual(await opened.check(), [])
  const again = await runFake(PLAN, jobs, { needsOutputs: true })
  assert.deepEqual([again.outcome.state, jobs.started.length], ["complete", 4])
})

test("where somebody forgets a job and collects its bytes while the run is on, it is carried out again for who reads them", async (context) => {
  let isForgotten = false
  const { jobs } = await stored(context, async (key, self, { records }) => {
    if (key !== "left" || isForgotten) return
    isForgotten = true
    await records.jobs.remove(self.ids.get("split") ?? "")
    await self.collect()
  })
  const { outcome, view } = await runFake(PLAN, jobs, { capacity: { ...ROOMY, jobs: 1 }, needsOutputs: true })
  assert.equal(outcome.state, "complete")
  assert.deepEqual(jobs.started, ["split", "left", "split", "right", "join"])
  assert.deepEqual(jobs.read.slice(3), READ.slice(2))
  assert.equal(view.jobs.get("split")?.attempts.length, 2)
})
