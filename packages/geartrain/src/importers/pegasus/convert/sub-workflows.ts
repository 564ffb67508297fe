import { dirname, isAbsolute, join, resolve } from "node:path"
import { existsSync } from "../../../system/files.ts"
import { replicaFinder } from "../catalogs/find-replica.ts"
import { type LoadOptions, loadPegasusInputs, type PegasusInputs } from "../catalogs/load-inputs.ts"
import { type PlanOptions, readPlanOptions } from "../plan/plan-options.ts"
import { type AbstractJob, type AbstractWorkflow, readsFile, writesFile } from "../workflow/abstract-workflow.ts"
import { localReplica } from "./local-path.ts"
import { missingSubWorkflow, notConvertible } from "./not-convertible.ts"
import { splitArguments } from "./split-arguments.ts"
import { isFollowedProperty } from "./step-policy.ts"

/** A workflow with those that are jobs of it. */
export interface PegasusFamily {
  readonly inputs: PegasusInputs
  /** By the id of the job. */
  readonly inner: ReadonlyMap<string, PegasusFamily>
  /** Files of it that the workflow around it wants, whether it delivers them itself or not. */
  readonly wanted: ReadonlySet<string>
  /** Files that jobs of the workflow around it write for it. */
  readonly fed: ReadonlySet<string>
}

const DEEPEST = 16
/** Each is read with its catalogs, and becomes a file. */
const MOST_WORKFLOWS = 1000

/**
 * Reads a workflow, its catalogs, and the workflows that are jobs of it: those are found as Pegasus finds them, in the replica catalog, in the
 * folders that `--input-dir` names, or beside the workflow. They see the catalogs of the workflow around them behind their own.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID, PEGASUS_FILE_MISSING; PEGASUS_NOT_CONVERTIBLE for a workflow that cannot be known before it runs.
 */
export async function loadPegasusFamily(file: string, options: LoadOptions = {}): Promise<PegasusFamily> {
  const loading: Loading = { options, root: dirname(resolve(file)), count: { left: MOST_WORKFLOWS } }
  const inputs = await loadPegasusInputs(file, options)
  return await withInner(inputs, { around: [resolve(file)], wanted: new Set(), fed: new Set() }, loading)
}

interface Loading {
  readonly options: LoadOptions
  /** What relative folders of options go from. */
  readonly root: string
  readonly count: { left: number }
}

interface Standing {
  /** Files around it and its own, from the outermost. */
  readonly around: readonly string[]
  readonly wanted: ReadonlySet<string>
  readonly fed: ReadonlySet<string>
}

async function withInner(inputs: PegasusInputs, standing: Standing, loading: Loading): Promise<PegasusFamily> {
  const { workflow } = inputs
  const { around, wanted, fed } = standing
  const written = new Map(workflow.jobs.flatMap((job) => job.uses.filter(writesFile).map(({ lfn }) => [lfn, job.id])))
  const inner = new Map<string, PegasusFamily>()
  // Jobs that name a workflow in the same way and want the same of it are steps of one file.
  const read = new Map<string, PegasusFamily>()
  for (const job of workflow.jobs) {
    if (job.type === "job") continue
    const planning = readPlanOptions(splitArguments(job.arguments))
    const file = findFile(job, planning, { inputs, written, root: loading.root })
    refuseRound(job, file, { around, workflow })
    const innerStanding = {
      around: [...around, file],
      wanted: new Set(job.uses.filter(writesFile).map(({ lfn }) => lfn)),
      fed: new Set(fedTo(job).filter((lfn) => written.has(lfn))),
    }
    const key = JSON.stringify([file, job.arguments, [...innerStanding.wanted], [...innerStanding.fed]])
    const known = read.get(key)
    if (known === undefined && loading.count.left-- <= 0)
      throw notConvertible(workflow.file, `it has more than ${MOST_WORKFLOWS} workflows as jobs`)
    const family =
      known ?? (await withInner(await loadInner(file, planning, { inputs, loading }), innerStanding, loading))
    read.set(key, family)
    inner.set(job.id, family)
  }
  return { inputs, inner, wanted, fed }
}

/** What a sub-workflow reads of the workflow around it, by its job: not what it is planned by. */
export function fedTo(job: AbstractJob): readonly string[] {
  return job.uses.filter((use) => readsFile(use) && !use.forPlanning && use.lfn !== job.name).map(({ lfn }) => lfn)
}

interface Around {
  readonly inputs: PegasusInputs
  /** The job that writes a file. */
  readonly written: ReadonlyMap<string, string>
  readonly root: string
}

function findFile(job: AbstractJob, planning: PlanOptions, { inputs, written, root }: Around): string {
  const { file } = inputs.workflow
  if (job.type === "condorWorkflow") {
    throw notConvertible(
      file,
      `${job.id} is a workflow of HTCondor, "${job.name}", whose jobs are lines for that scheduler`,
      "Write its jobs into the workflow, or run it by itself",
    )
  }
  const writer = written.get(job.name)
  if (writer !== undefined) {
    throw notConvertible(
      file,
      `the workflow of ${job.id}, "${job.name}", is written by the job ${writer}, and so is known only when that has run`,
      "Write it now, leave the job that writes it away, and take the workflow over then",
    )
  }
  const folders = [...planning.inputFolders.map((folder) => resolve(root, folder)), dirname(resolve(file)), root]
  const replica = localReplica(replicaFinder(inputs.replicas)(job.name))
  const places = [...(replica === undefined ? [] : [replica]), ...folders.map((folder) => join(folder, job.name))]
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw missingSubWorkflow(file, job)
  return resolve(found)
}

function refuseRound(
  job: AbstractJob,
  file: string,
  { around, workflow }: { readonly around: readonly string[]; readonly workflow: AbstractWorkflow },
): void {
  const at = around.indexOf(file)
  if (at !== -1)
    throw notConvertible(
      workflow.file,
      `workflows have each other as jobs: ${[...around.slice(at), file].join(" → ")}`,
      `Take ${job.id} out of it`,
    )
  if (around.length > DEEPEST)
    throw notConvertible(workflow.file, `workflows as jobs lie more than ${DEEPEST} deep`, `Take ${job.id} out of it`)
}

async function loadInner(
  file: string,
  planning: PlanOptions,
  { inputs, loading }: { readonly inputs: PegasusInputs; readonly loading: Loading },
): Promise<PegasusInputs> {
  const { root, options } = loading
  const find = replicaFinder(inputs.replicas)
  // Files that the job names for planning lie where the replica catalog says, or beside one of the two workflows.
  const locate = (path: string): string => {
    if (isAbsolute(path)) return path
    const replica = localReplica(find(path))
    const places = [...(replica === undefined ? [] : [replica]), join(root, path), join(dirname(file), path)]
    return places.find((place) => existsSync(place)) ?? join(dirname(file), path)
  }
  const inner = await loadPegasusInputs(file, {
    ...(options.catalogs === undefined ? {} : { catalogs: options.catalogs }),
    ...(planning.properties === undefined ? {} : { properties: planning.properties }),
    defines: planning.defines,
    inputFolders: planning.inputFolders.map(locate).filter((folder) => existsSync(folder)),
    locate,
    behind: inputs,
  })
  const lost = planning.inputFolders.filter((folder) => !existsSync(locate(folder)))
  return {
    ...inner,
    // What properties say of all jobs goes for those within, too.
    properties: new Map([...[...inputs.properties].filter(([key]) => isFollowedProperty(key)), ...inner.properties]),
    notes: [...inner.notes, ...lost.map((folder) => `The folder of inputs "${folder}" is not there`)],
  }
}
