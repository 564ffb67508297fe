import type { JobFigures } from "@geartrain/ports"
import {
  type Digest,
  type Gear,
  GeartrainError,
  type InvocationDigest,
  invocationDigest,
  type JobId,
  type JobRecord,
  type JsonObject,
  type OutputFile,
} from "@geartrain/spec"
import {
  type KnownFile,
  type PlannedJob,
  readParameters,
  type Workflow,
  type WorkflowPlan,
} from "@geartrain/spec/workflow"
import { orderRequest } from "../../src/compose/workflows/order-request.ts"
import { gearForm, makeInvocation } from "../../src/engine/request/make-invocation.ts"
import { sha256 } from "../../src/system/hash.ts"
import { takeInputs } from "../../src/workflows/orders/take-inputs.ts"
import { expandOpen } from "../../src/workflows/plan/open/expand-open.ts"
import type { PlanRequest } from "../../src/workflows/plan/plan-request.ts"
import { type MadePlan, planWorkflow } from "../../src/workflows/plan/plan-workflow.ts"
import type { OrderedInvocation, Presence, ReusableJob, StepOrder } from "../../src/workflows/workflow-jobs.ts"
import { gear, job } from "../stores/records/sample-records.ts"

type Work = (texts: readonly string[], config: JsonObject) => Readonly<Record<string, string>>

interface Craft {
  readonly gear: Gear
  readonly work: Work
}

const FILE = { base: "file" } as const

/** What gears can do here. Each does the same with the same, and a count of words does not see their order. */
const CRAFTS: Readonly<Record<string, Craft>> = {
  split: craft(1, "split", { outputs: { parts: { files: ["part.*"] } } }, ([text = ""]) =>
    Object.fromEntries(text.split(" ").map((word, index) => [`part.${index}`, word])),
  ),
  count: craft(2, "count", { outputs: { count: { files: ["count.txt"] } } }, ([text = ""], { tag = "" }) => ({
    "count.txt": `${text.split(" ").length} ${String(tag)}`,
  })),
  merge: craft(
    3,
    "merge",
    { inputs: { counts: { takes: "files" } }, outputs: { all: { files: ["all.txt"] } } },
    (texts) => ({ "all.txt": texts.join("+") }),
  ),
  maybe: craft(
    4,
    "maybe",
    { inputs: { counts: { takes: "files" } }, outputs: { all: { files: ["all.txt"] } } },
    (texts) => ({ "all.txt": texts.join("+") }),
  ),
}

function craft(number: number, name: string, geartrain: JsonObject, work: Work): Craft {
  const isMany = name === "merge" || name === "maybe"
  const base = gear(number)
  const inputs = isMany ? { counts: { ...FILE, ...(name === "maybe" ? { optional: true } : {}) } } : { text: FILE }
  const text = { type: "string", default: "" }
  const manifest = { ...base.manifest, name, config: { tag: text, name: text }, inputs, custom: { geartrain } }
  return { gear: { ...base, manifest }, work }
}

export function sampleGear(name: string): Gear {
  const found = CRAFTS[name]
  if (found === undefined) throw new GeartrainError("GEAR_NOT_FOUND", `There is no gear "${name}"`)
  return found.gear
}

/** Jobs in memory that are really carried out: what planning asks is answered from what was done. */
export class Workshop {
  readonly texts = new Map<Digest, string>()
  readonly #freed = new Set<Digest>()
  readonly #done = new Map<InvocationDigest, JobRecord>()
  /** How often something was looked up, and how much. */
  readonly lookups: number[] = []
  #count = 0

