import { javaHashOrder } from "../graph/hash-order.ts"
import type { GraphNode, JobGraph } from "../graph/job-graph.ts"
import { isOwnJob, type PlanJob } from "../jobs/plan-job.ts"
import { auxiliaryJob } from "../transfers/auxiliary-job.ts"

/** Jobs of a level whose files one clean-up job removes. */
const JOBS_PER_CLEANUP = 5

export interface CleaningUp {
  readonly properties: ReadonlyMap<string, string>
  /** See `Transfers.bypassed`. */
  readonly bypassed: ReadonlySet<string>
}

/**
 * Adds the jobs that remove files as soon as nobody reads them any more: level by level, from the last one up, each file goes after the last
 * of those that read, make or deliver it.
 */
export function addInPlaceCleanup(graph: JobGraph<PlanJob>, cleaning: CleaningUp): void {
  const depths = new Map(graph.topDown().map(({ node, depth }) => [node.name, depth + 1]))
  const kept = keptFiles(graph)
  const nodes = graph.nodes().filter(usesFiles)
  const added: string[] = []
  for (const [site, own] of [...Map.groupBy(nodes, ({ content }) => content.staging ?? "local")].sort(bySite)) {
    added.push(...cleanSite(site, own, { graph, depths, kept, ...cleaning }))
  }
  for (const name of added) dropCovered(name, graph, depths)
}

interface Cleaning extends CleaningUp {
  readonly graph: JobGraph<PlanJob>
  /** From 1. */
  readonly depths: ReadonlyMap<string, number>
  readonly kept: ReadonlySet<string>
}

function bySite([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

/** A delivery that waits for no job takes nothing from a scratch folder. */
function usesFiles({ content, parents }: GraphNode<PlanJob>): boolean {
  return isOwnJob(content) || ((content.kind === "stage-out" || content.kind === "stage-inter") && parents.size > 0)
}

/** Files that are wanted, and that no job delivers: they stay where they are. */
function keptFiles(graph: JobGraph<PlanJob>): ReadonlySet<string> {
  const kept = new Set<string>()
  for (const { content, children } of graph.nodes()) {
    if (content.kind !== "compute" || [...children].some((child) => graph.node(child).content.kind === "stage-out"))
      continue
    for (const { lfn, transfer } of content.outputs.values()) if (transfer) kept.add(lfn)
  }
  return kept
}

function cleanSite(site: string, nodes: readonly GraphNode<PlanJob>[], cleaning: Cleaning): readonly string[] {
  const { graph, depths } = cleaning
  const cleanedBy = new Map<string, string>()
  const added: string[] = []
  const byDepth = Map.groupBy(nodes, ({ name }) => depths.get(name) ?? 0)
  for (const depth of [...byDepth.keys()].sort((one, other) => other - one)) {
    const stubs: Stub[] = []
    const level = new Map((byDepth.get(depth) ?? []).map((node) => [node.name, node]))
    for (const name of javaHashOrder(level.keys())) {
      const files = filesOf(level.get(name) as GraphNode<PlanJob>, cleaning)
      const open = files.filter((lfn) => !cleanedBy.has(lfn))
      for (const lfn of files) {
        const cleaner = cleanedBy.get(lfn)
        if (cleaner !== undefined) graph.link(name, cleaner)
      }
      if (open.length > 0) stubs.push({ job: name, files: open })
    }
    added.push(...addCleanups(stubs, { site, depth, cleanedBy }, cleaning))
  }
  return added
}

interface Stub {
  readonly job: string
  readonly files: readonly string[]
}

function filesOf({ name, content }: GraphNode<PlanJob>, { kept, bypassed }: Cleaning): readonly string[] {
  const inputs = [...content.inputs.keys()].filter((lfn) => !bypassed.has(`${name}\0${lfn}`))
  return [...new Set([...inputs, ...content.outputs.keys()])].filter((lfn) => !kept.has(lfn))
}

function addCleanups(
  stubs: readonly Stub[],
  {
    site,
    depth,
    cleanedBy,
  }: { readonly site: string; readonly depth: number; readonly cleanedBy: Map<string, string> },
  { graph, properties }: Cleaning,
): readonly string[] {
  const added: string[] = []
  const size = stubs.length === 0 ? 1 : sizeOfCleanup(stubs.length, properties)
  for (let at = 0; at < stubs.length; at += size) {
    const name = `clean_up_${site}_level_${depth}_${added.length}`
    const files: string[] = []
    const parents: string[] = []
    for (const { job, files: wanted } of stubs.slice(at, at + size)) {
      for (const lfn of wanted) {
        const cleaner = cleanedBy.get(lfn)
        if (cleaner === undefined) {
          cleanedBy.set(lfn, name)
          files.push(lfn)
        } else if (cleaner !== name) graph.link(job, cleaner)
      }
      if (files.length > 0) parents.push(job)
    }
    if (files.length === 0) continue
    graph.add(name, auxiliaryJob("clean-up", name, { site, files }))
    for (const parent of parents) graph.link(parent, name)
    added.push(name)
  }
  return added
}

/** How many jobs' files one clean-up job removes: by `pegasus.file.cleanup.clusters.num` or `.size`, or a fifth of the level. */
function sizeOfCleanup(jobs: number, properties: ReadonlyMap<string, string>): number {
  const count = Number(properties.get("pegasus.file.cleanup.clusters.num"))
  if (Number.isInteger(count) && count > 0) return Math.ceil(jobs / count)
  const size = Number(properties.get("pegasus.file.cleanup.clusters.size"))
  if (Number.isInteger(size) && size > 0) return size
  return Math.ceil(jobs / Math.ceil(jobs / JOBS_PER_CLEANUP))
}

/** A clean-up job need not wait for a job that one of those comes after which it waits for anyway. */
function dropCovered(name: string, graph: JobGraph<PlanJob>, depths: ReadonlyMap<string, number>): void {
  const { parents } = graph.node(name)
  const covered = new Set<string>()
  const seen = new Set<string>()
  const waiting = [...parents]
  // What is not deeper than the least deep of them comes after none of them.
  const least = waiting.reduce((depth, parent) => Math.min(depth, depths.get(parent) ?? 0), Number.POSITIVE_INFINITY)
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at) || (depths.get(at) ?? 0) <= least) continue
    seen.add(at)
    for (const parent of graph.node(at).parents) {
      if (parents.has(parent)) covered.add(parent)
      // As Pegasus goes: two steps at a time, so that who is just two steps before is waited for all the same.
      else if ((depths.get(parent) ?? 0) > least) waiting.push(...graph.node(parent).parents)
    }
  }
  for (const parent of covered) graph.unlink(parent, name)
}
