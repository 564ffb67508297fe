import { nowMs } from "../../../system/clock.ts"
import type { Queries } from "../../database/database.ts"

/** Bytes that are to stay, for whatever will refer to them. */
export interface HeldBlob {
  readonly digest: string
  readonly sizeBytes: number
}

/**
 * Says that bytes in the store are needed: for a day nothing removes them, whether or not anything refers to them. Comes after they were stored;
 * whoever calls it then looks whether they are there still, since they may have been removed just before.
 */
export async function holdBlobs(queries: Queries, blobs: readonly HeldBlob[]): Promise<void> {
  const now = nowMs()
  for (const { digest, sizeBytes } of blobs) {
    await queries
      .insertInto("blobs")
      .values({ digest, size_bytes: sizeBytes, held_ms: now })
      .onConflict((conflict) =>
        conflict.column("digest").doUpdateSet({ held_ms: now, ...(sizeBytes > 0 ? { size_bytes: sizeBytes } : {}) }),
      )
      .execute()
  }
}