  readonly jobs = {
    resolveGear: async (reference: string): Promise<Gear> =>
      Object.values(CRAFTS).find((one) => one.gear.id === reference)?.gear ?? sampleGear(reference),
    invocationOf: (order: StepOrder): OrderedInvocation => {
      const request = orderRequest(order)
      const files = new Map(
        [...order.files].map(([name, file]) => [name, { ...file, name: request.fileNames[name] ?? "" }]),
      )
      const invocation = makeInvocation(request, files, { form: gearForm(order.gear), network: "none" })
      return { invocation, digest: invocationDigest(invocation, sha256) }
    },
    findSame: async (digests: readonly InvocationDigest[]): Promise<ReadonlyMap<InvocationDigest, ReusableJob>> => {
      this.lookups.push(digests.length)
      const found = new Map<InvocationDigest, ReusableJob>()
      for (const digest of digests) {
        const record = this.#done.get(digest)
        if (record !== undefined) found.set(digest, { id: record.id, outputs: record.outputs, wallMs: 1, ended: "" })
      }
      return found
    },
    presence: async (digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Presence>> =>
      new Map(digests.map((digest) => [digest, this.#freed.has(digest) ? ("freed" as const) : ("stored" as const)])),
  }

  readonly history = {
    newest: async (name: string): Promise<readonly JobRecord[]> =>
      [...this.#done.values()].filter((record) => record.gear.name === name).reverse(),
    figures: async (name: string): Promise<readonly JobFigures[]> =>
      (await this.history.newest(name)).map(() => ({ wallMs: 10, outputBytes: 5 })),
  }

  give(text: string, name: string): KnownFile {
    const digest = sha256(Buffer.from(text))
    this.texts.set(digest, text)
    return { name, digest, sizeBytes: text.length, path: `/data/${name}` }
  }

  /** Carries an order out, as an engine would. */
  run(order: StepOrder): readonly OutputFile[] {
    const { digest, invocation } = this.jobs.invocationOf(order)
    const { name, version } = order.gear.manifest
    const read = [...order.files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => this.#read(file.digest))
    const made = CRAFTS[name]?.work(read, order.config) ?? {}
    const promised = name === "split" ? "parts" : name === "count" ? "count" : "all"
    const outputs = Object.entries(made).map(([path, text]): OutputFile => {
      const { digest: bytes, sizeBytes } = this.give(text, path)
      this.#freed.delete(bytes)
      return { path, digest: bytes, sizeBytes, output: promised }
    })
    this.#count += 1
    const base = job(this.#count, { state: "complete", invocation, invocationDigest: digest, outputs })
    this.#done.set(digest, { ...base, gear: { ...base.gear, id: order.gear.id, name, version } })
    return outputs
  }

  outputsOfGear(name: string): readonly Digest[] {
    const records = [...this.#done.values()].filter(({ gear: { name: own } }) => own === name)
    return records.flatMap(({ outputs }) => outputs.map(({ digest }) => digest))
  }

  free(digest: Digest): void {
    this.#freed.add(digest)
  }

  #read(digest: Digest): string {
    if (this.#freed.has(digest)) throw new Error(`${digest} is read, and is freed`)
    return this.texts.get(digest) ?? ""
  }
}

export function sampleWorkflow(parts: Omit<Workflow, "workflow" | "name">): Workflow {
  return { workflow: 1, name: "sample", ...parts }
}

export interface SampleWish {
  /** Texts of the files of each input. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>
  readonly parameters?: JsonObject
  readonly options?: WorkflowPlan["options"]
  readonly reusable?: ReadonlySet<JobId>
  /** Sub-workflows by the path of their step. */
  readonly documents?: Readonly<Record<string, Workflow>>
}

/** Plans a workflow as a whole, as the command does it. */
export function planOf(workflow: Workflow, shop: Workshop, wish: SampleWish = {}): Promise<MadePlan> {
  const documents = new Map(
    Object.entries({ "": workflow, ...wish.documents }).map(([path, document]) => [
      path,
      { folder: "/", workflow: document },
    ]),
  )
  const gears = new Map<string, Gear>()
  for (const [path, document] of documents) {
    for (const [name, step] of Object.entries(document.workflow.steps))
      if ("gear" in step) gears.set(path === "" ? name : `${path}/${name}`, sampleGear(step.gear))
  }
  const request: PlanRequest = {
    workflow: { digest: sha256(Buffer.from(JSON.stringify(workflow))), documents, gears },
    parameters: readParameters(workflow, wish.parameters ?? {}),
    inputs: Object.fromEntries(
      Object.entries(wish.inputs ?? {}).map(([name, texts]) => [
        name,
        texts.map((text, index) => shop.give(text, `in${index}.txt`)),
      ]),
    ),
    files: {},
    options: wish.options ?? { reuse: "any", cleanup: "none" },
    ...(wish.reusable === undefined ? {} : { reusable: wish.reusable }),
    engine: "0.0.0",
  }
  return planWorkflow(request, { jobs: shop.jobs, history: shop.history })
}

/** Carries a plan out, one job after the other, and answers what each job did. */
export async function carryOut(
  plan: WorkflowPlan,
  shop: Workshop,
): Promise<ReadonlyMap<string, "run" | "reuse" | "skip">> {
  const did = new Map<string, "run" | "reuse" | "skip">()
  const outputs = new Map<string, readonly OutputFile[] | "skipped">()
  const opened = new Map<string, readonly string[]>()
  const given = {
    outputsOf: (key: string): readonly OutputFile[] | "skipped" => {
      const known = outputs.get(key)
      if (known === undefined) throw new Error(`"${key}" is read before it is done`)
      return known
    },
    keysOf: (step: string): readonly string[] => opened.get(step) ?? [],
  }
  const isDone = (name: string): boolean =>
    outputs.has(name) || opened.get(name)?.every((key) => outputs.has(key)) === true
  let jobs: readonly PlannedJob[] = plan.jobs
  let open = plan.open
  while (jobs.length > 0 || open.length > 0) {
    const ready = jobs.filter(({ after, afterOpen = [] }) => [...after, ...afterOpen].every(isDone))
    for (const planned of ready) {
      const [state, out] = await carryOutOne(planned, { shop, given })
      did.set(planned.key, state)
      outputs.set(planned.key, out)
    }
    jobs = jobs.filter((planned) => !ready.includes(planned))
    const opening = open.filter(({ awaits }) => awaits.every(isDone))
    open = open.filter((step) => !opening.includes(step))
    for (const step of opening) {
      const made = await expandOpen(step, plan, { ...given, jobs: shop.jobs, history: shop.history })
      opened.set(step.step, [...made.jobs.map(({ key }) => key), ...made.open.map((more) => more.step)])
      jobs = [...jobs, ...made.jobs]
      open = [...open, ...made.open]
    }
    if (ready.length + opening.length === 0) throw new Error(`Nothing goes on: ${jobs.map(({ key }) => key).join()}`)
  }
  return did
}

async function carryOutOne(
  planned: PlannedJob,
  { shop, given }: { readonly shop: Workshop; readonly given: Parameters<typeof takeInputs>[1] },
): Promise<["run" | "reuse" | "skip", readonly OutputFile[] | "skipped"]> {
  const taken = planned.action === "skip" ? undefined : takeInputs(planned, given)
  if (taken === undefined) return ["skip", "skipped"]
  const order = { gear: await shop.jobs.resolveGear(planned.gear), config: planned.config, ...taken }
  const { digest } = shop.jobs.invocationOf(order)
  const same = planned.action === "run" ? undefined : (await shop.jobs.findSame([digest])).get(digest)
  return same === undefined ? ["run", shop.run(order)] : ["reuse", same.outputs]
}
