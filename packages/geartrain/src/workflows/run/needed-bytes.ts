import { type Digest, GeartrainError } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { takeFiles } from "../orders/take-inputs.ts"
import type { StepOrder } from "../workflow-jobs.ts"
import type { JobNode } from "./graph.ts"
import type { KnownOutputs } from "./known-outputs.ts"
import type { RunOutcome } from "./run-means.ts"
import type { StagedFiles } from "./stage-files.ts"

/** Jobs that have to be carried out again before something can be read, since their bytes are gone. */
interface Needed {
  readonly makers: readonly JobNode[]
}

/** Finds out which jobs that are done have to be carried out again, for what they gave is needed and stored no more. */
export class NeededBytes {
  readonly #of: { readonly outputs: KnownOutputs; readonly files: StagedFiles }

  constructor(of: { readonly outputs: KnownOutputs; readonly files: StagedFiles }) {
    this.#of = of
  }

  /** @throws {GeartrainError} WORKFLOW_BYTES_GONE where no job of the run makes what this one reads. */
  async makersFor(node: JobNode, order: StepOrder): Promise<readonly JobNode[]> {
    const missing = await this.#of.files.missing(order)
    return await this.#makersOf(missing, { reader: `"${node.key}"`, keys: node.planned.after })
  }

  /** The files that the workflow gives. */
  async ofWorkflow(
    { outputs: wanted }: Pick<WorkflowPlan, "outputs">,
    hasToBeStored: boolean,
  ): Promise<{ readonly outputs: NonNullable<RunOutcome["outputs"]> } | Needed> {
    const keys = Object.values(wanted).flatMap(({ parts = [] }) =>
      parts.flatMap((part) => ("jobs" in part ? part.jobs : "step" in part ? [part.step] : [])),
    )
    const lost = await this.#of.outputs.load(keys)
    if (lost.length > 0) return { makers: lost }
    const outputs = Object.fromEntries(
      Object.entries(wanted).map(([name, input]) => {
        const files = takeFiles(input, this.#of.outputs)
        return [name, files === "skipped" ? [] : files] as const
      }),
    )
    if (!hasToBeStored) return { outputs }
    const files = Object.values(outputs).flat()
    const stored = files.filter(({ path }) => path === undefined).map(({ digest }) => digest)
    const missing = await this.#of.files.absent(stored)
    const makers = await this.#makersOf(missing, { reader: "the outputs of the workflow", keys })
    return makers.length > 0 ? { makers } : { outputs }
  }

  async #makersOf(
    missing: readonly Digest[],
    { reader, keys }: { readonly reader: string; readonly keys: readonly string[] },
  ): Promise<readonly JobNode[]> {
    if (missing.length === 0) return []
    await this.#of.outputs.load(keys)
    const makers = new Set<JobNode>()
    for (const digest of missing) {
      const maker = this.#of.outputs.makerOf(digest)
      if (maker === undefined) throw bytesGone(reader, digest)
      makers.add(maker)
    }
    return [...makers]
  }
}

function bytesGone(reader: string, digest: Digest): GeartrainError {
  return new GeartrainError(
    "WORKFLOW_BYTES_GONE",
    `Cannot read ${digest} for ${reader}: the bytes are stored no more, and no job of the plan makes them`,
    { details: { missing: [digest] }, hint: "Plan again: gear workflow plan FILE" },
  )
}
