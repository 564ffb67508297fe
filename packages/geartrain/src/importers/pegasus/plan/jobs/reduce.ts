import type { GraphNode, JobGraph } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "./plan-job.ts"

/**
 * Takes out the jobs whose results are there already, by the names of files alone, as Pegasus does.
 *
 * First, each job all of whose outputs are known: a file that nobody wants delivered, and that no child reads, need not be. Then, from the
 * last jobs upwards, each whose children are all gone, and whose wanted outputs are known. A job without outputs stays.
 *
 * @param isKnown  Whether the replica catalog has a file.
 * @returns the jobs that went, the last of the workflow first.
 */
export function reduceGraph(graph: JobGraph<PlanJob>, isKnown: (lfn: string) => boolean): readonly PlanJob[] {
  const gone = new Set<string>()
  for (const node of graph.nodes()) {
    const { outputs } = node.content
    if (outputs.size > 0 && every(outputs, (file) => isKnown(file.lfn) || isUnneeded(file, node, graph)))
      gone.add(node.name)
  }
  const removed: PlanJob[] = []
  for (const { node } of graph.bottomUp()) {
    const { outputs } = node.content
    const cascades =
      outputs.size > 0 &&
      [...node.children].every((child) => gone.has(child)) &&
      every(outputs, ({ lfn, transfer }) => !transfer || isKnown(lfn))
    if (cascades) gone.add(node.name)
    if (gone.has(node.name)) removed.push(node.content)
  }
  for (const { name } of removed) graph.remove(name)
  return removed
}

function isUnneeded({ lfn, transfer }: PlanFile, node: GraphNode<PlanJob>, graph: JobGraph<PlanJob>): boolean {
  return !transfer && ![...node.children].some((child) => graph.node(child).content.inputs.has(lfn))
}

function every(files: ReadonlyMap<string, PlanFile>, holds: (file: PlanFile) => boolean): boolean {
  for (const file of files.values()) if (!holds(file)) return false
  return true
}
