import type { JobRecord, JsonValue } from "@geartrain/spec"
import { sha256 } from "../../system/hash.ts"
import type { RunnerPorts } from "../runner-ports.ts"
import { untilAnswered } from "../server/retry.ts"
import type { BlobSource, RemoteBlobs } from "../server/runner-server.ts"
import type { Sent } from "./finish-report.ts"

export interface SendOptions {
  readonly to: RemoteBlobs
  readonly signal: AbortSignal
}

/** A smaller file is sent without asking whether the server has it. */
const ASK_FIRST_BYTES = 64 * 1024
/** Files on their way at once. */
const AT_ONCE = 4
/** How long the server may be away while a result waits for it. */
export const RESULT_PATIENCE_MS = 15 * 60_000

/** Sends a job's outputs and its record, so that the server has every byte before it is told how the job went. */
export async function sendResults(
  record: JobRecord,
  { engine }: Pick<RunnerPorts, "engine">,
  options: SendOptions,
): Promise<Omit<Sent, "logChunks">> {
  const outputs = new Map(record.outputs.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
  const waiting = [...outputs].map(
    ([digest, sizeBytes]): BlobSource => ({ digest, sizeBytes, read: () => engine.blobs.get(digest) }),
  )
  const bytes = new TextEncoder().encode(JSON.stringify(record))
  const recordDigest = sha256(bytes)
  waiting.push({
    digest: recordDigest,
    sizeBytes: bytes.length,
    read: async function* () {
      yield bytes
    },
  })
  const senders = Array.from({ length: AT_ONCE }, async () => {
    for (let blob = waiting.pop(); blob !== undefined; blob = waiting.pop()) await sendBlob(blob, options)
  })
  await Promise.all(senders)
  return { recordDigest, metadata: await readMetadata(record, engine) }
}

async function sendBlob(blob: BlobSource, { to, signal }: SendOptions): Promise<void> {
  await untilAnswered(
    async () => {
      if (blob.sizeBytes >= ASK_FIRST_BYTES && (await to.has(blob.digest, { signal }))) return
      await to.put(blob, { signal })
    },
    { signal, forMs: RESULT_PATIENCE_MS },
  )
}

/** The engine has read it before, and taken it for JSON: otherwise the job has failed. */
async function readMetadata(record: JobRecord, { blobs }: RunnerPorts["engine"]): Promise<JsonValue | undefined> {
  const file = record.outputs.find(({ path }) => path === ".metadata.json")
  if (file === undefined || record.state !== "complete") return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.get(file.digest)) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as JsonValue
}
