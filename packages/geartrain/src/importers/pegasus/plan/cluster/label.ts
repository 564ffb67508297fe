import type { JobGraph } from "../graph/job-graph.ts"
import type { PlanJob } from "../jobs/plan-job.ts"
import type { Clusters } from "./clusters.ts"

/** Merges jobs that have one label, or, for `whole`, all of them. They are run in an order in which none waits for a later one. */
export function labelClusters(
  graph: JobGraph<PlanJob>,
  way: "label" | "whole",
  properties: ReadonlyMap<string, string>,
): Clusters {
  const key = properties.get("pegasus.clusterer.label.key") ?? "label"
  const byLabel = new Map<string, string[]>()
  for (const { node } of graph.topDown()) {
    if (node.content.kind !== "compute") continue
    const label = way === "whole" ? "whole" : node.content.profiles["pegasus"]?.[key]
    if (label === undefined) continue
    const members = byLabel.get(label) ?? []
    members.push(node.name)
    byLabel.set(label, members)
  }
  const clusters = [...byLabel]
    .filter(([, members]) => members.length > 1)
    .map(([label, members]) => ({ name: `merge_${label}`, id: label, members }))
  return { clusters, edgesOf: "first" }
}
