import type { FreedBlob } from "@geartrain/ports"
import type { GearId, JobId } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"

/**
 * Finds the freed bytes that can be made again only through some jobs and gears: once these are forgotten, the bytes are lost.
 *
 * @param ids  Of jobs and gears.
 */
export async function freedThrough(
  ids: ReadonlySet<JobId | GearId>,
  { jobs }: Pick<Stores, "jobs">,
): Promise<readonly FreedBlob[]> {
  const lost: FreedBlob[] = []
  for (const blob of await jobs.listFreed()) {
    const makers = (await Promise.all((await jobs.naming(blob.digest)).map((id) => jobs.get(id))))
      .filter((job) => job !== undefined && job.forVerification !== true)
      .filter((job) => job?.outputs.some(({ digest }) => digest === blob.digest))
    const through = makers.filter((job) => job !== undefined && (ids.has(job.id) || ids.has(job.gear.id)))
    if (through.length > 0 && through.length === makers.length) lost.push(blob)
  }
  return lost
}
