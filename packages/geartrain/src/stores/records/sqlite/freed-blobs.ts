import type { FreedBlob } from "@geartrain/ports"
import type { Digest, JobRecord } from "@geartrain/spec"
import type { Connection } from "./connection.ts"
import { decodeDocument, encodeDocument } from "./document.ts"
import { recordsDamaged } from "./sqlite-error.ts"

/** Marks are kept by blob and not by job: bytes may be the output of several. */
export function markFreed(connection: Connection, freed: readonly FreedBlob[]): void {
  const insert = connection.prepare("REPLACE INTO freed_blobs (blob, document, checksum) VALUES (?, ?, ?)")
  for (const { digest, sizeBytes, at } of freed) {
    const { text, checksum } = encodeDocument({ digest, sizeBytes, at })
    insert.run(digest, text, checksum)
  }
}

export function markStored(connection: Connection, blobs: readonly Digest[]): void {
  // Nearly always there is no mark at all, and jobs with thousands of outputs are to end as fast as ever.
  if (connection.prepare("SELECT 1 FROM freed_blobs LIMIT 1").get() === undefined) return
  const remove = connection.prepare("DELETE FROM freed_blobs WHERE blob = ?")
  for (const blob of blobs) remove.run(blob)
}

/** Reads the marks of blobs that a job still names, or with `all` those of forgotten jobs as well. */
export function listFreed(connection: Connection, options: { readonly all?: true } = {}): readonly FreedBlob[] {
  const named = options.all === true ? "" : "WHERE blob IN (SELECT blob FROM job_blobs)"
  return connection
    .prepare(`SELECT blob, document, checksum FROM freed_blobs ${named} ORDER BY blob`)
    .all()
    .map(readFreed)
}

/** Says of each output since when its bytes are freed. The caller holds the connection. */
export function withFreed(connection: Connection, record: JobRecord): JobRecord {
  const rows = connection
    .prepare(
      "SELECT blob, document, checksum FROM freed_blobs WHERE blob IN (SELECT blob FROM job_blobs WHERE job = ?)",
    )
    .all(record.id)
  if (rows.length === 0) return record
  const since = new Map(rows.map(readFreed).map(({ digest, at }) => [digest, at]))
  return {
    ...record,
    outputs: record.outputs.map((output) => {
      const freed = since.get(output.digest)
      return freed === undefined ? output : { ...output, freed }
    }),
  }
}

/** What another store has freed says nothing of this one: marks are never written with a record. */
export function withoutFreed(record: JobRecord): JobRecord {
  if (record.outputs.every(({ freed }) => freed === undefined)) return record
  return { ...record, outputs: record.outputs.map(({ freed: _, ...output }) => output) }
}

function readFreed(row: Record<string, unknown>): FreedBlob {
  const what = `mark of blob "${row["blob"]}"`
  const freed = decodeDocument<FreedBlob>({ text: row["document"], checksum: row["checksum"] }, what)
  if (freed.digest !== row["blob"]) throw recordsDamaged(`read ${what}`, "it is that of another blob")
  return freed
}
