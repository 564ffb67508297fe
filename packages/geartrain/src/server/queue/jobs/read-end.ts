import type { BlobStore } from "@geartrain/ports"
import { type Digest, JOB_RECORD_FORMAT, type JobEnd, REASONS, type Reason } from "@geartrain/spec"
import { z } from "zod"

/** A record tells of 50,000 files that went in and 100,000 that came out. */
const MOST_BYTES = 64 * 1024 * 1024

/** Of a record, what says how its job ended: the rest may be long, and is not looked at. */
const END = z.object({
  format: z.literal(JOB_RECORD_FORMAT),
  state: z.literal("failed"),
  failure: z.object({ reason: z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]) }),
  exit: z.object({
    code: z.number().int(),
    signal: z.string().exactOptional(),
    outOfMemory: z.literal(true).exactOptional(),
  }),
}) satisfies z.ZodType<JobEnd>

/** How a job ended, and how long its record is. */
export interface ReadEnd {
  readonly end?: JobEnd
  readonly recordBytes: number
}

/** Reads in the record of a job that failed by its gear's exit how it ended. None is known by bytes that are gone, or are no record of one. */
export async function readEnd(
  { blobs }: { readonly blobs: Pick<BlobStore, "stat" | "get"> },
  digest: string | null,
): Promise<ReadEnd> {
  const stored = digest === null ? undefined : await blobs.stat(digest as Digest)
  if (stored === undefined || stored.sizeBytes > MOST_BYTES) return { recordBytes: 0 }
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.get(stored.digest)) chunks.push(chunk)
  const recordBytes = stored.sizeBytes
  const { data: end } = END.safeParse(parsed(Buffer.concat(chunks).toString("utf8")))
  return { recordBytes, ...(end === undefined ? {} : { end }) }
}

/** Whatever a runner stored as a record. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
