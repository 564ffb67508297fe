import { createZstdCompress } from "node:zlib"
import { through } from "../../../packing/compression/through.ts"
import type { Database, Snapshot } from "../../database/database.ts"
import { writeLine } from "./dump-line.ts"

/** Tables that a migration fills by itself. */
const OWN_TABLES = new Set(["schema_steps", "schema_lock"])

export interface Dump {
  /** Zstandard, of lines of JSON: `["files",{"id":"…"}]`. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Rows so far: all of them, when `bytes` has ended. */
  rows(): number
}

/** Writes all tables of one state of the database in a form that any of the databases can be filled from. */
export function dumpDatabase(snapshot: Snapshot, tables: readonly string[]): Dump {
  let count = 0
  const lines = async function* (): AsyncGenerator<Uint8Array> {
    for (const table of tables) {
      for await (const rows of snapshot.rows(table)) {
        count += rows.length
        yield Buffer.from(rows.map((row) => writeLine(table, row)).join(""))
      }
    }
  }
  return { bytes: through(createZstdCompress(), lines()), rows: () => count }
}

/** Names of the tables that hold the server's data. */
export async function tablesOf(queries: Database["read"]): Promise<readonly string[]> {
  const tables = await queries.introspection.getTables({ withInternalKyselyTables: true })
  return tables
    .map(({ name }) => name)
    .filter((name) => !OWN_TABLES.has(name))
    .toSorted()
}
