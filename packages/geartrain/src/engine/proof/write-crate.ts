import { dirname, join } from "node:path"
import { type Gear, GeartrainError, isEnded, isFolderName, type JobRecord } from "@geartrain/spec"
import { CRATE_FILE, type Crate } from "../../provenance/ro-crate/crate.ts"
import type { CrateDescription } from "../../provenance/ro-crate/crate-root.ts"
import type { CratedJob } from "../../provenance/ro-crate/crated-job.ts"
import { jobCrate } from "../../provenance/ro-crate/job-crate.ts"
import { constants, copyFile, existsSync, mkdir, open, rename, rm, writeFile } from "../../system/files.ts"
import { hashOpenFile } from "../../system/hash-file.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { systemCode } from "../../system/system-code.ts"
import type { Stores } from "../engine-ports.ts"

/** A file that could not be brought along: it is described in the crate by its digest alone. */
export interface LeftOut {
  readonly job: string
  readonly name: string
  readonly why: string
}

export interface CrateWish {
  /** Folder to make; nothing may be there. */
  readonly folder: string
  readonly description: CrateDescription
  /** Copy the inputs, too, where they still lie where they were read, unchanged. */
  readonly withInputs: boolean
  /** Further files by their paths in the crate: what they hold. */
  readonly documents?: ReadonlyMap<string, string>
  /** What is said of it all. Default: the jobs, each by itself. */
  readonly describe?: (jobs: readonly CratedJob[], gears: ReadonlyMap<string, Gear>) => Crate
}

/** Where the bytes of outputs and logs are found, each until the next one is asked for; and gears. */
export interface CrateStores extends Pick<Stores, "gears"> {
  readonly blobs: Pick<Stores["blobs"], "locate">
}

/**
 * Writes jobs as an RO-Crate: a folder with the outputs, logs and records of the jobs, their inputs if wanted, and the metadata that says how
 * they hang together. The folder appears whole or not at all.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS when something is there already; JOB_NOT_ENDED.
 */
export async function writeCrate(
  records: readonly JobRecord[],
  stores: CrateStores,
  wish: CrateWish,
): Promise<readonly LeftOut[]> {
  const { folder, description } = wish
  for (const record of records) refuseRunning(record)
  if (existsSync(folder)) throw occupied(folder)
  const beside = dirname(folder)
  await sweepDrafts(beside)
  const temporary = draftPath(beside)
  const leftOut: LeftOut[] = []
  try {
    const jobs: CratedJob[] = []
    for (const record of records) jobs.push(await bringOutputs(record, temporary, { stores, leftOut }))
    const whole: CratedJob[] = []
    const bring = { temporary, leftOut, wanted: wish.withInputs, made: madeBy(jobs) }
    for (const job of jobs) whole.push(await bringInputs(job, bring))
    for (const [path, text] of wish.documents ?? []) await writeDocument(join(temporary, path), text)
    const gears = await gearsOf(records, stores)
    const crate = wish.describe?.(whole, gears) ?? jobCrate(whole, gears, description)
    await writeFile(join(temporary, CRATE_FILE), `${JSON.stringify(crate, undefined, 2)}\n`)
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
  return leftOut
}

async function bringOutputs(
  record: JobRecord,
  top: string,
  { stores, leftOut }: { readonly stores: Pick<CrateStores, "blobs">; readonly leftOut: LeftOut[] },
): Promise<CratedJob> {
  const home = `jobs/${record.id}`
  await mkdir(join(top, home), { recursive: true })
  await writeFile(join(top, home, "job.json"), `${JSON.stringify(record, undefined, 2)}\n`)
  const outputPaths = new Map<string, string>()
  for (const output of record.outputs) {
    const path = `${home}/outputs/${output.path}`
    const isHere = await copyBlob(output.digest, join(top, path), stores)
    if (isHere) outputPaths.set(output.path, path)
    else
      leftOut.push({
        job: record.id,
        name: output.path,
        why: `its bytes are no longer stored: gear restore ${record.id}`,
      })
  }
  const logPath = `${home}/log.jsonl`
  const hasLog = record.log !== undefined && (await copyBlob(record.log.digest, join(top, logPath), stores))
  return {
    record,
    recordPath: `${home}/job.json`,
    ...(hasLog ? { logPath } : {}),
    inputPaths: new Map(),
    outputPaths,
  }
}

async function writeDocument(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true })
  await writeFile(path, text, { flag: "wx" })
}

