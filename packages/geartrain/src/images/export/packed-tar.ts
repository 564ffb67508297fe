import type { PackedEntry, PackedPiece } from "../../packing/tar/packed-piece.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader } from "../../packing/tar/tar-writer.ts"
import { canonicalEntry, FIRST_FOLDERS } from "./canonical-entry.ts"

/**
 * Writes the entries of a tree as the tar that `canonicalTar` writes of them, with the bodies of files as they are packed: whoever unpacks the
 * pieces one after the other has the same bytes.
 *
 * That they are that tree is for the source to know: nothing is unpacked here that could tell.
 *
 * @param reference  What the tree is called in errors.
 */
export async function* packedTar(
  entries: AsyncIterable<PackedEntry>,
  reference: string,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<PackedPiece, void> {
  const run = new PlainRun()
  for (const header of FIRST_FOLDERS) yield* run.add(header)
  for await (const { entry, body } of entries) {
    options.signal?.throwIfAborted()
    const written = canonicalEntry(entry, reference)
    if (written === undefined) continue
    yield* run.add(encodeHeader(written))
    for (const piece of body()) {
      if (piece.form === "plain") yield* run.add(piece.bytes)
      else {
        yield* run.end()
        yield piece
      }
    }
    const padding = bodyPadding(written)
    if (padding.length > 0) yield* run.add(padding)
  }
  yield* run.add(END_OF_ARCHIVE)
  yield* run.end()
}

/** Larger ones gain nothing. Handing on every header and every small file by itself would take as long as packing them. */
const RUN_BYTES = 256 * 1024

/** Puts plain bytes together, in one buffer for all of them. */
class PlainRun {
  readonly #held = Buffer.allocUnsafeSlow(RUN_BYTES)
  #used = 0;

  *add(bytes: Uint8Array): Generator<PackedPiece, void> {
    if (this.#used + bytes.length > RUN_BYTES) yield* this.end()
    if (bytes.length > RUN_BYTES) {
      yield { form: "plain", bytes }
      return
    }
    this.#held.set(bytes, this.#used)
    this.#used += bytes.length
  }

  *end(): Generator<PackedPiece, void> {
    if (this.#used === 0) return
    const bytes = this.#held.subarray(0, this.#used)
    this.#used = 0
    yield { form: "plain", bytes }
  }
}
