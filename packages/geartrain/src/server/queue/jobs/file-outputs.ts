import { type Digest, GeartrainError } from "@geartrain/spec"
import { openFile } from "../../archive/downloads/open-file.ts"
import { type SavedFile, saveFiles } from "../../archive/files/save-files.ts"
import { fileOf, type ServerFile } from "../../archive/files/server-file.ts"
import { checkFileName } from "../../archive/names/check-name.ts"
import { placeNotFound } from "../../archive/names/not-found.ts"
import { findPlace, needPlace } from "../../archive/places/find-place.ts"
import { needOpen } from "../../archive/places/need-open.ts"
import type { Write } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import { storedDigests } from "../blobs/stored-digests.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { JobOutput } from "./job-facts.ts"
import { needJob } from "./need-job.ts"
import { outputNotFound } from "./open-output.ts"

/** An output that is to become a file. */
export interface OutputToFile {
  readonly job: string
  /** As the job's facts have it. */
  readonly path: string
  /** Of the file. */
  readonly name: string
  /** The bytes have to be these. */
  readonly digest: Digest
}

export interface FiledOutput {
  readonly file: ServerFile
  /** False when the place had a file of this name with this very content. */
  readonly isNew: boolean
}

/**
 * Makes files of what jobs put out, without their bytes going anywhere: all of them in one transaction, or none. Each says which job it is of. The
 * same again changes nothing.
 *
 * @returns in the order of what was asked for.
 * @throws {GeartrainError} PLACE_NOT_FOUND, PLACE_UNFIT, JOB_NOT_FOUND, NOT_PERMITTED; JOB_OUTPUT_NOT_FOUND; ARCHIVE_FILE_NOT_FOUND for an output
 *   whose own file was thrown away; INPUT_DIGEST_MISMATCH; BLOB_NOT_FOUND; NAME_UNFIT, also for two files of one name; QUOTA_EXCEEDED.
 */
export async function fileOutputs(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly place: string; readonly files: readonly OutputToFile[] },
): Promise<readonly FiledOutput[]> {
  const place = await needPlace(ports, caller, { id: asked.place, right: "write", action: "file.from-job" })
  await needOpen(ports, place)
  refuseNames(asked.files)
  const byJob = Map.groupBy(asked.files, ({ job }) => job)
  const outputs = new Map<OutputToFile, JobOutput>()
  for (const [job, files] of byJob)
    for (const [file, output] of await findOutputs(ports, caller, { job, files })) outputs.set(file, output)
  await needBytes(ports, asked.files)
  const saved = await ports.database.write((write) => save(write, { place: place.id, caller, outputs }))
  return asked.files.map((file) => {
    const { file: row, isNew } = saved.get(file) ?? {}
    if (row === undefined || isNew === undefined) throw new TypeError("every file was to be saved")
    return { file: fileOf(row), isNew }
  })
}

function refuseNames(files: readonly OutputToFile[]): void {
  const names = new Set<string>()
  for (const { name: given } of files) {
    const name = checkFileName(given)
    if (names.has(name)) throw new GeartrainError("NAME_UNFIT", `Cannot file two outputs as "${name}"`)
    names.add(name)
  }
}

async function findOutputs(
  ports: QueuePorts,
  caller: Caller,
  { job: id, files }: { readonly job: string; readonly files: readonly OutputToFile[] },
): Promise<ReadonlyMap<OutputToFile, JobOutput>> {
  const job = await needJob(ports, caller, { id, right: "read", action: "job.output" })
  const byPath = new Map((JSON.parse(job.outputs) as JobOutput[]).map((output) => [output.name, output]))
  const found = new Map<OutputToFile, JobOutput>()
  for (const file of files) {
    const output = byPath.get(file.path)
    if (output === undefined) throw outputNotFound({ job: id, attempt: job.attempt, name: file.path })
    if (output.digest !== file.digest) throw otherBytes(file, output)
    // What was saved as a file is read as that version of it, and is gone from here when it is gone from there.
    if (output.file !== undefined) await openFile(ports, caller, { id: output.file, version: output.version })
    found.set(file, output)
  }
  return found
}

async function needBytes(ports: QueuePorts, files: readonly OutputToFile[]): Promise<void> {
  const stored = await storedDigests(
    ports.blobs,
    files.map(({ digest }) => digest),
  )
  const gone = files.find(({ digest }) => !stored.has(digest))
  if (gone === undefined) return
  throw new GeartrainError("BLOB_NOT_FOUND", `Cannot file "${gone.name}": its bytes are gone from the server`, {
    details: { job: gone.job, path: gone.path, digest: gone.digest },
    hint: `Run its job again: POST /api/v1/jobs/${gone.job}/retry`,
  })
}

/** Their bytes stay meanwhile: their jobs name them. */
async function save(
  write: Write,
  to: { readonly place: string; readonly caller: Caller; readonly outputs: ReadonlyMap<OutputToFile, JobOutput> },
): Promise<ReadonlyMap<OutputToFile, SavedFile>> {
  const place = await findPlace(write.sql, to.place)
  if (place === undefined) throw placeNotFound(to.place)
  const saved = new Map<OutputToFile, SavedFile>()
  for (const [job, group] of Map.groupBy(to.outputs, ([file]) => file.job)) {
    const files = group.map(([{ name, digest }, { sizeBytes, type }]) => ({
      ...{ name, digest, sizeBytes },
      ...(type === undefined ? {} : { type }),
    }))
    const rows = await saveFiles(write, { place, files, byUser: to.caller.user, origin: "job", job })
    for (const [index, [file]] of group.entries()) {
      const row = rows[index]
      if (row !== undefined) saved.set(file, row)
    }
  }
  return saved
}

function otherBytes({ job, path, digest }: OutputToFile, output: JobOutput): GeartrainError {
  return new GeartrainError(
    "INPUT_DIGEST_MISMATCH",
    `Cannot file ${JSON.stringify(path.slice(0, 300).toWellFormed())} of job "${job}": it is ${output.digest}, and not ${digest}`,
    { details: { job, path, expected: digest, actual: output.digest }, hint: `See what it put out: gear wait ${job}` },
  )
}
