import { GeartrainError } from "@geartrain/spec"
import type { FileSource, GearStep, Workflow, WorkflowInput } from "@geartrain/spec/workflow"
import { replicaFinder } from "../catalogs/find-replica.ts"
import type { PegasusInputs } from "../catalogs/load-inputs.ts"
import type { Replica } from "../catalogs/replica-catalog.ts"
import { fullName } from "../catalogs/transformation-catalog.ts"
import { abstractGraph } from "../plan/jobs/abstract-graph.ts"
import { type AbstractJob, readsFile, writesFile } from "../workflow/abstract-workflow.ts"
import { mergeProfiles } from "../workflow/profiles.ts"
import { type ConvertedGear, convertGear, localPath } from "./convert-gears.ts"
import { namer } from "./convert-names.ts"
import { convertStep, exactly, type FileOrigins } from "./convert-steps.ts"
import type { TakenOver } from "./take-over.ts"

/** A file of this machine that the catalog has a checksum of. */
export interface CheckedFile {
  readonly lfn: string
  readonly path: string
  readonly sha256: string
}

export interface Converted {
  readonly workflow: Workflow
  readonly gears: readonly ConvertedGear[]
  readonly rows: readonly TakenOver[]
  readonly checks: readonly CheckedFile[]
}

/**
 * Makes a workflow of gears of one of Pegasus': a gear of each program, a step of each job, joined by their files.
 *
 * @param gearPath  How a step names a gear.
 * @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE; PEGASUS_CATALOG_INCOMPLETE for a sub-workflow, which has to be imported by itself.
 */
export function convertWorkflow(inputs: PegasusInputs, gearPath: (gear: ConvertedGear) => string): Converted {
  const { workflow } = inputs
  // Refuses what cannot be put in order.
  abstractGraph(workflow)
  refuseSubWorkflows(inputs)
  const rows: TakenOver[] = []
  const stepNames = namer("_.-", { most: 100 })
  const gearNames = namer("-", { most: 100, lower: true })
  const gears = new Map<string, ConvertedGear>()
  const steps = new Map(workflow.jobs.map((job) => [job.id, stepNames(`${job.name}_${job.id}`)]))
  const writers = new Map(
    workflow.jobs.flatMap((job) =>
      job.uses.filter(writesFile).map(({ lfn }) => [lfn, steps.get(job.id) ?? ""] as const),
    ),
  )
  const outside = convertInputs(inputs, writers, rows)
  const origins: FileOrigins = { writers, inputs: outside.names }
  const after = extraParents(inputs, steps)
  const converted: Record<string, GearStep> = {}
  for (const job of workflow.jobs) {
    const transformation = fullName(job)
    const name = gearNames(transformation.replaceAll(/[:.]+/g, "-"))
    const gear =
      gears.get(transformation) ?? convertGear(transformation, name, { catalog: inputs.transformations, rows })
    gears.set(transformation, gear)
    converted[steps.get(job.id) ?? job.id] = convertStep(job, {
      gear: gearPath(gear),
      profiles: profilesOf(job, gear, inputs),
      origins,
      after: after.get(job.id) ?? [],
      rows,
    })
  }
  tellWorkflow(inputs, rows)
  const categories = categoryLimits(inputs)
  return {
    workflow: {
      workflow: 1,
      name: stepNames(workflow.name),
      description: `Taken over from the Pegasus workflow ${workflow.name}`,
      ...(Object.keys(outside.inputs).length === 0 ? {} : { inputs: outside.inputs }),
      steps: converted,
      ...outputsOf(workflow.jobs, steps),
      ...(Object.keys(categories).length === 0 ? {} : { limits: { categories } }),
    },
    gears: [...gears.values()],
    rows,
    checks: outside.checks,
  }
}

function profilesOf(
  job: AbstractJob,
  gear: ConvertedGear,
  { workflow, transformations }: PegasusInputs,
): AbstractJob["profiles"] {
  const transformation = transformations.transformations.get(gear.transformation)
  const layers = [
    ...(transformation?.sites.map(({ profiles }) => profiles).slice(0, 1) ?? []),
    transformation?.profiles ?? {},
    gear.container?.profiles ?? {},
    job.profiles,
    workflow.profiles,
  ]
  return mergeProfiles(layers)
}

function refuseSubWorkflows({ workflow }: PegasusInputs): void {
  const sub = workflow.jobs.find(({ type }) => type !== "job")
  if (sub === undefined) return
  throw new GeartrainError(
    "PEGASUS_CATALOG_INCOMPLETE",
    `Cannot take over "${workflow.file}": ${sub.id} is a workflow of its own, "${sub.name}", which Pegasus plans only when it is reached`,
    {
      details: { file: workflow.file, job: sub.id },
      hint: `Take that over by itself: gear import --pegasus ${sub.name}`,
    },
  )
}

interface Outside {
  readonly inputs: Readonly<Record<string, WorkflowInput>>
  readonly names: ReadonlyMap<string, { readonly name: string; readonly path: string }>
  readonly checks: readonly CheckedFile[]
}

