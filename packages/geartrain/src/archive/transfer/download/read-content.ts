import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { delay, monotonicMs } from "../../../system/clock.ts"
import { isOfTheLine, lineError } from "../persist.ts"
import type { ServerFile } from "../server-file.ts"

/** Bytes of the server's that never change. */
export interface WantedContent {
  readonly name: string
  readonly digest: string
  readonly sizeBytes: number
  /** Where they are read, below the server's address. */
  readonly path: string
}

/** One version of a file. */
export type WantedFile = Pick<ServerFile, "id" | "name" | "version" | "digest" | "sizeBytes"> | WantedContent

const WAIT_MS = 1_000
/** So long a line may give nothing. */
const PATIENCE_MS = 60_000

/**
 * The bytes of a file from some byte on. Where the line is cut they go on, so that the reader does not notice; whether they are the right ones is
 * the reader's to check.
 *
 * @throws {GeartrainError} SERVER_UNREACHABLE after a minute without a byte; BLOB_DIGEST_MISMATCH for more bytes than the file has.
 */
export async function* readContent(
  client: GearClient,
  file: WantedFile,
  { start = 0, signal }: { readonly start?: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array, void> {
  let position = start
  let movedMs = monotonicMs()
  while (position < file.sizeBytes) {
    try {
      for await (const chunk of bytesFrom(client, file, { start: position, signal })) {
        position += chunk.length
        movedMs = monotonicMs()
        if (position > file.sizeBytes) throw wrongBytes(file)
        yield chunk
      }
      if (position === file.sizeBytes) return
      if (monotonicMs() - movedMs > PATIENCE_MS) throw cutShort(file, position)
    } catch (error) {
      signal.throwIfAborted()
      if (!isOfTheLine(error) || monotonicMs() - movedMs > PATIENCE_MS) throw lineError(error)
    }
    await delay(WAIT_MS, signal)
  }
}

async function* bytesFrom(
  client: GearClient,
  file: WantedFile,
  { start, signal }: { readonly start: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array, void> {
  const headers: Record<string, string> = start === 0 ? {} : { range: `bytes=${start}-` }
  const path = "path" in file ? file.path : `/api/v1/files/${file.id}/content?version=${file.version}`
  const response = await client.send(path, { headers, signal })
  // What stands between may send all of it in spite of the range.
  let skipped = response.status === 206 ? start : 0
  for await (const chunk of response.body ?? []) {
    const fresh = chunk.subarray(Math.min(chunk.length, start - skipped))
    skipped += chunk.length - fresh.length
    if (fresh.length > 0) yield fresh
  }
}

/** Bytes that are not what the server says of them. */
export function wrongBytes({ name, digest }: WantedFile): GeartrainError {
  return new GeartrainError(
    "BLOB_DIGEST_MISMATCH",
    `Cannot download "${name}": the bytes that came do not have its digest`,
    {
      details: { name, digest },
      hint: "Download it again; if it stays so, ask the server's admin to check its files",
    },
  )
}

function cutShort({ name, sizeBytes }: WantedFile, position: number): GeartrainError {
  return new GeartrainError(
    "SERVER_UNREACHABLE",
    `Cannot download "${name}": the server sends ${position} of its ${sizeBytes} bytes, and no more`,
    { hint: "Download it again: it goes on where it was" },
  )
}
