import { basename } from "node:path"
import type { FileSource } from "@geartrain/spec/workflow"
import { abstractGraph } from "../plan/jobs/abstract-graph.ts"
import { type AbstractJob, type AbstractWorkflow, readsFile, writesFile } from "../workflow/abstract-workflow.ts"
import { namer } from "./convert-names.ts"
import type { ConvertedDocument, GivenFile } from "./converted-document.ts"
import { FileGivers } from "./file-givers.ts"
import { notConvertible } from "./not-convertible.ts"
import type { OutsideFiles } from "./outside-files.ts"
import { fedTo } from "./sub-workflows.ts"

/** A file that a job reads: where it comes from, and what it is called where the job finds it. */
export interface ReadFile {
  readonly lfn: string
  readonly source: FileSource
  readonly called: string
  /** The job changes it, too. */
  readonly isChanged: boolean
}

/** How files join the jobs of one workflow. */
export interface FileJoins {
  /** What a job reads, and steps that it waits for besides. */
  readBy(job: AbstractJob): { readonly reads: readonly ReadFile[]; readonly after: readonly string[] }
  /** What a workflow that is a job is given, by its inputs. */
  boundTo(
    job: AbstractJob,
    document: ConvertedDocument,
  ): { readonly inputs: Readonly<Record<string, FileSource>>; readonly after: readonly string[] }
  /** @param wanted  Files that the workflow around wants, whether they are delivered or not. */
  outputs(wanted: ReadonlySet<string>): {
    readonly written: Readonly<Record<string, FileSource>>
    readonly byLfn: ReadonlyMap<string, GivenFile>
  }
}

interface Joined {
  /** Names of steps by the id of the job. */
  readonly steps: ReadonlyMap<string, string>
  readonly inner: ReadonlyMap<string, ConvertedDocument>
  readonly outside: OutsideFiles
}

/** A pattern that just this path fits. */
export function exactly(path: string): string {
  return path.replace(/[\\*?[\]{}()@!+,|]/g, (letter) => `\\${letter}`)
}

/** @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE; PEGASUS_NOT_CONVERTIBLE where a workflow that is a job does not write what it is said to. */
export function joinFiles(workflow: AbstractWorkflow, joined: Joined): FileJoins {
  const { steps, outside } = joined
  refuseNames(workflow)
  const givers = findGivers(workflow, joined)
  const parents = parentsOf(workflow)
  const after = (job: AbstractJob, before: readonly string[], used: ReadonlySet<string>): readonly string[] => {
    const others = new Set([...(parents.get(job.id) ?? []), ...before])
    return [...others].filter((parent) => !used.has(parent)).map((parent) => steps.get(parent) ?? parent)
  }
  return {
    readBy: (job) => {
      const used = new Set<string>()
      const reads: ReadFile[] = []
      for (const [lfn, { type, optional }] of usesOf(job)) {
        const giver =
          givers.before(job.id, lfn, "said") ?? (outside.has(lfn) ? undefined : givers.before(job.id, lfn, "inner"))
        if (giver === undefined && optional && !outside.has(lfn)) continue
        const isChanged = type === "inout"
        if (giver === undefined) {
          const { name, path } = outside.inputFor(lfn)
          reads.push({ lfn, source: { from: `inputs.${name}` }, called: basename(path), isChanged })
          continue
        }
        used.add(giver.job)
        reads.push({ lfn, source: giver.source, called: basename(lfn), isChanged })
      }
      return { reads, after: after(job, [], used) }
    },
    boundTo: (job, document) => {
      const used = new Set<string>()
      const inputs: Record<string, FileSource> = {}
      for (const [lfn, { name, hasDefault }] of document.inputs) {
        const giver =
          givers.before(job.id, lfn, "said") ?? (hasDefault ? undefined : givers.before(job.id, lfn, "inner"))
        if (giver !== undefined) {
          used.add(giver.job)
          inputs[name] = giver.source
        } else if (!hasDefault) inputs[name] = { from: `inputs.${outside.inputFor(lfn).name}` }
      }
      const fed = fedTo(job).flatMap((lfn) => givers.before(job.id, lfn, "said")?.job ?? [])
      return { inputs, after: after(job, fed, used) }
    },
    outputs: (wanted) => outputsOf(givers, wanted),
  }
}

