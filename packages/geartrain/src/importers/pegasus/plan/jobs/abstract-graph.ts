import { GeartrainError } from "@geartrain/spec"
import { fullName } from "../../catalogs/transformation-catalog.ts"
import {
  type AbstractJob,
  type AbstractWorkflow,
  type FileUse,
  readsFile,
  writesFile,
} from "../../workflow/abstract-workflow.ts"
import { mergeProfiles } from "../../workflow/profiles.ts"
import { JobGraph } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "./plan-job.ts"

/**
 * The jobs of a workflow with who waits for whom: what it says itself, and what follows from files that one writes and another reads.
 *
 * @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE.
 */
export function abstractGraph(workflow: AbstractWorkflow, prefix = ""): JobGraph<PlanJob> {
  const graph = new JobGraph<PlanJob>()
  const names = new Map<string, string>()
  const made = new Set(workflow.jobs.flatMap(({ uses }) => uses.filter(writesFile).map(({ lfn }) => lfn)))
  const writers = new Map<string, string[]>()
  for (const job of workflow.jobs) {
    const planned = planJobOf(job, { workflow, prefix, made })
    graph.add(planned.name, planned)
    names.set(job.id, planned.name)
    for (const use of job.uses) {
      if (!writesFile(use) || use.type === "checkpoint") continue
      const others = writers.get(use.lfn)
      if (others === undefined) writers.set(use.lfn, [planned.name])
      else others.push(planned.name)
    }
  }
  for (const [parent, children] of workflow.dependencies) {
    for (const child of children) graph.link(names.get(parent) ?? "", names.get(child) ?? "")
  }
  for (const job of workflow.jobs) {
    for (const use of job.uses) {
      if (use.type !== "input") continue
      for (const writer of writers.get(use.lfn) ?? []) graph.link(writer, names.get(job.id) ?? "")
    }
  }
  refuseCycle(graph, workflow)
  return graph
}

function refuseCycle(graph: JobGraph<PlanJob>, workflow: AbstractWorkflow): void {
  const placed = graph.topDown()
  if (placed.length === graph.size) return
  const free = new Set(placed.map(({ node }) => node.name))
  // Of what is left, going from anyone to whoever it waits for comes round.
  const way: string[] = []
  let at = graph.nodes().find(({ name }) => !free.has(name))?.name
  while (at !== undefined && !way.includes(at)) {
    way.push(at)
    at = [...graph.node(at).parents].find((parent) => !free.has(parent))
  }
  const round = way.slice(way.indexOf(at ?? "")).toReversed()
  const shown = round.slice(0, 10)
  throw new GeartrainError(
    "PEGASUS_WORKFLOW_CYCLE",
    `Cannot plan "${workflow.file}": jobs wait for each other: ${[...shown, ...(round.length > 10 ? ["…"] : []), shown[0]].join(" → ")}`,
    {
      details: { file: workflow.file, jobs: shown },
      hint: "Take one of these out of jobDependencies, or write to a file of another name",
    },
  )
}

interface Whole {
  readonly workflow: AbstractWorkflow
  readonly prefix: string
  /** Files that some job writes. */
  readonly made: ReadonlySet<string>
}

function planJobOf(job: AbstractJob, { workflow, prefix, made }: Whole): PlanJob {
  const program = PROGRAMS[job.type] ?? job.name
  return {
    kind: job.type === "job" ? "compute" : "workflow",
    name: `${prefix}${program}_${job.id}`,
    id: job.id,
    transformation: job.type === "job" ? fullName(job) : `pegasus::${program}`,
    profiles: mergeProfiles([job.profiles, workflow.profiles]),
    inputs: filesOf(job, made, (use) => readsFile(use) || use.type === "checkpoint"),
    outputs: filesOf(job, made, writesFile),
  }
}

/** What carries out a sub-workflow. */
const PROGRAMS: Readonly<Record<string, string>> = { pegasusWorkflow: "pegasus-plan", condorWorkflow: "dagman" }

function filesOf(
  job: AbstractJob,
  made: ReadonlySet<string>,
  picks: (use: FileUse) => boolean,
): ReadonlyMap<string, PlanFile> {
  const files = new Map<string, PlanFile>()
  for (const use of job.uses) {
    // The document of a sub-workflow that is there is read where it is planned, and not carried to where jobs run.
    if (!picks(use) || (job.type !== "job" && use.lfn === job.name && !made.has(use.lfn))) continue
    files.set(use.lfn, {
      lfn: use.lfn,
      transfer: use.stageOut && use.type !== "checkpoint",
      register: use.register && use.type !== "checkpoint",
      optional: use.optional || use.type === "checkpoint",
      executable: use.executable,
      bypass: use.bypass,
    })
  }
  return files
}
