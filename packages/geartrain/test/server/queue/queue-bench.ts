import { memoryBlobStore } from "@geartrain/ports/fakes"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { ClaimedJob, FinishRequest } from "@geartrain/spec/server"
import type { Database } from "../../../src/server/database/database.ts"
import type { Caller, Right } from "../../../src/server/people/caller.ts"
import { claimJobs } from "../../../src/server/queue/claim/claim-jobs.ts"
import { describeClaim } from "../../../src/server/queue/claim/describe-claim.ts"
import { registerGear } from "../../../src/server/queue/gears/register-gear.ts"
import type { FiledFile, FiledPlace, JobArchive, JobResults } from "../../../src/server/queue/job-archive.ts"
import { type QueuePorts, type QueueSettings, USUAL_QUEUE_SETTINGS } from "../../../src/server/queue/queue-ports.ts"
import { sayHello } from "../../../src/server/queue/runners/say-hello.ts"
import type { JobOrder, OrderOptions } from "../../../src/server/queue/submit/job-order.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { manifestReader } from "../manifest-reader.ts"
import { person, tableAccess } from "../open-access.ts"

/** A queue on a real database, with an archive in memory, and a clock that a test turns. */
export interface QueueBench {
  readonly ports: QueuePorts
  readonly archive: MemoryArchive
  readonly clock: { nowMs: number }
  /** Every job's results that were saved, in their order. */
  readonly saved: JobResults[]
  submit(user: string, order?: Partial<JobOrder>, options?: OrderOptions): Promise<string>
  /** Makes a runner, and answers its id. */
  runner(name: string, offer?: Offer): Promise<string>
  claim(runner: string, free?: number): Promise<readonly ClaimedJob[]>
  bytes(text: string): Promise<Digest>
  /** The same queue through another connection. */
  over(database: Database): QueuePorts
}

interface Offer {
  readonly slots?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly capabilities?: readonly string[]
  readonly cpus?: number
}

export interface MemoryArchive extends JobArchive {
  readonly files: Map<string, FiledFile>
  readonly places: Map<string, FiledPlace>
}

export const ADMIN: Caller = person("admin", { siteAdmin: true })

/** The project and the place that jobs go to unless a test says otherwise. */
export const PROJECT = "0000000000000000000000aa"
export const PLACE = "0000000000000000000000bb"

export const runnerCaller: Caller = { kind: "runner", user: "fleet", siteAdmin: false, by: { method: "runner-token" } }

export async function queueBench(
  database: Database,
  options: {
    readonly settings?: Partial<QueueSettings>
    readonly rights?: Readonly<Record<string, Readonly<Record<string, Right>>>>
    readonly manifests?: readonly object[]
  } = {},
): Promise<QueueBench> {
  const clock = { nowMs: 1_700_000_000_000 }
  const saved: JobResults[] = []
  const archive = memoryArchive(saved)
  const blobs = memoryBlobStore()
  const rights = options.rights ?? {}
  const access = tableAccess(new Proxy(rights, { get: (table, user) => table[String(user)] ?? { [PROJECT]: "run" } }))
  const over = (of: Database): QueuePorts => ({
    database: of,
    access,
    blobs,
    jobArchive: archive,
    jobTokens: { issue: async (_, { job, attempt }) => `token-${job}-${attempt}`, end: async () => undefined },
    gearReader: manifestReader,
    queueSettings: { ...USUAL_QUEUE_SETTINGS, ...options.settings },
    now: () => clock.nowMs,
  })
  const ports = over(database)
  const bytes = async (text: string): Promise<Digest> => (await blobs.put(once(Buffer.from(text)))).digest
  for (const manifest of options.manifests ?? [manifestOf("noop")]) {
    await registerGear(ports, ADMIN, { image: await bytes(JSON.stringify(manifest)) })
  }
  return {
    ports,
    archive,
    clock,
    saved,
    bytes,
    over,
    submit: async (user, order = {}, more = {}) => {
      const { job } = await submitJob(ports, person(user), {
        ...more,
        order: { gear: "noop", destination: PLACE, ...order },
      })
      return job.id
    },
    runner: async (name, { slots = 1000, labels = {}, capabilities = [], cpus = 1000 } = {}) => {
      const machine = { cpus, memoryBytes: 2 ** 40, gpus: 0 }
      const hello = { name, host: "here", slots, labels, capabilities, versions: {}, machine }
      return (await sayHello(ports, runnerCaller, hello)).runner
    },
    claim: async (runner, free = 1) =>
      Promise.all((await claimJobs(ports, runner, free)).map((job) => describeClaim(ports, job))),
  }
}

export function manifestOf(name: string, more: object = {}): object {
  return {
    name,
    version: "1.0.0",
    label: name,
    description: "for tests",
    author: "somebody",
    license: "MIT",
    url: "",
    source: "",
    config: {},
    inputs: {},
    ...more,
  }
}

/** What a runner says when all went well. */
export function complete(outputs: FinishRequest["outputs"] = []): FinishRequest {
  return { state: "complete", exitCode: 0, outputs, logChunks: 0 }
}

/** How a runner names an attempt. */
export function held(runner: string, { job, attempt }: { readonly job: string; readonly attempt: number }) {
  return { runner, job, attempt }
}

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function memoryArchive(saved: JobResults[]): MemoryArchive {
  const files = new Map<string, FiledFile>()
  const places = new Map<string, FiledPlace>([
    [PLACE, { type: "acquisition", id: PLACE, project: PROJECT, group: "lab" }],
  ])
  return {
    files,
    places,
    findFiles: async (_, references) => {
      const found = references.map((reference) => [reference, files.get(reference)] as const)
      return new Map(found.flatMap(([reference, file]) => (file === undefined ? [] : [[reference, file] as const])))
    },
    findPlace: async (_, reference) => places.get(reference),
    findContexts: async () => ({}),
    saveResults: async (_, results) => {
      if (!places.has(results.destination.id)) throw new GeartrainError("PLACE_NOT_FOUND", "Cannot find it")
      saved.push(results)
      return results.outputs.map(({ name }, n) => ({ name, file: n.toString(16).padStart(24, "0"), version: 1 }))
    },
  }
}
