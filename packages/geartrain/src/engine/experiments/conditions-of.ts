import type { JobRecord } from "@geartrain/spec"
import type { EnginePorts } from "../engine-ports.ts"
import { tryClockLibrary } from "./clock-library.ts"
import { type Conditions, knownConditions } from "./known-conditions.ts"

/**
 * What a job can be held to on this machine when it is run again. Whether its gear bears a fixed clock is found out by trying, in a box of a
 * few milliseconds.
 */
export async function conditionsOf(
  record: JobRecord,
  ports: Pick<EnginePorts, "provider" | "workFolder" | "gears" | "roots">,
): Promise<Conditions> {
  const [gear, root, provider] = await Promise.all([
    ports.gears.getGear(record.gear.id),
    ports.roots.stat(record.gear.tree),
    ports.provider(),
  ])
  return knownConditions({
    declared: gear?.manifest.config ?? {},
    config: record.invocation.config,
    constraints: provider.capabilities.constraints,
    clockLibrary: root === undefined ? { why: "the gear is not stored" } : await tryClockLibrary(root, ports),
    job: record.id,
  })
}
