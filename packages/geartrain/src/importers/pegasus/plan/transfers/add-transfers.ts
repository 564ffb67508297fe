import { GeartrainError } from "@geartrain/spec"
import { javaHashOrder } from "../graph/hash-order.ts"
import type { JobGraph, Placed } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "../jobs/plan-job.ts"
import type { PlanOptions } from "../plan-options.ts"
import { addTransferJob, auxiliaryJob } from "./auxiliary-job.ts"
import { type Staged, stagingOf, transfersLocally } from "./stage-sources.ts"
import { lanesFor, type TransferJob, type TransferKind, TransferLanes } from "./transfer-lanes.ts"

/** The level under which files of jobs that were left out are delivered. */
const LEVEL_OF_REMOVED = 1000
const LANES_OF_REMOVED = 10

export interface Transferring extends Staged {
  readonly options: PlanOptions
  readonly file: string
  /** Jobs that data reuse took out. */
  readonly removed: readonly PlanJob[]
}

/** What was decided about files, for whoever cleans up. */
export interface Transfers {
  /** Files that a job takes straight from where they lie, as `job\0file`: no cleanup takes them. */
  readonly bypassed: ReadonlySet<string>
}

/**
 * Adds the jobs that bring files to where jobs run, from site to site, and to where outputs are delivered, and those that register them.
 *
 * @throws {GeartrainError} PEGASUS_CATALOG_INCOMPLETE where a file that is read is neither made nor listed.
 */
export function addTransfers(graph: JobGraph<PlanJob>, transferring: Transferring): Transfers {
  const state: State = {
    graph,
    ...transferring,
    prefix: transferring.options.jobPrefix ?? "",
    staged: new Map(),
    chmods: new Map(),
    bypassed: new Set(),
    registers: transferring.properties.get("pegasus.register") !== "false",
  }
  const placed = graph.topDown()
  const counts = Map.groupBy(placed, ({ depth }) => depth)
  for (const [level, jobs] of counts) addLevel(jobs, { level, count: jobs.length }, state)
  if (transferring.options.outputSites.length > 0) addDeliveriesOfRemoved(state)
  return { bypassed: state.bypassed }
}

interface State extends Transferring {
  readonly graph: JobGraph<PlanJob>
  readonly prefix: string
  /** Which job brings a file to a site. */
  readonly staged: Map<string, string>
  /** Which job makes a program that was brought runnable. */
  readonly chmods: Map<string, string>
  readonly bypassed: Set<string>
  readonly registers: boolean
}

interface Level {
  readonly level: number
  readonly count: number
}

type Lanes = (kind: TransferKind, local: boolean, site: string) => TransferLanes

function addLevel(placed: readonly Placed<PlanJob>[], level: Level, state: State): void {
  const lanes = new Map<string, TransferLanes>()
  const laneOf: Lanes = (kind, local, site) => {
    const key = `${kind} ${local} ${site}`
    const found =
      lanes.get(key) ??
      new TransferLanes({
        kind,
        local,
        site,
        level: level.level,
        most: lanesOn({ kind, local, site }, level, state),
        prefix: state.prefix,
      })
    lanes.set(key, found)
    return found
  }
  const links: (readonly [string, string])[] = []
  for (const { node } of placed) {
    addInter(node.content, state, links)
    addStageIn(node.content, laneOf, { state, links })
    if (state.options.outputSites.length > 0) addStageOut(node.content, laneOf, { state, links })
  }
  for (const { jobs } of lanes.values()) for (const job of jobs) addTransferJob(state.graph, job)
  for (const [parent, child] of links) state.graph.link(parent, child)
}

function lanesOn(
  { kind, local, site }: { readonly kind: TransferKind; readonly local: boolean; readonly site: string },
  { count }: Level,
  { sites, properties }: State,
): number {
  const word = kind === "stage-in" ? "stagein" : "stageout"
  const keys = [`${word}.${local ? "local" : "remote"}.clusters`, `${word}.clusters`]
  const own = sites.get(site)?.profiles["pegasus"]
  return lanesFor(count, [...keys.map((key) => own?.[key]), ...keys.map((key) => properties.get(`pegasus.${key}`))])
}

interface Adding {
  readonly state: State
  /** Edges, added when the jobs at their ends are there. */
  readonly links: (readonly [string, string])[]
}

/** What its parents made and left on another site. */
function addInter(job: PlanJob, state: State, links: (readonly [string, string])[]): void {
  const { graph, staged } = state
  const site = job.staging ?? "local"
  const fresh: { readonly lfn: string; readonly from: string }[] = []
  for (const parent of javaHashOrder(graph.node(job.name).parents)) {
    const { staging, outputs } = graph.node(parent).content
    if (staging === undefined || staging === site) continue
    for (const lfn of javaHashOrder(outputs.keys())) {
      if (!job.inputs.has(lfn)) continue
      const known = staged.get(`${lfn}\0${site}`)
      if (known === undefined) fresh.push({ lfn, from: parent })
      else links.push([known, job.name])
    }
  }
  if (fresh.length === 0) return
  const local = transfersLocally(site, "stage-in", state)
  const name = `stage_inter_${local ? "local" : "remote"}_${job.name}_0`
  graph.add(name, auxiliaryJob("stage-inter", name, { site, files: fresh.map(({ lfn }) => lfn) }))
  for (const { lfn, from } of fresh) {
    staged.set(`${lfn}\0${site}`, name)
    links.push([from, name])
  }
  links.push([name, job.name])
}

