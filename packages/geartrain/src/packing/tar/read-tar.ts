import { type TarReaderOptions, type TarVisitor, tarReader } from "./tar-reader.ts"

/**
 * Reads a whole tar archive, and tells the visitor what is in it.
 *
 * @throws {GeartrainError} see `tarReader`; and whatever the visitor or the source throws.
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  visitor: TarVisitor,
  options: TarReaderOptions,
): Promise<void> {
  for await (const _ of driveTar(source, visitor, options));
}

/**
 * The same, a step at a time: answers after each piece of the source, when the visitor has been told all that is in it. Whoever writes while
 * reading takes away there what was written, and so is never asked to hold more than a piece.
 */
export async function* driveTar(
  source: AsyncIterable<Uint8Array>,
  visitor: TarVisitor,
  options: TarReaderOptions,
): AsyncGenerator<void, void> {
  const reader = tarReader(visitor, options)
  reader.next()
  for await (const piece of source) {
    if (piece.length === 0) continue
    let step = reader.next(asBuffer(piece))
    yield
    while (step.done !== true && step.value === "again") {
      // A hole may be gigabytes: others get their turn between its pieces.
      await new Promise(setImmediate)
      step = reader.next(EMPTY)
      yield
    }
  }
  reader.next(undefined)
}

const EMPTY = Buffer.alloc(0)

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
