import type { RootFilesystem } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import type { EnginePorts } from "../engine-ports.ts"
import type { JobRequest } from "../job-request.ts"

/**
 * Finds the root filesystem that a job runs on.
 *
 * @throws {GeartrainError} ROOT_NOT_FOUND when the gear is known and its bytes are gone.
 */
export async function rootOf(
  { development, gear }: Pick<JobRequest, "development" | "gear">,
  ports: Pick<EnginePorts, "roots">,
): Promise<RootFilesystem> {
  if (development !== undefined) return development.root
  const root = await ports.roots.stat(gear.tree)
  if (root !== undefined) return root
  throw new GeartrainError(
    "ROOT_NOT_FOUND",
    `Cannot run gear "${gear.manifest.name}": its root filesystem is not stored`,
    {
      details: { tree: gear.tree },
      hint: `Import it again: gear import ${gear.origin.reference}`,
    },
  )
}
