import type { Digest } from "@geartrain/spec"
import { stat } from "../../system/files.ts"
import type { RunnerPorts } from "../runner-ports.ts"

export interface CacheLimits {
  readonly mostBytes: number
  /** Milliseconds since 1970: what was stored or used from then on stays. */
  readonly spareSinceMs: number
}

interface CachedBlob {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly usedMs: number
}

/**
 * Removes bytes that the server has as well, the longest unused first, until no more are kept than allowed.
 *
 * @returns how many bytes went.
 */
export async function trimCache({ engine }: Pick<RunnerPorts, "engine">, limits: CacheLimits): Promise<number> {
  const cached: CachedBlob[] = []
  for await (const { digest, sizeBytes } of engine.blobs.list?.() ?? []) {
    const path = await engine.blobs.locate(digest)
    // Gone meanwhile.
    if (path !== undefined) cached.push({ digest, sizeBytes, usedMs: (await stat(path)).mtimeMs })
  }
  const leaving = choose(cached, limits)
  for (const { digest } of leaving) await engine.blobs.remove?.(digest)
  return sum(leaving)
}

function choose(cached: readonly CachedBlob[], { mostBytes, spareSinceMs }: CacheLimits): readonly CachedBlob[] {
  let tooMany = sum(cached) - mostBytes
  const leaving: CachedBlob[] = []
  for (const blob of cached.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (tooMany <= 0 || blob.usedMs >= spareSinceMs) break
    leaving.push(blob)
    tooMany -= blob.sizeBytes
  }
  return leaving
}

function sum(blobs: readonly CachedBlob[]): number {
  return blobs.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
}
