import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"
import type { TableRow } from "../../database/database.ts"

/** Bytes, in base64, since JSON has none. */
const BYTES = z.object({ bytes: z.base64() })

const LINE = z.tuple([
  z.string().regex(/^[a-z_]+$/),
  z.record(z.string().regex(/^[a-z_0-9]+$/), z.union([z.string(), z.number(), z.null(), BYTES])),
])

/** One row as a line of a dump: `["files",{"id":"…","size_bytes":3}]`. */
export function writeLine(table: string, row: TableRow): string {
  const plain = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value,
  ])
  return `${JSON.stringify([table, Object.fromEntries(plain)])}\n`
}

/** @throws {GeartrainError} BACKUP_DAMAGED */
export function readLine(line: string): { readonly table: string; readonly row: TableRow } {
  try {
    const [table, row] = LINE.parse(JSON.parse(line))
    const values = Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null ? Buffer.from(value.bytes, "base64") : value,
    ])
    return { table, row: Object.fromEntries(values) }
  } catch (cause) {
    throw new GeartrainError("BACKUP_DAMAGED", "Cannot read a backup: a line of its dump is no row", {
      hint: "Take another backup of the same folder, if there is one",
      cause,
    })
  }
}
