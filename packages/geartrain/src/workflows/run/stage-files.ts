import { type Digest, GeartrainError } from "@geartrain/spec"
import type { KnownFile, WorkflowPlan } from "@geartrain/spec/workflow"
import type { StepOrder, WorkflowJobs } from "../workflow-jobs.ts"
import { storedFiles } from "./order-jobs.ts"

/** Finds the bytes that jobs read: in the store, and where they lie outside of it. */
export class StagedFiles {
  readonly #jobs: Pick<WorkflowJobs, "presence" | "readFile">
  readonly #sources: ReadonlyMap<Digest, readonly string[]>
  readonly #read = new Map<string, Promise<KnownFile>>()

  constructor(plan: Pick<WorkflowPlan, "transfers">, jobs: Pick<WorkflowJobs, "presence" | "readFile">) {
    this.#jobs = jobs
    this.#sources = new Map(
      plan.transfers.flatMap(({ kind, digest, sources }) =>
        kind === "stage-in" && digest !== undefined ? [[digest, sources.filter(isPath)] as const] : [],
      ),
    )
  }

  /** Digests of files that should be stored and are not. */
  async missing(order: StepOrder): Promise<readonly Digest[]> {
    const digests = storedFiles(order).map(({ digest }) => digest)
    return digests.length === 0 ? [] : await this.absent(digests)
  }

  async absent(digests: readonly Digest[]): Promise<readonly Digest[]> {
    const presence = await this.#jobs.presence(digests)
    return digests.filter((digest) => presence.get(digest) !== "stored")
  }

  /**
   * Looks that every file outside of the store is what the plan was made of, and takes the first of its places that has it.
   *
   * @throws {GeartrainError} WORKFLOW_INPUT_CHANGED, INPUT_…
   */
  async verified(order: StepOrder): Promise<StepOrder> {
    const files = new Map<string, KnownFile>()
    let isOther = false
    for (const [name, file] of order.files) {
      const found = file.path === undefined ? file : await this.#source(file, file.path)
      isOther ||= found !== file
      files.set(name, found)
    }
    return isOther ? { ...order, files } : order
  }

  async #source(file: KnownFile, path: string): Promise<KnownFile> {
    let failure: unknown
    for (const place of new Set([path, ...(this.#sources.get(file.digest) ?? [])])) {
      try {
        const { digest } = await this.#readOnce(place, file.name)
        if (digest === file.digest) return place === path ? file : { ...file, path: place }
        failure = changed(file, place, digest)
      } catch (error) {
        failure ??= error
      }
    }
    // A job may have put the same bytes there.
    if ((await this.absent([file.digest])).length === 0) {
      const { path: _, ...stored } = file
      return stored
    }
    throw failure
  }

  /** That nobody writes to it later is looked at by whoever runs the job, and after it. */
  #readOnce(path: string, name: string): Promise<KnownFile> {
    const known = this.#read.get(path)
    if (known !== undefined) return known
    const reading = this.#jobs.readFile(path, name)
    this.#read.set(path, reading)
    // A disk that was away for a while is there again at the next try.
    reading.catch(() => this.#read.delete(path))
    return reading
  }
}

function isPath(source: string): boolean {
  return source.startsWith("/")
}

function changed(file: KnownFile, path: string, digest: Digest): GeartrainError {
  return new GeartrainError(
    "WORKFLOW_INPUT_CHANGED",
    `Cannot read "${path}": its digest is ${digest}, and the plan was made of ${file.digest}`,
    { details: { path, found: digest, wanted: file.digest }, hint: "Plan again: gear workflow plan FILE" },
  )
}
