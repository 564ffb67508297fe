import { createHash } from "node:crypto"
import {
  type Digest,
  type Failure,
  GeartrainError,
  type InvocationDigest,
  isAccepted,
  JOB_RECORD_FORMAT,
  type JobId,
  type JobRecord,
  type OutputFile,
} from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type {
  OrderedInvocation,
  Presence,
  ReusableJob,
  RunOptions,
  StepOrder,
  WorkflowJobs,
} from "../../src/workflows/workflow-jobs.ts"
import { idOf, SAMPLE_STORED_GEAR } from "./sample-plan.ts"

/** What a gear of the fake does: outputs by path, or how it fails. */
export type FakeEnd =
  | { readonly outputs: Readonly<Record<string, string>> }
  | { readonly failure: Pick<Failure, "reason" | "message">; readonly exit?: NonNullable<JobRecord["exit"]> }

export interface FakeBehavior {
  /** Called when a job is to end. Default: one output `out`, made of its config and what it reads. */
  readonly end?: (order: StepOrder, options: RunOptions) => FakeEnd | Promise<FakeEnd>
  /** How long jobs take. Default: a turn of the loop of events. */
  readonly lasts?: (order: StepOrder, signal?: AbortSignal) => Promise<void>
}

/** Jobs in memory, for tests of what is above them: content is text, and everything that was done is written down. */
export class FakeJobs implements WorkflowJobs {
  readonly #behavior: FakeBehavior
  readonly records = new Map<JobId, JobRecord>()
  readonly stored = new Map<Digest, string>()
  readonly freed = new Set<Digest>()
  /** Files outside of the store. */
  readonly files = new Map<string, string>()
  /** Keys (of the config) in the order in which they were started. */
  readonly started: string[] = []
  running = 0
  mostRunning = 0
  /** What was read after it was freed: has to stay empty. */
  readonly missed: string[] = []
  readonly #same = new Map<InvocationDigest, ReusableJob>()
  readonly #failed = new Map<InvocationDigest, JobRecord>()
  #count = 0

  constructor(behavior: FakeBehavior = {}) {
    this.#behavior = behavior
  }

  readonly newId = (): JobId => idOf(++this.#count)

  async resolveGear(): ReturnType<WorkflowJobs["resolveGear"]> {
    return SAMPLE_STORED_GEAR
  }

  async readFile(path: string, name: string): Promise<KnownFile> {
    const text = this.files.get(path)
    if (text === undefined) throw new GeartrainError("INPUT_NOT_FOUND", `Cannot read "${path}"`)
    return { name, path, digest: digestOfText(text), sizeBytes: text.length }
  }

  invocationOf(order: StepOrder): OrderedInvocation {
    const files = [...order.files].map(([name, { digest }]) => [name, digest])
    const text = JSON.stringify([order.gear.id, order.config, files, order.contexts ?? {}])
    return { digest: digestOfText(text) as InvocationDigest, invocation: {} as OrderedInvocation["invocation"] }
  }

  async findSame(
    digests: readonly InvocationDigest[],
    acceptExitCodes: readonly number[] = [],
  ): Promise<ReadonlyMap<InvocationDigest, ReusableJob>> {
    const accepted = (digest: InvocationDigest): ReusableJob | undefined => {
      const record = this.#failed.get(digest)
      return record !== undefined && isAccepted(record, acceptExitCodes)
        ? { id: record.id, outputs: record.outputs, wallMs: 1, ended: "" }
        : undefined
    }
    return new Map(
      digests.flatMap((digest) => {
        const job = this.#same.get(digest) ?? accepted(digest)
        return job === undefined ? [] : [[digest, job] as const]
      }),
    )
  }

  async presence(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Presence>> {
    const of = (digest: Digest): Presence =>
      this.stored.has(digest) ? "stored" : this.freed.has(digest) ? "freed" : "missing"
    return new Map(digests.map((digest) => [digest, of(digest)]))
  }

  async run(order: StepOrder, options: RunOptions): Promise<JobRecord> {
    const id = options.id ?? this.newId()
    if (this.records.has(id)) throw new Error(`Job ${id} was carried out before`)
    this.started.push(String(order.config["key"]))
    this.running += 1
    this.mostRunning = Math.max(this.mostRunning, this.running)
    try {
      this.#look(order)
      const lasts = this.#behavior.lasts ?? turn
      await lasts(order, options.signal)
      this.#look(order)
      const end = options.signal?.aborted === true ? CANCELLED : await this.#end(order, options)
      return this.#record(id, order, end)
    } finally {
      this.running -= 1
    }
  }

  async get(id: JobId): Promise<JobRecord | undefined> {
    return this.records.get(id)
  }

  async free(jobs: readonly JobId[], outputs: readonly Digest[]): ReturnType<WorkflowJobs["free"]> {
    await turn()
    const own = new Set(jobs)
    const needed = new Set(
      [...this.records.values()]
        .filter(({ id }) => !own.has(id))
        .flatMap((record) => record.outputs.map(({ digest }) => digest)),
    )
    const digests = outputs.filter((digest) => this.stored.has(digest) && !needed.has(digest))
    let bytes = 0
    for (const digest of digests) {
      bytes += this.stored.get(digest)?.length ?? 0
      this.stored.delete(digest)
      this.freed.add(digest)
    }
    return { digests, bytes }
  }

  #look(order: StepOrder): void {
    for (const { digest, path } of order.files.values()) {
      if (path === undefined && !this.stored.has(digest)) this.missed.push(`${order.config["key"]} reads ${digest}`)
    }
  }

  async #end(order: StepOrder, options: RunOptions): Promise<FakeEnd> {
    if (this.#behavior.end !== undefined) return await this.#behavior.end(order, options)
    const reads = [...order.files.values()].map(({ digest }) => digest)
    return { outputs: { out: JSON.stringify([order.config, reads]) } }
  }

  #record(id: JobId, order: StepOrder, end: FakeEnd): JobRecord {
    const { digest, invocation } = this.invocationOf(order)
    const outputs = "outputs" in end ? Object.entries(end.outputs).map(([path, text]) => this.#store(path, text)) : []
    const record = {
      ...{ format: JOB_RECORD_FORMAT, id, state: stateOf(end), invocation, invocationDigest: digest, outputs },
      ...{ inputs: {}, skippedOutputs: [], limits: {}, created: "", history: [], usage: { wallMs: 1, method: "none" } },
      ...("failure" in end
        ? { failure: { ...end.failure, culprit: "gear", next: "gear logs" }, exit: end.exit ?? { code: 1 } }
        : { exit: { code: 0 } }),
    } as unknown as JobRecord
    this.records.set(id, record)
    if (record.state === "complete") this.#same.set(digest, { id, outputs, wallMs: 1, ended: "" })
    if (record.state === "failed") this.#failed.set(digest, record)
    return record
  }

  #store(path: string, text: string): OutputFile {
    const digest = digestOfText(text)
    this.stored.set(digest, text)
    this.freed.delete(digest)
    return { path, digest, sizeBytes: text.length, output: path.split("/")[0] ?? path }
  }
}

const CANCELLED: FakeEnd = { failure: { reason: "CANCELLED", message: "The job was cancelled" } }

function stateOf(end: FakeEnd): JobRecord["state"] {
  if ("outputs" in end) return "complete"
  return end.failure.reason === "CANCELLED" ? "cancelled" : "failed"
}

export function digestOfText(text: string): Digest {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
