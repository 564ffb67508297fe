import { type Digest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { delay, monotonicMs } from "../../system/clock.ts"
import { systemCode } from "../../system/system-code.ts"
import type { RunnerPorts } from "../runner-ports.ts"
import { mayPass, waitAfter } from "../server/retry.ts"
import type { RemoteBlobs } from "../server/runner-server.ts"

export interface WantedBlob {
  readonly digest: Digest
  readonly sizeBytes: number
}

export interface FetchOptions {
  readonly from: RemoteBlobs
  readonly signal?: AbortSignal
}

/** How long bytes may stand still. The lease ends sooner, most often, and that ends this too. */
const PATIENCE_MS = 10 * 60_000

/**
 * Brings a blob of the server's into the runner's own store, unless it is there: linked where the server's lies on the same disk, else over the
 * network, from where it broke off. Nothing is stored that has another digest.
 *
 * @returns its path, to be read only.
 * @throws {GeartrainError} BLOB_NOT_FOUND, BLOB_DIGEST_MISMATCH, STORE_FULL, SERVER_UNREACHABLE.
 */
export async function fetchBlob(
  wanted: WantedBlob,
  ports: Pick<RunnerPorts, "engine" | "nearBlob">,
  options: FetchOptions,
): Promise<string> {
  const { blobs } = ports.engine
  if (!(await blobs.hold(wanted.digest)) && !(await takeNear(wanted, ports))) {
    await blobs.put(resumed(wanted, options), wanted.digest)
  }
  const path = await blobs.locate(wanted.digest)
  if (path !== undefined) return path
  throw new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob "${wanted.digest}": it went as soon as it was stored`, {
    details: { digest: wanted.digest },
  })
}

/** @returns false when it does not lie near, or is not what it should be: then the server is asked for it. */
async function takeNear(
  { digest }: WantedBlob,
  { nearBlob, engine }: Pick<RunnerPorts, "engine" | "nearBlob">,
): Promise<boolean> {
  if (nearBlob === undefined) return false
  try {
    return (await engine.blobs.adopt(nearBlob(digest), { keep: true })).digest === digest
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "EACCES" || isGeartrainError(error, "FILE_NOT_REGULAR")) return false
    throw error
  }
}

/** The bytes, however often the line breaks on the way. */
async function* resumed({ digest, sizeBytes }: WantedBlob, options: FetchOptions): AsyncGenerator<Uint8Array> {
  let offset = 0
  let failures = 0
  let movedMs = monotonicMs()
  for (;;) {
    try {
      for await (const piece of options.from.get(digest, { ...options, offset })) {
        offset += piece.length
        failures = 0
        movedMs = monotonicMs()
        yield piece
      }
      // Shorter than it should be: the store that is being written to finds that out by the digest.
      return
    } catch (error) {
      if (!mayPass(error) || monotonicMs() - movedMs > PATIENCE_MS) throw error
      if (offset >= sizeBytes) return
      await delay(waitAfter(failures++, error), options.signal)
    }
  }
}
