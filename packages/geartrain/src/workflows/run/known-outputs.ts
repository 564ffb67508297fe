import { type Digest, GeartrainError, type JobRecord, type OutputFile } from "@geartrain/spec"
import type { GivenFiles } from "../orders/take-inputs.ts"
import type { WorkflowJobs } from "../workflow-jobs.ts"
import type { JobNode, RunGraph } from "./graph.ts"

/** What the jobs of a run that are done have given, read from their records when somebody asks. */
export class KnownOutputs implements GivenFiles {
  readonly #graph: RunGraph
  readonly #jobs: Pick<WorkflowJobs, "get">
  /** Made when somebody asks, since few runs have to. */
  #makers: Map<Digest, JobNode> | undefined

  constructor(graph: RunGraph, jobs: Pick<WorkflowJobs, "get">) {
    this.#graph = graph
    this.#jobs = jobs
  }

  /**
   * Reads the outputs of these, of which some may be steps that were open.
   *
   * @returns those whose record is gone: they have to be carried out again.
   * @throws {GeartrainError} WORKFLOW_PLAN_INVALID where the plan takes a job for another.
   */
  async load(keys: Iterable<string>): Promise<readonly JobNode[]> {
    const lost: JobNode[] = []
    for (const key of keys) {
      const node = this.#graph.jobs.get(key)
      if (node === undefined) {
        lost.push(...(await this.load(this.keysOf(key))))
        continue
      }
      if (node.outputs !== undefined || node.state === "skipped") continue
      const record = node.job === undefined ? undefined : await this.#jobs.get(node.job)
      if (record === undefined) {
        lost.push(node)
        continue
      }
      refuseOthers(node, record)
      this.note(node, record)
    }
    return lost
  }

  note(node: JobNode, { outputs }: Pick<JobRecord, "outputs">): void {
    // Made again, it may have come out otherwise: what it gave before, another may have given as well.
    if (node.outputs !== undefined && !isSame(node.outputs, outputs)) this.#makers = undefined
    node.outputs = outputs
    if (this.#makers !== undefined) addMaker(this.#makers, node)
  }

  /** Of the jobs that are done and whose outputs were read, the first in the plan that gave these bytes. */
  makerOf(digest: Digest): JobNode | undefined {
    if (this.#makers === undefined) {
      this.#makers = new Map()
      for (const node of this.#graph.jobs.values()) addMaker(this.#makers, node)
    }
    return this.#makers.get(digest)
  }

  outputsOf(key: string): readonly OutputFile[] | "skipped" {
    const node = this.#graph.jobs.get(key)
    if (node?.state === "skipped") return "skipped"
    if (node?.outputs !== undefined) return node.outputs
    throw new GeartrainError(
      "WORKFLOW_PLAN_INVALID",
      `Cannot run the plan: what "${key}" gives is read before it is done`,
      {
        hint: "Make it anew: gear workflow plan FILE",
      },
    )
  }

  keysOf(step: string): readonly string[] {
    return this.#graph.open.get(step)?.keys ?? []
  }
}

/** Of several the first, so that none waits for a job that comes after it. */
function addMaker(makers: Map<Digest, JobNode>, node: JobNode): void {
  for (const { digest } of node.outputs ?? []) {
    const known = makers.get(digest)
    if (known === undefined || node.order < known.order) makers.set(digest, node)
  }
}

function isSame(before: readonly OutputFile[], now: readonly OutputFile[]): boolean {
  return before.length === now.length && before.every(({ digest }, index) => digest === now[index]?.digest)
}

/** A plan is a file, and may name any job: what one of another invocation gave is no result of this one. */
function refuseOthers({ key, job, planned }: JobNode, record: JobRecord): void {
  const { invocation, reuses } = planned
  if (invocation === undefined || job !== reuses || record.invocationDigest === invocation) return
  throw new GeartrainError(
    "WORKFLOW_PLAN_INVALID",
    `Cannot run the plan: it takes job ${record.id} for "${key}", and that job did something else`,
    { details: { key, job: record.id }, hint: "Make it anew: gear workflow plan FILE" },
  )
}
