import { type Digest, type GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import type { JobOutput } from "../jobs/job-facts.ts"
import { needJob } from "../jobs/need-job.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { ContentFile } from "./job-order.ts"
import { type AskedFile, findReadable, notFound } from "./resolve-inputs.ts"

/** Bytes that the caller may read, and where they lie. */
export interface FoundContent {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly file?: string
  readonly version?: number
  readonly job?: string
  readonly output?: string
}

/**
 * Finds files of the archive and outputs of jobs that the caller may read, each job and file once.
 *
 * @returns by what it was asked for as.
 * @throws {GeartrainError} INPUT_NOT_FOUND, in the same words for what is not there and what the caller may not know of.
 */
export async function findContent(
  ports: QueuePorts,
  caller: Caller,
  files: readonly Pick<ContentFile, "input" | "from">[],
): Promise<ReadonlyMap<string, FoundContent>> {
  const found = new Map<string, FoundContent>()
  const filed = new Map<string, AskedFile>()
  const jobs = new Map<string, Wanted[]>()
  for (const { input, from } of files) {
    const [, job, output] = OUTPUT.exec(from) ?? []
    if (job !== undefined && output !== undefined) {
      const wanted = jobs.get(job) ?? []
      wanted.push({ input, from, output })
      jobs.set(job, wanted)
    } else if (!FILE.test(from)) throw missing({ input, from })
    else if (!filed.has(from)) filed.set(from, { input, reference: from })
  }
  // One job at a time: each may have put out a hundred thousand files.
  for (const [job, wanted] of jobs) {
    for (const { input, from, output, given } of await findOutputs(ports, caller, { job, wanted })) {
      const { digest, sizeBytes, file, version } = given
      found.set(from, { digest, sizeBytes, job, output })
      // What was saved as a file is read as that version of it, and is gone from here when it is gone from there.
      if (file !== undefined && !filed.has(from)) filed.set(from, { input, reference: `file:${file}@${version}` })
    }
  }
  await readFiled(ports, caller, { filed, found })
  return found
}

interface Wanted extends Pick<ContentFile, "input" | "from"> {
  readonly output: string
}

const FILE = /^file:[0-9a-f]{24}(?:@\d{1,9})?$/
const OUTPUT = /^job:([0-9a-f]{24})\/(.+)$/s

async function findOutputs(
  ports: QueuePorts,
  caller: Caller,
  { job, wanted }: { readonly job: string; readonly wanted: readonly Wanted[] },
): Promise<readonly (Wanted & { readonly given: JobOutput })[]> {
  const outputs = await readOutputs(ports, caller, job)
  return wanted.map((one) => {
    const given = outputs.get(one.output)
    if (given === undefined) throw missing(one)
    return { ...one, given }
  })
}

/** By path; none of a job that the caller may not know of. */
async function readOutputs(ports: QueuePorts, caller: Caller, id: string): Promise<ReadonlyMap<string, JobOutput>> {
  try {
    const { outputs } = await needJob(ports, caller, { id, right: "read", action: "job.input" })
    return new Map((JSON.parse(outputs) as JobOutput[]).map((output) => [output.name, output]))
  } catch (error) {
    if (isGeartrainError(error, "JOB_NOT_FOUND")) return new Map()
    throw error
  }
}

/** So many files are known at one time: of each there may be much to know. */
const AT_ONCE = 500

/** Adds to what was found where the files of the archive lie that it is asked of. */
async function readFiled(
  ports: QueuePorts,
  caller: Caller,
  { filed, found }: { readonly filed: ReadonlyMap<string, AskedFile>; readonly found: Map<string, FoundContent> },
): Promise<void> {
  const waiting = [...filed]
  for (let at = 0; at < waiting.length; at += AT_ONCE) {
    const some = waiting.slice(at, at + AT_ONCE)
    const files = await findReadable(
      ports,
      caller,
      some.map(([, asked]) => asked),
    )
    for (const [index, { id: file, version, digest, sizeBytes }] of files.entries()) {
      const from = some[index]?.[0] ?? ""
      found.set(from, { ...found.get(from), file, version, digest, sizeBytes })
    }
  }
}

function missing({ input, from }: Pick<ContentFile, "input" | "from">): GeartrainError {
  return notFound({ input, reference: from }, "Name it as file:ID, file:ID@VERSION or job:ID/PATH")
}
