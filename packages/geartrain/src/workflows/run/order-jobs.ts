import { type Gear, type GearId, type InvocationDigest, isGeartrainError } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { takeInputs } from "../orders/take-inputs.ts"
import type { StepOrder, WorkflowJobs } from "../workflow-jobs.ts"
import type { JobNode } from "./graph.ts"
import type { KnownOutputs } from "./known-outputs.ts"

/** A job with all that it reads, by content. */
export interface Ordered {
  readonly order: StepOrder
  readonly digest: InvocationDigest
}

/** Makes orders of jobs whose inputs are all there. */
export class Orders {
  readonly #jobs: Pick<WorkflowJobs, "resolveGear" | "invocationOf">
  readonly #outputs: KnownOutputs
  readonly #gears = new Map<GearId, Promise<Gear>>()

  constructor(jobs: Pick<WorkflowJobs, "resolveGear" | "invocationOf">, outputs: KnownOutputs) {
    this.#jobs = jobs
    this.#outputs = outputs
  }

  /**
   * @returns `skipped` where something that it reads was; jobs whose records are gone and that have to be carried out again before.
   * @throws {GeartrainError} WORKFLOW_FILES_UNFIT, INVOCATION_INVALID, GEAR_NOT_FOUND
   */
  async of(node: JobNode): Promise<Ordered | "skipped" | { readonly missing: readonly JobNode[] }> {
    const { planned } = node
    const missing = await this.#outputs.load(keysRead(node))
    if (missing.length > 0) return { missing }
    const gear = await this.#gear(planned.gear)
    const isOptional = (input: string): boolean => {
      const { inputs } = gear.manifest
      return Object.hasOwn(inputs, input) && inputs[input]?.["optional"] === true
    }
    const taken = takeInputs(planned, this.#outputs, { isOptional })
    if (taken === undefined) return "skipped"
    const order: StepOrder = {
      gear,
      config: planned.config,
      files: taken.files,
      ...(Object.keys(taken.contexts).length === 0 ? {} : { contexts: taken.contexts }),
      ...(planned.network === undefined ? {} : { network: planned.network }),
    }
    return { order, digest: this.#jobs.invocationOf(order).digest }
  }

  /** Undefined where what it reads, or has read, cannot be told any more. */
  async digestOf(node: JobNode): Promise<InvocationDigest | undefined> {
    try {
      const found = await this.of(node)
      return typeof found === "object" && "digest" in found ? found.digest : undefined
    } catch (error) {
      if (isGeartrainError(error)) return undefined
      throw error
    }
  }

  #gear(id: GearId): Promise<Gear> {
    const known = this.#gears.get(id) ?? this.#jobs.resolveGear(id, "/")
    this.#gears.set(id, known)
    return known
  }
}

/** Keys of the jobs and paths of the open steps that it reads files of. */
function keysRead({ planned }: JobNode): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const { parts } of Object.values(planned.inputs)) {
    for (const part of parts ?? []) {
      if ("jobs" in part) for (const key of part.jobs) keys.add(key)
      else if ("step" in part) keys.add(part.step)
    }
  }
  return keys
}

/** Files that have to be in the store, as no place outside of it is known. */
export function storedFiles(order: StepOrder): readonly KnownFile[] {
  return [...order.files.values()].filter(({ path }) => path === undefined)
}