/** Where the outputs of all jobs lie, by their digests. */
function madeBy(jobs: readonly CratedJob[]): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  for (const { record, outputPaths } of jobs) {
    for (const { path, digest } of record.outputs) {
      const place = outputPaths.get(path)
      if (place !== undefined) made.set(digest, place)
    }
  }
  return made
}

interface BringInputs {
  readonly temporary: string
  readonly leftOut: LeftOut[]
  readonly wanted: boolean
  readonly made: ReadonlyMap<string, string>
}

/** An input that another of the jobs made lies in the crate already. */
async function bringInputs(job: CratedJob, how: BringInputs): Promise<CratedJob> {
  const inputPaths = new Map<string, string>()
  for (const [name, input] of Object.entries(job.record.invocation.inputs)) {
    if (input.base !== "file") continue
    const present = how.made.get(input.digest)
    if (present !== undefined) inputPaths.set(name, present)
    else if (how.wanted) {
      const path = `jobs/${job.record.id}/inputs/${name}/${input.name}`
      const why =
        isFolderName(name) && isFolderName(input.name)
          ? await copyInput(job.record.inputs[name]?.path, join(how.temporary, path), input.digest)
          : "its name cannot be that of a file"
      if (why === undefined) inputPaths.set(name, path)
      else how.leftOut.push({ job: job.record.id, name, why })
    }
  }
  return { ...job, inputPaths }
}

async function copyBlob(
  digest: JobRecord["outputs"][number]["digest"],
  path: string,
  stores: Pick<CrateStores, "blobs">,
): Promise<boolean> {
  const source = await stores.blobs.locate(digest)
  if (source === undefined) return false
  await mkdir(join(path, ".."), { recursive: true })
  await copyFile(source, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  return true
}

/** The copy is what is looked at, so that nothing can change between looking and copying. Answers with why it was left out. */
async function copyInput(source: string | undefined, path: string, digest: string): Promise<string | undefined> {
  if (source === undefined) return "the record does not say where it lay"
  await mkdir(join(path, ".."), { recursive: true })
  try {
    await copyFile(source, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  } catch (error) {
    return `it cannot be read where it lay, "${source}": ${systemCode(error) ?? String(error)}`
  }
  const copy = await open(path, "r")
  const found = await hashOpenFile(copy).finally(() => copy.close())
  if (found.digest === digest) return undefined
  await rm(path)
  return `"${source}" has other bytes now`
}

async function gearsOf(
  records: readonly JobRecord[],
  stores: Pick<Stores, "gears">,
): Promise<ReadonlyMap<string, Gear>> {
  const gears = new Map<string, Gear>()
  for (const { gear } of records) {
    const found = await stores.gears.getGear(gear.id)
    if (found !== undefined) gears.set(gear.id, found)
  }
  return gears
}

function refuseRunning(record: JobRecord): void {
  if (isEnded(record.state)) return
  throw new GeartrainError("JOB_NOT_ENDED", `Cannot describe job "${record.id}": it is ${record.state}`, {
    details: { id: record.id, state: record.state },
    hint: `Wait for it: gear logs -f ${record.id}`,
  })
}

function occupied(folder: string): GeartrainError {
  return new GeartrainError("OUTPUT_EXISTS", `Cannot write a crate to "${folder}": it exists`, {
    details: { folder },
    hint: "Name another folder: -o DIR",
  })
}
