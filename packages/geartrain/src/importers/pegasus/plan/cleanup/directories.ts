import type { GraphNode, JobGraph, Placed } from "../graph/job-graph.ts"
import { isOwnJob, type PlanJob } from "../jobs/plan-job.ts"
import { auxiliaryJob } from "../transfers/auxiliary-job.ts"

interface Named {
  readonly label: string
  readonly prefix: string
}

/** Adds for each site the job that makes the scratch folder, before whatever of the site does not come after such a one anyway. */
export function addCreateDirs(graph: JobGraph<PlanJob>, { label, prefix }: Named): void {
  const names = new Map(sitesOf(graph).map((site) => [site, `create_dir_${prefix}${label}_0_${site}`]))
  const edges = edgesToSites(graph.topDown(), "parents")
  for (const [site, name] of names) graph.add(name, auxiliaryJob("create-dir", name, { site, files: [] }))
  for (const { site, job } of edges) {
    const name = names.get(site)
    if (name !== undefined) graph.link(name, job)
  }
}

/** Adds for each site the job that removes the scratch folder, after whatever of the site is not before such a one anyway. */
export function addRemoveDirs(graph: JobGraph<PlanJob>, { label, prefix }: Named): void {
  const names = new Map(sitesOf(graph).map((site) => [site, `cleanup_${prefix}${label}_0_${site}`]))
  const edges = edgesToSites(graph.bottomUp(), "children")
  const workflows = graph.nodes().filter(({ content }) => content.kind === "workflow")
  for (const [site, name] of names) graph.add(name, auxiliaryJob("remove-dir", name, { site, files: [] }))
  for (const { site, job } of edges) {
    const name = names.get(site)
    if (name !== undefined) graph.link(job, name)
  }
  // What a sub-workflow leaves behind is known to nobody here.
  for (const { name } of workflows) for (const remove of names.values()) graph.link(name, remove)
}

function sitesOf(graph: JobGraph<PlanJob>): readonly string[] {
  return [
    ...new Set(
      graph
        .nodes()
        .filter(({ content }) => isOwnJob(content))
        .map(({ content }) => content.staging ?? "local"),
    ),
  ].sort()
}

/** The jobs of each site that no other job of the site stands before, seen from where the walk begins. */
function edgesToSites(
  placed: readonly Placed<PlanJob>[],
  behind: "parents" | "children",
): readonly { readonly site: string; readonly job: string }[] {
  const reached = new Map<string, ReadonlySet<string>>()
  const edges: { readonly site: string; readonly job: string }[] = []
  for (const { node } of placed) {
    const { name, content } = node
    if (isDelivery(node) || content.kind === "create-dir") continue
    const sites = union([...node[behind]].map((other) => reached.get(other)))
    if (content.staging !== undefined && !sites.has(content.staging)) {
      edges.push({ site: content.staging, job: name })
      reached.set(name, new Set([...sites, content.staging]))
    } else reached.set(name, sites)
  }
  return edges
}

/** Delivers what was there before: it needs no scratch folder. */
function isDelivery({ content, parents }: GraphNode<PlanJob>): boolean {
  return content.kind === "stage-out" && parents.size === 0
}

const NONE: ReadonlySet<string> = new Set()

function union(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> {
  let result = NONE
  for (const set of sets) {
    if (set === undefined || set === result || [...set].every((site) => result.has(site))) continue
    result = result.size === 0 ? set : new Set([...result, ...set])
  }
  return result
}