function addStageIn(job: PlanJob, laneOf: Lanes, { state, links }: Adding): void {
  const made = new Set(
    [...state.graph.node(job.name).parents].flatMap((parent) => [...state.graph.node(parent).content.outputs.keys()]),
  )
  const wanted = javaHashOrder(job.inputs.keys()).filter((lfn) => !made.has(lfn))
  const ways = wanted.map((lfn) => ({
    file: job.inputs.get(lfn) as PlanFile,
    way: wayOf(job.inputs.get(lfn) as PlanFile, job, state),
  }))
  const programs = new Set<string>()
  for (const local of [true, false]) {
    for (const { file, way } of ways) {
      if (way !== (local ? "local" : "remote")) continue
      bring(file, { job, local, programs }, { laneOf, state, links })
    }
  }
  if (programs.size === 0 || job.configuration !== "sharedfs") return
  const name = `chmod_${job.name}_0`
  state.graph.add(name, auxiliaryJob("chmod", name, { site: job.staging ?? "local", files: [] }))
  for (const transfer of programs) links.push([transfer, name])
  links.push([name, job.name])
}

function bring(
  file: PlanFile,
  { job, local, programs }: { readonly job: PlanJob; readonly local: boolean; readonly programs: Set<string> },
  { laneOf, state, links }: Adding & { readonly laneOf: Lanes },
): void {
  const site = job.staging ?? "local"
  const key = `${file.lfn}\0${site}`
  const known = state.staged.get(key)
  if (known !== undefined) {
    links.push([known, job.name])
    const chmod = state.chmods.get(key)
    if (file.executable && chmod !== undefined) links.push([chmod, job.name])
    return
  }
  const transfer = laneOf("stage-in", local, site).take()
  transfer.files.add(file.lfn)
  state.staged.set(key, transfer.name)
  links.push([transfer.name, job.name])
  if (!file.executable) return
  programs.add(transfer.name)
  if (job.configuration === "sharedfs") state.chmods.set(key, `chmod_${job.name}_0`)
}

function wayOf(file: PlanFile, job: PlanJob, state: State): "none" | "local" | "remote" {
  const way = stagingOf(file, job, state)
  if (way === "bypass") {
    state.bypassed.add(`${job.name}\0${file.lfn}`)
    return "none"
  }
  if (way !== undefined) return way
  if (file.optional || job.kind === "workflow") return "none"
  throw new GeartrainError(
    "PEGASUS_CATALOG_INCOMPLETE",
    `Cannot plan "${state.file}": ${job.name} reads "${file.lfn}", which no job writes, and which the replica catalog does not have`,
    {
      details: { file: state.file, job: job.name, lfn: file.lfn },
      hint: "Add it to the replica catalog, and name that with --catalogs",
    },
  )
}

function addStageOut(job: PlanJob, laneOf: Lanes, { state, links }: Adding): void {
  const site = job.staging ?? "local"
  const local = transfersLocally(site, "stage-out", state)
  const targets = new Set<string>()
  for (const lfn of javaHashOrder(job.outputs.keys())) {
    const file = job.outputs.get(lfn) as PlanFile
    const registers = state.registers && file.register
    if (!file.transfer && !registers) continue
    const transfer = laneOf("stage-out", local, site).take()
    if (file.transfer) {
      transfer.files.add(lfn)
      targets.add(transfer.name)
    } else targets.add(transfer.registerName)
    if (registers) transfer.registers.add(lfn)
  }
  for (const target of targets) links.push([job.name, target])
}

/** Files of jobs that were left out are delivered from where the replica catalog has them. */
function addDeliveriesOfRemoved({ graph, removed, prefix, registers, find, file }: State): void {
  const lanes = new TransferLanes({
    kind: "stage-out",
    local: true,
    site: "local",
    level: LEVEL_OF_REMOVED,
    most: LANES_OF_REMOVED,
    prefix,
  })
  for (const job of removed) {
    for (const lfn of javaHashOrder(job.outputs.keys())) {
      if (job.outputs.get(lfn)?.transfer !== true) continue
      if (find(lfn) === undefined) throw new RangeError(`${file}: ${lfn} is to be delivered and is nowhere`)
      const transfer: TransferJob = lanes.take()
      transfer.files.add(lfn)
      if (registers) transfer.registers.add(lfn)
    }
  }
  for (const job of lanes.jobs) addTransferJob(graph, job)
}
