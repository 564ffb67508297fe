import type { JobGraph } from "../graph/job-graph.ts"
import { isOwnJob, type PlanJob } from "../jobs/plan-job.ts"
import { auxiliaryJob } from "../transfers/auxiliary-job.ts"

/**
 * Adds the jobs that bring Pegasus' own programs along, where the properties ask for it: to each site with a shared file system, where they
 * are unpacked, or else once to the machine of the planner.
 */
export function addWorkerPackage(
  graph: JobGraph<PlanJob>,
  {
    label,
    properties,
    prefix,
  }: { readonly label: string; readonly properties: ReadonlyMap<string, string>; readonly prefix: string },
): void {
  if (properties.get("pegasus.transfer.worker.package") !== "true") return
  const own = graph.nodes().filter(({ content }) => isOwnJob(content) && content.kind === "compute")
  const shared = new Set(
    own.filter(({ content }) => content.configuration === "sharedfs").map(({ content }) => content.site ?? "local"),
  )
  const carried = own.some(({ content }) => content.configuration !== "sharedfs")
  const roots = graph.nodes().filter(({ parents }) => parents.size === 0)
  for (const site of shared) {
    const stage = `stage_worker_local_${prefix}${label}_0_${site}`
    const untar = `untar_${prefix}${label}_0_${site}`
    graph.add(stage, auxiliaryJob("stage-worker", stage, { site, files: [] }))
    graph.add(untar, auxiliaryJob("untar", untar, { site, files: [] }))
    graph.link(stage, untar)
    for (const root of roots) graph.link(untar, root.name)
  }
  if (!carried) return
  const stage = `stage_worker_local_${prefix}${label}_0_local`
  graph.add(stage, auxiliaryJob("stage-worker", stage, { files: [] }))
  for (const root of roots) graph.link(stage, root.name)
}
