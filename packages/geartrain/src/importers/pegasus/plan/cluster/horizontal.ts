import type { JobGraph, Placed } from "../graph/job-graph.ts"
import { type PlanJob, stagedName } from "../jobs/plan-job.ts"
import type { Cluster, Clusters } from "./clusters.ts"

/** Merges jobs of one program that are on one level and one site, by what `clusters.num` or `clusters.size` say of them. */
export function horizontalClusters(graph: JobGraph<PlanJob>, properties: ReadonlyMap<string, string>): Clusters {
  const byRuntime = properties.get("pegasus.clusterer.preference")?.toLowerCase() === "runtime"
  const clusters: Cluster[] = []
  for (const [depth, jobs] of levelsOf(graph.topDown())) {
    for (const [transformation, alike] of groupBy(jobs, (job) => job.transformation)) {
      // Ids go on from site to site, within one program and level.
      const made: Cluster[] = []
      for (const [, together] of groupBy(alike, (job) => job.site ?? "")) {
        if (together.length < 2) continue
        for (const members of byRuntime ? packByRuntime(together) : chunk(together)) {
          const id = `PID${depth + 1}_ID${made.length + 1}`
          made.push({ name: `merge_${stagedName(transformation)}_${id}`, id, members: members.map(({ name }) => name) })
        }
      }
      clusters.push(...made)
    }
  }
  return { clusters, edgesOf: "all" }
}

function levelsOf(placed: readonly Placed<PlanJob>[]): ReadonlyMap<number, readonly PlanJob[]> {
  const levels = new Map<number, PlanJob[]>()
  for (const { node, depth } of placed) {
    if (node.content.kind !== "compute") continue
    const level = levels.get(depth) ?? []
    level.push(node.content)
    levels.set(depth, level)
  }
  return levels
}

function groupBy(
  jobs: readonly PlanJob[],
  keyOf: (job: PlanJob) => string,
): readonly (readonly [string, readonly PlanJob[]])[] {
  return [...Map.groupBy(jobs, keyOf)].sort(([one], [other]) => (one < other ? -1 : 1))
}

/**
 * `clusters.num`: so many clusters, the first of them one larger where it does not come out even. `clusters.size`: so many jobs a cluster.
 * What is left alone stays as it is.
 */
function chunk(jobs: readonly PlanJob[]): readonly (readonly PlanJob[])[] {
  const [first] = jobs
  const count = numberOf(first, "clusters.num") ?? numberOf(first, "bundle")
  const size =
    count === undefined
      ? (numberOf(first, "clusters.size") ?? numberOf(first, "collapse") ?? 1)
      : Math.floor(jobs.length / count)
  let larger = count === undefined ? 0 : jobs.length % count
  if (size >= jobs.length) return [jobs]
  const chunks: (readonly PlanJob[])[] = []
  for (let at = 0; at < jobs.length; ) {
    const take = larger > 0 ? size + 1 : size
    larger--
    if (take <= 1) break
    chunks.push(jobs.slice(at, at + take))
    at += take
  }
  return chunks
}

/** Into `clusters.num` clusters of about the same time, or as many as it takes for none to exceed `clusters.maxruntime`. */
function packByRuntime(jobs: readonly PlanJob[]): readonly (readonly PlanJob[])[] {
  const [first] = jobs
  const most = numberOf(first, "clusters.maxruntime") ?? numberOf(first, "maxruntime")
  const timed = jobs
    .map((job) => ({ job, time: numberOf(job, "runtime") ?? numberOf(job, "job.runtime") ?? 0 }))
    .sort((one, other) => other.time - one.time)
  const bins: { time: number; jobs: PlanJob[] }[] = []
  const count = most === undefined ? Math.min(numberOf(first, "clusters.num") ?? 1, jobs.length) : 0
  for (let bin = 0; bin < count; bin++) bins.push({ time: 0, jobs: [] })
  const alone: PlanJob[][] = []
  for (const { job, time } of timed) {
    if (most !== undefined && time > most) continue
    const bin = most === undefined ? emptiest(bins) : bins.find((other) => other.time + time <= most)
    if (bin === undefined) bins.push({ time, jobs: [job] })
    else {
      bin.time += time
      bin.jobs.push(job)
    }
  }
  return [...bins.map((bin) => bin.jobs), ...alone].filter((members) => members.length > 0)
}

function emptiest<Bin extends { readonly time: number }>(bins: readonly Bin[]): Bin | undefined {
  return bins.reduce<Bin | undefined>(
    (least, bin) => (least === undefined || bin.time < least.time ? bin : least),
    undefined,
  )
}

function numberOf(job: PlanJob | undefined, key: string): number | undefined {
  const value = Number(job?.profiles["pegasus"]?.[key])
  return Number.isFinite(value) && value > 0 ? value : undefined
}
