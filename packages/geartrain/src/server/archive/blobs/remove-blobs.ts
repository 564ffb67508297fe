import type { Digest } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import type { Queries } from "../../database/database.ts"
import type { ArchivePorts } from "../archive-ports.ts"

/** Bytes that somebody said are needed stay so long, whether or not anything refers to them. */
export const HELD_MS = 24 * 3600_000

/** So many are looked at in one transaction, during which nobody else may write. */
const BATCH = 100

export interface RemovedBlobs {
  readonly count: number
  readonly bytes: number
}

/**
 * Removes bytes that nothing refers to any more: no version of a file, in the trash or not, and nothing that another room keeps.
 *
 * Within a transaction, so that whoever wants to refer to the same bytes waits, and finds that they have gone.
 *
 * @param options.heldMs  Bytes that were spoken of since are spared. Default a day.
 */
export async function removeUnneeded(
  ports: ArchivePorts,
  options: { readonly heldMs?: number; readonly signal?: AbortSignal } = {},
): Promise<RemovedBlobs> {
  const before = nowMs() - (options.heldMs ?? HELD_MS)
  let removed: RemovedBlobs = { count: 0, bytes: 0 }
  if (ports.blobs.remove === undefined) return removed
  await noteStrays(ports)
  for (let after = { heldMs: -1, digest: "" }; ; ) {
    options.signal?.throwIfAborted()
    const page = await removeSome(ports, before, after)
    removed = { count: removed.count + page.count, bytes: removed.bytes + page.bytes }
    if (page.last === undefined) return removed
    after = page.last
  }
}

async function removeSome(
  ports: ArchivePorts,
  before: number,
  after: { readonly heldMs: number; readonly digest: string },
): Promise<RemovedBlobs & { readonly last: typeof after | undefined }> {
  return ports.database.write(async ({ sql }) => {
    const rows = await sql
      .selectFrom("blobs")
      .selectAll()
      .where("held_ms", "<", before)
      .where(({ eb, or, and }) =>
        or([
          eb("held_ms", ">", after.heldMs),
          and([eb("held_ms", "=", after.heldMs), eb("digest", ">", after.digest)]),
        ]),
      )
      .orderBy("held_ms")
      .orderBy("digest")
      .limit(BATCH)
      .execute()
    const needed = new Set(
      await referencedBlobs(
        ports,
        sql,
        rows.map(({ digest }) => digest),
      ),
    )
    const gone = rows.filter(({ digest }) => !needed.has(digest))
    for (const { digest, held_ms } of gone) {
      const { numDeletedRows } = await sql
        .deleteFrom("blobs")
        .where("digest", "=", digest)
        .where("held_ms", "=", held_ms)
        .executeTakeFirst()
      if (Number(numDeletedRows) === 1) await ports.blobs.remove?.(digest as Digest)
    }
    const last = rows.at(-1)
    return {
      count: gone.length,
      bytes: gone.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
      last: last === undefined ? undefined : { heldMs: last.held_ms, digest: last.digest },
    }
  })
}

/** Of these digests, those that a version of a file or another room refers to. */
export async function referencedBlobs(
  ports: Pick<ArchivePorts, "references">,
  queries: Queries,
  digests: readonly string[],
): Promise<readonly string[]> {
  if (digests.length === 0) return []
  const versions = await queries
    .selectFrom("file_versions")
    .select("digest")
    .distinct()
    .where("digest", "in", [...digests])
    .execute()
  const others: string[] = []
  for (const references of ports.references) others.push(...(await references(queries, digests)))
  return [...versions.map(({ digest }) => digest), ...others]
}

/** Bytes that a server stored just before it was killed: nobody has spoken of them yet, and from now on they are looked at. */
async function noteStrays(ports: ArchivePorts): Promise<void> {
  if (ports.blobs.list === undefined) return
  let batch: { digest: string; sizeBytes: number }[] = []
  const note = async (): Promise<void> => {
    const values = batch.map(({ digest, sizeBytes }) => ({ digest, size_bytes: sizeBytes, held_ms: nowMs() }))
    batch = []
    if (values.length === 0) return
    await ports.database.write(({ sql }) =>
      sql
        .insertInto("blobs")
        .values(values)
        .onConflict((conflict) => conflict.column("digest").doNothing())
        .execute(),
    )
  }
  for await (const blob of ports.blobs.list()) {
    batch.push(blob)
    if (batch.length === BATCH) await note()
  }
  await note()
}