/** A job finds its files by lines of names. */
function refuseNames({ jobs, file }: AbstractWorkflow): void {
  for (const { id, uses } of jobs) {
    const odd = uses.find(({ lfn }) => /[\t\r\n]/.test(lfn))
    if (odd === undefined) continue
    throw notConvertible(
      file,
      `${id} has a file ${JSON.stringify(odd.lfn)}, with a tab or a line break in its name`,
      "Give the file another name",
    )
  }
}

/** Files that a job reads, each once: one that is listed as read and as changed is changed. */
function usesOf({ uses }: AbstractJob): ReadonlyMap<string, AbstractJob["uses"][number]> {
  const read = new Map<string, AbstractJob["uses"][number]>()
  for (const use of uses) if (readsFile(use) && read.get(use.lfn)?.type !== "inout") read.set(use.lfn, use)
  return read
}

/** Jobs that a job is said to wait for. */
function parentsOf({ dependencies }: AbstractWorkflow): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>()
  for (const [parent, children] of dependencies) {
    for (const child of children) {
      const known = parents.get(child)
      if (known === undefined) parents.set(child, [parent])
      else known.push(parent)
    }
  }
  return parents
}

function findGivers(workflow: AbstractWorkflow, { steps, inner }: Joined): FileGivers {
  const jobs = new Map(workflow.jobs.map((job) => [job.id, job]))
  const order = abstractGraph(workflow)
    .topDown()
    .map(({ node }) => node.content.id)
  const givers = new FileGivers(order)
  for (const id of order) {
    const [job, step, document] = [jobs.get(id), steps.get(id), inner.get(id)]
    if (job === undefined) continue
    const said = job.uses.filter((use) => writesFile(use) && use.type !== "checkpoint")
    for (const { lfn, stageOut, optional } of said) {
      const source =
        document === undefined
          ? { from: `steps.${step}`, files: exactly(lfn) }
          : ofInner(lfn, { document, step, workflow, job, optional })
      if (source !== undefined) givers.add(lfn, { job: id, source, isWanted: stageOut }, "said")
    }
    const names = new Set(said.map(({ lfn }) => lfn))
    for (const [lfn, { name, isWanted }] of document?.outputs ?? [])
      if (!names.has(lfn)) givers.add(lfn, { job: id, source: { from: `steps.${step}.${name}` }, isWanted }, "inner")
  }
  return givers
}

interface InnerFile {
  readonly document: ConvertedDocument
  readonly step: string | undefined
  readonly workflow: AbstractWorkflow
  readonly job: AbstractJob
  readonly optional: boolean
}

function ofInner(lfn: string, { document, step, workflow, job, optional }: InnerFile): FileSource | undefined {
  const output = document.outputs.get(lfn)
  if (output !== undefined) return { from: `steps.${step}.${output.name}` }
  if (optional) return undefined
  throw notConvertible(
    workflow.file,
    `${job.id} is said to write "${lfn}", and no job of its workflow "${job.name}" does`,
    `Take the file out of the uses of ${job.id}, or let a job of "${job.name}" write it`,
  )
}

function outputsOf(givers: FileGivers, wanted: ReadonlySet<string>): ReturnType<FileJoins["outputs"]> {
  const nameOf = namer("_-", { most: 60, letterFirst: true })
  const written: Record<string, FileSource> = {}
  const byLfn = new Map<string, GivenFile>()
  for (const [lfn, { job, source, isWanted }] of givers.last()) {
    if (!isWanted && !wanted.has(lfn)) continue
    // Two workflows that are jobs may give a file of one name, and both are delivered.
    const name = nameOf(byLfn.has(lfn) ? `${lfn} ${job}` : lfn)
    if (!byLfn.has(lfn)) byLfn.set(lfn, { name, isWanted })
    written[name] = source
  }
  return { written, byLfn }
}
