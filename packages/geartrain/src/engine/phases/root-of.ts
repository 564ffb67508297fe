import type { RootFilesystem } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import type { EnginePorts } from "../engine-ports.ts"
import type { JobPlan } from "./plan-job.ts"

/**
 * Finds the root filesystem that a job runs on.
 *
 * @throws {GeartrainError} ROOT_NOT_FOUND when the gear is known and its bytes are gone.
 */
export async function rootOf(plan: JobPlan, ports: Pick<EnginePorts, "roots">): Promise<RootFilesystem> {
  if (plan.development !== undefined) return plan.development.root
  const root = await ports.roots.stat(plan.gear.tree)
  if (root !== undefined) return root
  throw new GeartrainError(
    "ROOT_NOT_FOUND",
    `Cannot run gear "${plan.gear.manifest.name}": its root filesystem is not stored`,
    {
      details: { tree: plan.gear.tree },
      hint: `Import it again: gear import ${plan.gear.origin.reference}`,
    },
  )
}
