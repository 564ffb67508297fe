import { sha256 } from "../../../system/hash.ts"
import { recordsDamaged } from "./sqlite-error.ts"

/** A JSON text as it is kept, with the sha256 of its bytes beside it. */
export interface StoredDocument {
  readonly text: string
  readonly checksum: string
}

export function encodeDocument(value: unknown): StoredDocument {
  const text = JSON.stringify(value)
  return { text, checksum: checksum(text) }
}

/**
 * Reads a document back.
 *
 * @param what  Whose it is, such as `job "5f0c…"`.
 * @throws {GeartrainError} STORE_DAMAGED when its bytes are not those that were stored.
 */
export function decodeDocument<Value>(
  row: { readonly text: unknown; readonly checksum: unknown },
  what: string,
): Value {
  if (typeof row.text !== "string" || checksum(row.text) !== row.checksum) {
    throw recordsDamaged(`read ${what}`, "its record does not have the bytes that were stored")
  }
  // Vouched for by the checksum: it is what a caller of this program's own types gave.
  return JSON.parse(row.text) as Value
}

export function checksum(text: string): string {
  return sha256(Buffer.from(text)).slice("sha256:".length)
}
