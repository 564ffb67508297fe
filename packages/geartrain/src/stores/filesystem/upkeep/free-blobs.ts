import type { CollectedThings, FreedBlob } from "@geartrain/ports"
import { nowIso } from "../../../system/clock.ts"
import { explainingDisk } from "../home/disk-error.ts"
import { removeFolder } from "../home/remove-folder.ts"
import { type CollectionParts, canStillGo, type Freeable } from "./collect-garbage.ts"

/** Bytes that may go, unless somebody stored or touched them since. */
export interface Freeing extends Freeable {
  /** Milliseconds since 1970. */
  readonly untouchedSinceMs: number
}

/**
 * Frees bytes as a collection of garbage does, by the same steps and marks, and nothing else: whoever has a lease may call it while he has it,
 * for bytes of which he knows when they were stored.
 *
 * @returns what went.
 * @throws {GeartrainError} STORE_READ_ONLY
 */
export async function freeBlobs(
  { store, guard }: Pick<CollectionParts, "store" | "guard">,
  free: readonly Freeing[],
): Promise<readonly FreedBlob[]> {
  const freed: FreedBlob[] = []
  if (free.length === 0) return freed
  return explainingDisk(`free bytes of store "${store.home.layout.home}"`, async () => {
    await store.home.prepare()
    const trash = store.home.trash()
    await guard.collect(async (referenced) => {
      const at = nowIso()
      for (const one of free) {
        if (!canStillGo(one, referenced)) continue
        const sizeBytes = await store.blobs.retire(one.digest, { trash, spareSinceMs: one.untouchedSinceMs })
        if (sizeBytes !== undefined) freed.push({ digest: one.digest, sizeBytes, at })
      }
      return { freed, stored: [] }
    }, thingsOf(free))
    await removeFolder(trash)
    return freed
  })
}

function thingsOf(free: readonly Freeing[]): CollectedThings {
  return {
    blobs: [...new Set(free.flatMap(({ digest, needs }) => [digest, ...needs.blobs]))],
    jobs: [...new Set(free.flatMap(({ needs }) => needs.jobs))],
    gears: [...new Set(free.flatMap(({ needs }) => needs.gears))],
  }
}
