import type { BlobStore } from "@geartrain/ports"
import {
  type Digest,
  decodeUtf8,
  type JobRecord,
  type LikeFile,
  type OutputFile,
  StepBudgetSpent,
} from "@geartrain/spec"
import { compareTexts, type TextComparison } from "../../provenance/tolerance/compare-texts.ts"
import { readFile, stat } from "../../system/files.ts"
import type { ReadTest } from "./read-test.ts"

/** Larger texts are compared by digest only. */
const MOST_BYTES = 64 * 1024 * 1024

/** What came of a job, besides its record. */
export interface JobFindings {
  readonly blobs: Pick<BlobStore, "get">
  /** Lines of the log. */
  readonly log: AsyncIterable<string>
}

/**
 * Holds a job against what its test expects.
 *
 * @returns what is otherwise, a sentence each; none when the test is passed.
 */
export async function checkJob(test: ReadTest, job: JobRecord, findings: JobFindings): Promise<readonly string[]> {
  const problems = [...exitProblems(test, job)]
  for (const [path, expected] of Object.entries(test.test.outputs ?? {})) {
    const output = job.outputs.find((file) => file.path === path)
    if (expected === "absent") {
      if (output !== undefined) problems.push(`output ${path} is there, and should not be`)
    } else if (output === undefined) problems.push(`output ${path} is not there${nearby(job)}`)
    else if (typeof expected !== "string") {
      problems.push(...(await likeProblems(output, { expected, file: test.likes[path] ?? "" }, findings)))
    } else if (expected !== "present" && expected !== output.digest) {
      problems.push(`output ${path} has other bytes: ${short(output.digest)}, wanted ${short(expected)}`)
    }
  }
  return [...problems, ...(await logProblems(test, findings))]
}

function exitProblems({ test }: ReadTest, job: JobRecord): readonly string[] {
  const wanted = test.exit ?? 0
  const found = job.exit?.code
  // A job can fail with the code that is wanted: out of memory, or through the machine.
  const own = job.failure === undefined || job.failure.reason === "NONZERO_EXIT"
  if (found === wanted && own) return []
  if (job.failure !== undefined && !own) return [job.failure.message]
  const because = job.failure?.evidence === undefined ? "" : `: ${job.failure.evidence}`
  return [`the exit code is ${found ?? "missing"}, wanted ${wanted}${because}`]
}

function nearby(job: JobRecord): string {
  if (job.outputs.length === 0) return "; there are no outputs"
  const names = job.outputs.slice(0, 5).map(({ path }) => path)
  return `; there are ${names.join(", ")}${job.outputs.length > names.length ? " and others" : ""}`
}

async function likeProblems(
  output: OutputFile,
  wanted: { readonly expected: LikeFile; readonly file: string },
  findings: JobFindings,
): Promise<readonly string[]> {
  const { path } = output
  const { size } = await stat(wanted.file)
  if (Math.max(size, output.sizeBytes) > MOST_BYTES) {
    return [`output ${path} is too large to be compared line by line: ${Math.max(size, output.sizeBytes)} bytes`]
  }
  const one = decodeUtf8(await readFile(wanted.file))
  const two = decodeUtf8(await bytesOf(output.digest, findings))
  if (!one.ok || !two.ok)
    return [
      `output ${path} cannot be compared line by line: ${one.ok ? "it" : "the file it should be like"} is no text`,
    ]
  try {
    const compared = compareTexts(one.text, two.text, wanted.expected)
    return compared.equivalent ? [] : [`output ${path} is not like ${wanted.expected.like}: ${told(compared)}`]
  } catch (error) {
    if (!(error instanceof StepBudgetSpent)) throw error
    return [`output ${path} cannot be compared: its patterns take more steps than are allowed`]
  }
}

function told({ differences, total }: TextComparison): string {
  const [first] = differences
  if (first === undefined) return ""
  const sides = [
    ...(first.found === undefined ? ["is missing"] : [`is ${quote(first.found)}`]),
    ...(first.expected === undefined ? ["which should not be there"] : [`wanted ${quote(first.expected)}`]),
  ]
  return `line ${first.line} ${sides.join(", ")}${total > 1 ? `; ${total} lines differ` : ""}`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}

async function bytesOf(digest: Digest, { blobs }: JobFindings): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.get(digest)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

async function logProblems({ test }: ReadTest, { log }: JobFindings): Promise<readonly string[]> {
  const missing = new Set(test.log ?? [])
  if (missing.size === 0) return []
  for await (const line of log) {
    for (const text of missing) if (line.includes(text)) missing.delete(text)
    if (missing.size === 0) return []
  }
  return [...missing].map((text) => `the log has no line with ${quote(text)}`)
}

function short(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 12)
}
