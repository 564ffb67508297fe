import type { StoredFile } from "../../../src/server/archive/files/server-file.ts"
import type { Database } from "../../../src/server/database/database.ts"

/** Statements may have so many parameters only. */
const ROWS_AT_ONCE = 500

/** Puts copies of a file beside it, named and known by a number each: `f0`, `f1` and so on. */
export async function copyFile(
  database: Database,
  file: StoredFile,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<void> {
  await database.write(async ({ sql }) => {
    const rows = Array.from({ length: count }, (_, n) => ({ ...file, id: `f${from + n}`, name: `f${from + n}` }))
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await sql
        .insertInto("files")
        .values(rows.slice(at, at + ROWS_AT_ONCE))
        .execute()
  })
}
