import { dirname } from "node:path"
import type { Box, BoxMount, ProviderCapabilities, RootFilesystem } from "@geartrain/ports"
import { GEAR_FOLDER, type Invocation, type JobId, type JsonObject, type Limits } from "@geartrain/spec"
import { chown, mkdir, writeFile } from "../../system/files.ts"
import { isRoot } from "../../system/host.ts"
import { writeSmallFile } from "../../system/linux/small-folders.ts"
import type { Experiment } from "../experiments/experiment.ts"
import type { JobFolders } from "../job-folders.ts"
import { SpareFolders } from "../life/spare-folders.ts"

/** What a gear's process is, apart from the files. */
export interface GearProcess {
  readonly command: readonly string[]
  readonly uid: number
  readonly gid: number
  /** Of the provider: whose the gear's user is outside of the box. */
  readonly userMapping: ProviderCapabilities["userMapping"]
}

/** Where each file input lies on this machine. */
export type InputPaths = ReadonlyMap<string, string>

/** Home of a gear that does not run as root: its image may have none for its user, or one that it may not write to. */
export const GEAR_HOME = "/home/gear"

/** Where Docker and Podman put secrets, too. */
const SECRETS_FOLDER = "/run/secrets"

/**
 * Lays out what the gear will see, and answers with the mounts that bring it there.
 *
 *   /flywheel/v0/config.json              of this job
 *   /run/secrets/<name>                   read-only, for those that the manifest names
 *   /flywheel/v0/input/<input>/<file>     read-only, never copied: each file is mounted from where it lies
 *   /flywheel/v0/output/                  empty; what is here in the end is collected
 *   /flywheel/v0/work/                    empty; thrown away
 *   /tmp, and /home/gear if not root      empty; thrown away
 *
 * Whatever the image has in `input/` and `output/` is hidden.
 *
 * @see Flywheel Gear Spec 0.1.9, "The input folder"
 */
export async function stageJob(
  folders: JobFolders,
  job: {
    readonly configJson: JsonObject
    readonly invocation: Invocation
    readonly inputs: InputPaths
    readonly wholeFolders: ReadonlyMap<string, string>
    readonly process: GearProcess
    readonly keys: Readonly<Record<string, string>>
    readonly secrets: readonly string[]
    readonly experiment?: Experiment
  },
  spares?: SpareFolders,
): Promise<readonly BoxMount[]> {
  makeOwnFolders(folders, job.process, spares ?? new SpareFolders(undefined))
  writeSmallFile(folders.configFile, `${JSON.stringify(job.configJson, undefined, 2)}\n`, 0o600)
  await give(folders.configFile, job.process)
  const files: BoxMount[] = []
  for (const [name, source] of job.wholeFolders) {
    await mkdir(`${folders.input}/${name}`, { recursive: true })
    files.push({ source, target: `${GEAR_FOLDER}/input/${name}`, access: "read-only" })
  }
  const whole = [...job.wholeFolders.keys()]
  for (const [input, source] of job.inputs) {
    if (whole.some((name) => input.startsWith(`${name}/`))) continue
    const declared = job.invocation.inputs[input]
    if (declared?.base !== "file") throw new TypeError(`Input "${input}" is no file input`)
    // One of several files, or of a folder, is named by its whole path already.
    const path = input.includes("/") ? input : `${input}/${declared.name}`
    await mkdir(dirname(`${folders.input}/${path}`), { recursive: true })
    await writeFile(`${folders.input}/${path}`, "")
    files.push({ source, target: `${GEAR_FOLDER}/input/${path}`, access: "read-only" })
  }
  return [
    { source: folders.input, target: `${GEAR_FOLDER}/input`, access: "read-only" },
    ...files,
    ...(await stageSecrets(folders, job)),
    { source: folders.output, target: `${GEAR_FOLDER}/output`, access: "read-write" },
    { source: folders.scratch, target: `${GEAR_FOLDER}/work`, access: "read-write" },
    { source: folders.configFile, target: `${GEAR_FOLDER}/config.json`, access: "read-write" },
    { source: folders.temporary, target: "/tmp", access: "read-write" },
    ...(job.process.uid === 0 ? [] : [{ source: folders.home, target: GEAR_HOME, access: "read-write" as const }]),
    ...(job.experiment?.mounts ?? []),
  ]
}

/** Each secret is a file that the gear's user alone may read, and that goes when the job has ended. */
async function stageSecrets(
  folders: JobFolders,
  job: {
    readonly keys: Readonly<Record<string, string>>
    readonly secrets: readonly string[]
    readonly process: GearProcess
  },
): Promise<readonly BoxMount[]> {
  if (job.secrets.length === 0) return []
  await mkdir(folders.secrets, { mode: 0o700 })
  const mounts: BoxMount[] = []
  for (const name of job.secrets) {
    const source = `${folders.secrets}/${name}`
    await writeFile(source, job.keys[name] ?? "", { mode: 0o400 })
    await give(source, job.process)
    mounts.push({ source, target: `${SECRETS_FOLDER}/${name}`, access: "read-only" })
  }
  return mounts
}

/** Puts together the box of a job. */
export function boxOf(job: {
  readonly id: JobId
  readonly folders: JobFolders
  readonly root: RootFilesystem
  readonly mounts: readonly BoxMount[]
  readonly process: GearProcess
  readonly invocation: Invocation
  readonly limits: Limits
  readonly experiment?: Experiment
  /** Where the root filesystem does not change: see `Box.spares`. */
  readonly spareFolder?: string | undefined
}): Box {
  const { limits } = job
  const constraints = job.experiment?.constraints ?? []
  return {
    id: `gear-${job.id}`,
    folder: job.folders.box,
    ...(job.spareFolder === undefined ? {} : { spares: job.spareFolder }),
    root: job.root,
    mounts: job.mounts,
    command: job.process.command,
    environment: job.invocation.environment,
    workingFolder: GEAR_FOLDER,
    uid: job.process.uid,
    gid: job.process.gid,
    network: job.invocation.network,
    ...(limits.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }),
    ...(limits.cpuCores === undefined ? {} : { cpuCores: limits.cpuCores }),
    ...(limits.processes === undefined ? {} : { processes: limits.processes }),
    ...(limits.outputBytes === undefined ? {} : { fileBytes: limits.outputBytes }),
    ...(constraints.length === 0 ? {} : { constraints }),
    streams: "captured",
  }
}

/** A handful of folders, at once: through promises they would cost several times the CPU time. Nobody else can look into the outermost. */
function makeOwnFolders(folders: JobFolders, process: GearProcess, spares: SpareFolders): void {
  const owner = isGivenAway(process) ? { owner: { uid: process.uid, gid: process.gid } } : {}
  const writable = [folders.output, folders.scratch, ...(process.uid === 0 ? [] : [folders.home])]
  spares.make(folders.base, [
    { path: folders.box, mode: 0o700, unseen: true },
    { path: folders.input, mode: 0o755 },
    { path: folders.temporary, mode: 0o1777 },
    ...writable.map((path) => ({ path, mode: 0o755, ...owner })),
  ])
}

async function give(path: string, process: GearProcess): Promise<void> {
  if (isGivenAway(process)) await chown(path, process.uid, process.gid)
}

/** Only root can give files away; for everybody else, and where a box has one user only, the gear's user is the caller under another name. */
function isGivenAway({ uid, gid, userMapping }: GearProcess): boolean {
  return isRoot() && userMapping === "full" && (uid !== 0 || gid !== 0)
}
