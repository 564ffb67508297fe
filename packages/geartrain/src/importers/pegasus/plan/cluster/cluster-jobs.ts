import { JobGraph } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "../jobs/plan-job.ts"
import type { Clustering } from "../plan-options.ts"
import type { Cluster, Clusters } from "./clusters.ts"
import { horizontalClusters } from "./horizontal.ts"
import { labelClusters } from "./label.ts"

/** Merges jobs, one way after the other. */
export function clusterJobs(
  graph: JobGraph<PlanJob>,
  ways: readonly Clustering[],
  properties: ReadonlyMap<string, string>,
): JobGraph<PlanJob> {
  let clustered = graph
  for (const way of ways) {
    const clusters =
      way === "horizontal" ? horizontalClusters(clustered, properties) : labelClusters(clustered, way, properties)
    clustered = merge(clustered, clusters)
  }
  return clustered
}

function merge(graph: JobGraph<PlanJob>, { clusters, edgesOf }: Clusters): JobGraph<PlanJob> {
  if (clusters.length === 0) return graph
  const clusterOf = new Map(clusters.flatMap((cluster) => cluster.members.map((member) => [member, cluster] as const)))
  const merged = new JobGraph<PlanJob>()
  for (const { name, content } of graph.nodes()) if (!clusterOf.has(name)) merged.add(name, content)
  for (const cluster of clusters) merged.add(cluster.name, mergedJob(cluster, graph))
  for (const [parent, child] of graph.edges()) {
    const into = clusterOf.get(child)
    if (
      edgesOf === "first" &&
      into !== undefined &&
      [...graph.node(child).parents].some((other) => clusterOf.get(other) === into)
    )
      continue
    merged.link(clusterOf.get(parent)?.name ?? parent, into?.name ?? child)
  }
  return merged
}

/** What its jobs read, but for what they write themselves before it is read, and all that they write. */
function mergedJob({ name, id, members }: Cluster, graph: JobGraph<PlanJob>): PlanJob {
  const jobs = members.map((member) => graph.node(member).content)
  const [first] = jobs as [PlanJob]
  const inputs = new Map<string, PlanFile>()
  const outputs = new Map<string, PlanFile>()
  for (const job of jobs) {
    for (const [lfn, file] of job.inputs) if (!outputs.has(lfn)) inputs.set(lfn, file)
    for (const [lfn, file] of job.outputs) outputs.set(lfn, file)
  }
  return {
    ...first,
    name,
    id,
    transformation: "pegasus::clustered",
    inputs,
    outputs,
    members: jobs.map((job) => job.id),
  }
}
