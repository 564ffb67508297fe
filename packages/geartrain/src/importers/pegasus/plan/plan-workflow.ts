import { replicaFinder } from "../catalogs/find-replica.ts"
import type { PegasusInputs } from "../catalogs/load-inputs.ts"
import { withDefaultSites } from "../catalogs/site-catalog.ts"
import { addCreateDirs, addRemoveDirs } from "./cleanup/directories.ts"
import { addInPlaceCleanup } from "./cleanup/in-place.ts"
import { addWorkerPackage } from "./cleanup/worker-package.ts"
import { clusterJobs } from "./cluster/cluster-jobs.ts"
import type { JobGraph } from "./graph/job-graph.ts"
import { abstractGraph } from "./jobs/abstract-graph.ts"
import { isOwnJob, type PlanJob } from "./jobs/plan-job.ts"
import { reduceGraph } from "./jobs/reduce.ts"
import { selectSites } from "./jobs/select-sites.ts"
import type { Cleanup, PlanOptions } from "./plan-options.ts"
import { addTransfers } from "./transfers/add-transfers.ts"

/** What Pegasus would make of a workflow: all jobs, its own and those that it adds, and who waits for whom. */
export interface ExecutablePlan {
  /** Sorted by name. */
  readonly jobs: readonly PlanJob[]
  readonly edges: readonly (readonly [string, string])[]
  /** Names of the workflow's own jobs, and of clusters of them. */
  readonly compute: readonly string[]
  /** Names of the jobs that data reuse left out. */
  readonly reused: readonly string[]
  /** Where the plan is not what Pegasus would make of it, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Plans a workflow as Pegasus' planner does: data reuse by the names of files, sites, clusters, transfers, folders, cleanup.
 *
 * @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE, PEGASUS_CATALOG_INCOMPLETE.
 */
export function planPegasusWorkflow(inputs: PegasusInputs, options: PlanOptions): ExecutablePlan {
  const { workflow, properties } = inputs
  const prefix = options.jobPrefix ?? ""
  const find = replicaFinder(inputs.replicas)
  const sites = withDefaultSites(inputs.sites)
  const abstract = abstractGraph(workflow, prefix)
  const reuses = !options.force && properties.get("pegasus.data.reuse.scope") !== "none"
  const removed = reuses ? reduceGraph(abstract, (lfn) => (find(lfn)?.pfns.length ?? 0) > 0) : []
  const choice = { transformations: inputs.transformations, properties, sites, options, file: workflow.file }
  const graph = clusterJobs(selectSites(abstract, choice), options.clustering, properties)
  const compute = graph
    .nodes()
    .filter(({ content }) => isOwnJob(content))
    .map(({ name }) => name)
  const { bypassed } = addTransfers(graph, { sites, properties, find, options, file: workflow.file, removed })
  const named = { label: workflow.name, prefix }
  addWorkerPackage(graph, { ...named, properties })
  addCreateDirs(graph, named)
  const cleanup = options.cleanup ?? cleanupOf(properties)
  if (cleanup === "inplace" || cleanup === "constraint") addInPlaceCleanup(graph, { properties, bypassed })
  if (cleanup !== "none") addRemoveDirs(graph, named)
  return { ...executable(graph, compute, removed), notes: cleanup === "constraint" ? [CONSTRAINT] : [] }
}

const CONSTRAINT =
  "Clean-up by the constraint on space is planned as inplace: where Pegasus knows the sizes of all files it removes fewer of them, as late as the space allows"

function cleanupOf(properties: ReadonlyMap<string, string>): Cleanup {
  const word = properties.get("pegasus.file.cleanup.strategy")?.toLowerCase()
  return word === "constraint" || word === "leaf" || word === "none" ? word : "inplace"
}

function executable(
  graph: JobGraph<PlanJob>,
  compute: readonly string[],
  removed: readonly PlanJob[],
): Omit<ExecutablePlan, "notes"> {
  return {
    jobs: graph
      .nodes()
      .map(({ content }) => content)
      .sort((one, other) => compare(one.name, other.name)),
    edges: graph.edges().sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1])),
    compute: compute.toSorted(compare),
    reused: removed.map(({ name }) => name).sort(compare),
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