/** Files that no job writes are inputs of the workflow; their place is what the replica catalog says. */
function convertInputs(inputs: PegasusInputs, writers: ReadonlyMap<string, string>, rows: TakenOver[]): Outside {
  const find = replicaFinder(inputs.replicas)
  const nameOf = namer("_-", { most: 60 })
  const converted: Record<string, WorkflowInput> = {}
  const names = new Map<string, { name: string; path: string }>()
  const checks: CheckedFile[] = []
  for (const { lfn, optional } of inputs.workflow.jobs.flatMap(({ uses }) => uses.filter(readsFile))) {
    if (writers.has(lfn) || names.has(lfn)) continue
    const replica = find(lfn)
    if (replica === undefined && optional) continue
    const path = replica === undefined ? undefined : pathOf(replica)
    const name = nameOf(lfn)
    names.set(lfn, { name, path: path ?? lfn })
    converted[name] = { description: lfn, ...(path === undefined ? {} : { default: path }) }
    rows.push(rowOfInput(lfn, name, { replica, path }))
    if (replica?.sha256 !== undefined && path !== undefined) checks.push({ lfn, path, sha256: replica.sha256 })
  }
  return { inputs: converted, names, checks }
}

function pathOf({ pfns }: Replica): string | undefined {
  const local =
    pfns.find(({ site, pfn }) => site === "local" && localPath(pfn) !== undefined) ??
    pfns.find(({ pfn }) => localPath(pfn) !== undefined)
  return local === undefined ? undefined : localPath(local.pfn)
}

function rowOfInput(
  lfn: string,
  name: string,
  { replica, path }: { readonly replica: Replica | undefined; readonly path: string | undefined },
): TakenOver {
  const what = `file ${lfn}`
  if (path !== undefined) return { what, taken: "yes", how: `Input ${name} of the workflow, by default ${path}` }
  const where =
    replica === undefined ? "no replica catalog has it" : `it lies at ${replica.pfns.map(({ pfn }) => pfn).join(", ")}`
  return { what, taken: "changed", how: `Input ${name} of the workflow, to be given: ${where}` }
}

/** Jobs that have to be done before, and of which no file is read. */
function extraParents(
  { workflow }: PegasusInputs,
  steps: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const written = new Map(
    workflow.jobs.map((job) => [job.id, new Set(job.uses.filter(writesFile).map(({ lfn }) => lfn))]),
  )
  const read = new Map(workflow.jobs.map((job) => [job.id, job.uses.filter(readsFile).map(({ lfn }) => lfn)]))
  const after = new Map<string, string[]>()
  for (const [parent, children] of workflow.dependencies) {
    for (const child of children) {
      if (read.get(child)?.some((lfn) => written.get(parent)?.has(lfn)) === true) continue
      const step = steps.get(parent)
      const others = after.get(child) ?? []
      if (step !== undefined && !others.includes(step)) others.push(step)
      after.set(child, others)
    }
  }
  return after
}

function outputsOf(jobs: readonly AbstractJob[], steps: ReadonlyMap<string, string>): Pick<Workflow, "outputs"> {
  const nameOf = namer("_-", { most: 60 })
  const outputs: Record<string, FileSource> = {}
  for (const job of jobs) {
    for (const use of job.uses) {
      if (!writesFile(use) || !use.stageOut || use.type === "checkpoint") continue
      outputs[nameOf(use.lfn)] = { from: `steps.${steps.get(job.id)}`, files: exactly(use.lfn) }
    }
  }
  return Object.keys(outputs).length === 0 ? {} : { outputs }
}

function categoryLimits({ properties }: PegasusInputs): Readonly<Record<string, number>> {
  const limits: Record<string, number> = {}
  for (const [key, value] of properties) {
    const category = /^dagman\.(.+)\.maxjobs$/i.exec(key)?.[1]
    const most = Number(value)
    if (category !== undefined && Number.isInteger(most) && most > 0) limits[category] = most
  }
  return limits
}

function tellWorkflow({ workflow, properties, notes, sites }: PegasusInputs, rows: TakenOver[]): void {
  if (workflow.hooks.length > 0)
    rows.push({
      what: "hooks of the workflow",
      taken: "no",
      how: "Commands beside the workflow are not started; look at gear workflow status, or its events",
    })
  if (Object.keys(workflow.metadata).length > 0)
    rows.push({ what: "metadata of the workflow", taken: "no", how: "It describes, and decides nothing" })
  for (const key of workflow.unknown)
    rows.push({ what: `${key} of the workflow`, taken: "no", how: "The format leaves it to whoever wrote it" })
  for (const site of sites.keys())
    rows.push({ what: `site ${site}`, taken: "no", how: "Jobs run where gear runs, or on a server's runners" })
  for (const key of properties.keys()) {
    const limits = /^dagman\.(.+)\.maxjobs$/i.test(key)
    rows.push({
      what: `property ${key}`,
      taken: limits ? "yes" : "no",
      how: limits ? "Limit of the category" : "It is about how Pegasus plans",
    })
  }
  for (const note of notes) rows.push({ what: "catalog", taken: "no", how: note })
}
