import { HINTS } from "../place/image-hints.ts"
import { type ImagePlace, imageError } from "../place/image-place.ts"
import { entryFromHeaders } from "./entry-from-headers.ts"
import { NO_RECORDS, type PaxRecords } from "./pax-records.ts"
import { type EntryHeadersRead, readHeaders } from "./read-headers.ts"
import { readBodyMap, readOldMap } from "./read-sparse-map.ts"
import { oldRealSize, paxSparseHeader, storedBytes, toSegments } from "./sparse-map.ts"
import type { DataSegment, TarEntry } from "./tar-entry.ts"
import { blockPadding } from "./tar-header.ts"
import { type Reading, TarInput, truncated } from "./tar-input.ts"

/** Is told what an archive holds, in its order. All calls are synchronous; what it throws ends the reading. */
export interface TarVisitor {
  /** `skip`: neither the body of this entry nor its end is wanted. */
  entry(entry: TarEntry): "read" | "skip"
  /** A piece of the body of the file that came last. The bytes are valid during the call only. */
  data(bytes: Buffer): void
  /** So many zeros, at most `HOLE_PIECE_BYTES`, in the body of the file that came last. */
  hole(sizeBytes: number): void
  /** The body of the file that came last is complete. */
  endOfFile(): void
}

export interface TarReaderOptions {
  readonly place: ImagePlace
  /** Whether an archive may end without its end marker: where a digest vouches for the whole. Default false. */
  readonly mayEndAnywhere?: boolean
}

/**
 * Reads a tar archive piece by piece: ustar, PAX, GNU with long names, numbers in base-256 and sparse files of all four kinds, and what came
 * before POSIX.
 *
 * A generator that is driven with the pieces (see `readTar`), so that the code below reads top-down and yet nothing waits between entries:
 * a promise for each of a million headers would cost more than all the rest.
 *
 * @throws {GeartrainError} IMAGE_TRUNCATED, IMAGE_DAMAGED, IMAGE_METADATA_TOO_LARGE, and those of `entryFromHeaders`
 */
export function* tarReader(visitor: TarVisitor, options: TarReaderOptions): Reading<void> {
  const { place } = options
  const input = new TarInput(place)
  let globals: PaxRecords["values"] = NO_RECORDS.values
  for (;;) {
    const headers = yield* readHeaders(input, globals)
    globals = headers.globals
    if (headers.kind === "end") return yield* readEnd(input, headers.marked || options.mayEndAnywhere === true)
    yield* readEntry(input, headers, visitor)
  }
}

/** Holes are told in pieces, so that a visitor may hash them from one block of zeros, and there are breaths between. */
export const HOLE_PIECE_BYTES = 4 * 1024 * 1024

function* readEntry(input: TarInput, headers: EntryHeadersRead, visitor: TarVisitor): Reading<void> {
  const { place } = input
  const sparse = headers.raw.type === "S" ? undefined : paxSparseHeader(headers.records)
  const name = sparse === undefined || sparse === "damaged" ? undefined : sparse.name
  const { entry, storedSize } = entryFromHeaders({ ...headers, sparseName: name }, place)
  const damaged = (): never => {
    const problem = "has a sparse map that cannot be understood"
    throw imageError("IMAGE_DAMAGED", place, {
      entry: entry.path,
      offset: entry.offset,
      problem,
      hint: HINTS.packAgain,
    })
  }
  if (sparse === "damaged" || (sparse !== undefined && entry.type !== "file")) return damaged()

  const bodyStart = input.offset
  let layout: { readonly segments: readonly DataSegment[]; readonly size: number } | undefined
  if (headers.raw.type === "S") {
    const size = oldRealSize(headers.block)
    const numbers = yield* readOldMap(input, headers.block)
    const segments = numbers === undefined || size === undefined ? undefined : toSegments(numbers, size)
    layout = segments === undefined || size === undefined ? damaged() : { segments, size }
  } else if (sparse !== undefined) {
    const map = sparse.map === "body" ? yield* readBodyMap(input, storedSize) : undefined
    const segments = sparse.map === "body" ? toSegments(map ?? [Number.NaN], sparse.realSize) : sparse.map
    layout =
      segments === undefined || (sparse.map === "body" && map === undefined)
        ? damaged()
        : { segments, size: sparse.realSize }
  }
  const mapBytes = headers.raw.type === "S" ? 0 : input.offset - bodyStart
  const dataBytes = storedSize - mapBytes
  if (layout !== undefined && storedBytes(layout.segments) !== dataBytes) damaged()

  const bodyOffset = input.offset
  const isWhole = layout === undefined || (layout.segments.length === 1 && layout.segments[0]?.length === layout.size)
  const sparseParts = layout === undefined || isWhole ? {} : { size: layout.size, segments: layout.segments }
  const wish = visitor.entry({ ...entry, ...sparseParts, bodyOffset })
  if (wish === "skip") return yield* input.skip(dataBytes + blockPadding(dataBytes), entry.path)
  const body = { visitor, name: entry.path }
  if (layout === undefined || isWhole) yield* readData(input, dataBytes, body)
  else yield* readSparse(input, layout, body)
  visitor.endOfFile()
  yield* input.skip(blockPadding(dataBytes), entry.path)
}

interface Body {
  readonly visitor: TarVisitor
  readonly name: string
}

function* readData(input: TarInput, length: number, body: Body): Reading<void> {
  let left = length
  while (left > 0) {
    if (!(yield* input.fill())) throw truncated(input.place, { entry: body.name })
    const start = input.position
    input.position = Math.min(start + left, input.chunk.length)
    left -= input.position - start
    body.visitor.data(input.chunk.subarray(start, input.position))
  }
}

function* readSparse(
  input: TarInput,
  layout: { readonly segments: readonly DataSegment[]; readonly size: number },
  body: Body,
): Reading<void> {
  let position = 0
  for (const { offset, length } of layout.segments) {
    yield* tellHole(offset - position, body.visitor)
    yield* readData(input, length, body)
    position = offset + length
  }
  yield* tellHole(layout.size - position, body.visitor)
}

function* tellHole(length: number, visitor: TarVisitor): Reading<void> {
  for (let left = length; left > 0; left -= HOLE_PIECE_BYTES) {
    visitor.hole(Math.min(left, HOLE_PIECE_BYTES))
    yield "again"
  }
}

/** After the end marker only zeros may come: what else is there would be seen by one reader and not by another. */
function* readEnd(input: TarInput, marked: boolean): Reading<void> {
  if (!marked && input.offset === 0) {
    throw imageError("IMAGE_FORMAT_UNKNOWN", input.place, { problem: "it is empty", hint: HINTS.knownFormats })
  }
  if (!marked) throw truncated(input.place, {})
  while (yield* input.fill()) {
    const rest = input.chunk.subarray(input.position)
    input.position = input.chunk.length
    if (!isAllZeros(rest)) {
      throw imageError("IMAGE_DAMAGED", input.place, {
        problem: "more bytes follow the end of the archive",
        hint: "Join archives with tar --concatenate, not with cat",
      })
    }
  }
}

function isAllZeros(bytes: Buffer): boolean {
  // A buffer is all zeros when its first byte is, and each byte equals the one before.
  return bytes.length === 0 || (bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0)
}
