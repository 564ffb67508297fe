import { type FileInput, GeartrainError, type JobRecord, type JsonValue, shortDigest } from "@geartrain/spec"
import type { EnginePorts, InputDigests } from "../engine-ports.ts"
import type { JobRequest } from "../job-request.ts"
import { type ReadInput, type ReadInputOptions, readInput } from "../phases/read-input.ts"

/**
 * Turns the record of a job back into the request that it came from: the same gear by id, the same config, the same inputs by content.
 *
 * Each input is looked for where the user says (`files`), in the store, and where it lay; it is read, and taken only if its digest is the
 * record's.
 *
 * @throws {GeartrainError} JOB_NOT_REPLAYABLE when the gear or an input is gone, or was never kept; INPUT_DIGEST_MISMATCH for a file of the
 *   user's that is another one.
 * @param options.digests  Where digests may be recalled from: such inputs are marked as recalled, and `whyOtherInput` reads them. Absent: every
 *   input is read before this answers.
 */
export async function replayRequest(
  record: JobRecord,
  ports: Pick<EnginePorts, "blobs" | "gears" | "jobs">,
  options: { readonly files?: Readonly<Record<string, string>>; readonly digests?: InputDigests | undefined } = {},
): Promise<JobRequest> {
  const gear = await ports.gears.getGear(record.gear.id)
  if (gear === undefined) throw gearGone(record)
  const readFiles = new Map<string, ReadInput>()
  const names: Record<string, string> = {}
  const contexts: Record<string, JsonValue> = {}
  for (const [name, input] of Object.entries(record.invocation.inputs)) {
    if (input.base === "file") {
      const wanted = { record, name, input, given: options.files?.[name], digests: options.digests }
      readFiles.set(name, await findInput(wanted, ports))
      names[name] = input.name
    } else if (input.base === "context" && input.found) contexts[name] = input.value ?? null
    else if (input.base === "api-key") throw keyNeeded(record, name)
  }
  return {
    gear,
    config: record.invocation.config,
    files: Object.fromEntries([...readFiles].map(([name, { path }]) => [name, path])),
    readFiles,
    fileNames: names,
    fileObjects: fileObjects(record),
    filePlaces: filePlaces(record),
    contexts,
    network: record.invocation.network,
    ...(record.invocation.destination === undefined ? {} : { destination: record.invocation.destination }),
    limits: record.limits,
    replayOf: record.id,
  }
}

interface Wanted {
  readonly record: JobRecord
  readonly name: string
  readonly input: FileInput
  readonly given: string | undefined
  readonly digests: InputDigests | undefined
}

/**
 * Reads the inputs of a request that were recalled, while the job runs with them.
 *
 * @returns why what came of the job says nothing, as a sentence without full stop; undefined when each is what its record says.
 */
export async function whyOtherInput(
  { readFiles = new Map() }: Pick<JobRequest, "readFiles">,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const [name, { path, digest, isRecalled }] of readFiles) {
    if (!isRecalled) continue
    const read = await readThere(path, name, { signal })
    if (read?.digest === digest) continue
    return `input "${name}" at "${path}" has other bytes than its file system says: ${read?.digest ?? "it cannot be read"}, not ${digest}`
  }
  return undefined
}

async function findInput(wanted: Wanted, ports: Pick<EnginePorts, "blobs" | "jobs">): Promise<ReadInput> {
  const { record, name, input, given, digests } = wanted
  if (given !== undefined) {
    const read = await readInput(name, given)
    if (read.digest === input.digest) return read
    throw new GeartrainError(
      "INPUT_DIGEST_MISMATCH",
      `Cannot replay with "${given}" as input "${name}": its digest is ${read.digest}, not ${input.digest}`,
      {
        details: { input: name, path: given, found: read.digest, wanted: input.digest },
        hint: "Give the file that the job read",
      },
    )
  }
  const path = record.inputs[name]?.path
  // A collection that frees bytes may come at any time: what is held now is there when the box starts.
  await ports.blobs.hold(input.digest)
  for (const place of [await ports.blobs.locate(input.digest), path]) {
    if (place === undefined) continue
    // What is recalled to be otherwise is read all the same: only the bytes can say no.
    for (const from of digests === undefined ? [undefined] : [digests, undefined]) {
      const read = await readThere(place, name, { digests: from, blobs: ports.blobs })
      if (read?.digest === input.digest) return read
      if (read?.isRecalled !== true) break
    }
  }
  throw new GeartrainError(
    "JOB_NOT_REPLAYABLE",
    `Cannot replay job "${record.id}": input "${name}" ("${input.name}", ${shortDigest(input.digest)}) is neither stored nor at "${path ?? "?"}"`,
    {
      details: { id: record.id, input: name, digest: input.digest },
      hint: (await isOutput(input.digest, ports))
        ? `Make it again: gear restore ${input.digest}`
        : `Say where it is: --input ${name}=PATH`,
    },
  )
}

/** Whether a job put out these bytes. */
async function isOutput(digest: FileInput["digest"], { jobs }: Pick<EnginePorts, "jobs">): Promise<boolean> {
  for (const id of await jobs.naming(digest)) {
    const made = await jobs.get(id)
    if (made?.outputs.some((output) => output.digest === digest)) return true
  }
  return false
}

async function readThere(path: string, name: string, options: ReadInputOptions): Promise<ReadInput | undefined> {
  try {
    return await readInput(name, path, options)
  } catch {
    // Not there, or not to be read: then it does not help.
    return undefined
  }
}

function fileObjects(record: JobRecord): NonNullable<JobRequest["fileObjects"]> {
  return Object.fromEntries(
    Object.entries(record.invocation.inputs).flatMap(([name, input]) =>
      input.base === "file" ? [[name, input.object]] : [],
    ),
  )
}

function filePlaces(record: JobRecord): NonNullable<JobRequest["filePlaces"]> {
  return Object.fromEntries(
    Object.entries(record.invocation.inputs).flatMap(([name, input]) =>
      input.base === "file" && input.hierarchy !== undefined ? [[name, input.hierarchy]] : [],
    ),
  )
}

function gearGone(record: JobRecord): GeartrainError {
  const { gear } = record
  const why = gear.development ? "it was run from a folder, whose bytes were not kept" : "it is not stored"
  return new GeartrainError(
    "JOB_NOT_REPLAYABLE",
    `Cannot replay job "${record.id}": gear "${gear.name}@${gear.version}" cannot be had: ${why}`,
    {
      details: { id: record.id, gear: gear.id },
      hint: gear.development
        ? `Import the folder, then run it: gear import ${gear.origin.reference}`
        : `Import it again: gear import ${gear.origin.reference}`,
    },
  )
}

function keyNeeded(record: JobRecord, name: string): GeartrainError {
  return new GeartrainError(
    "JOB_NOT_REPLAYABLE",
    `Cannot replay job "${record.id}": input "${name}" is a key, and keys are in no record`,
    {
      details: { id: record.id, input: name },
      hint: "Run the gear anew, with the key",
    },
  )
}
