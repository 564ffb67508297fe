import type { WritableEntry } from "./tar-writer.ts"

/** A stretch of a body, as it is kept: what is packed already need not be packed again. Valid until the next piece is asked for. */
export type PackedPiece =
  /** Plain bytes. */
  | { readonly form: "plain"; readonly bytes: Uint8Array }
  /** Plain bytes that somebody tried to compress, and could not. */
  | { readonly form: "dense"; readonly bytes: Uint8Array }
  /** One whole zstd frame, with the number of bytes that it unpacks to in its header. */
  | { readonly form: "frame"; readonly bytes: Uint8Array; readonly unpackedBytes: number }

/** An entry with the body of its file; all others have none. */
export interface PackedEntry {
  readonly entry: WritableEntry
  /** Asked once, before the next entry; may be left unread. */
  body(): Iterable<PackedPiece>
}
