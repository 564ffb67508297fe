import { pipeline, Readable } from "node:stream"
import { crc32, createDeflateRaw, deflateRawSync } from "node:zlib"
import { exactBytes } from "../members/exact-bytes.ts"
import { gatherChunks } from "../members/gather-chunks.ts"
import { isMemberPath } from "../members/member-path.ts"
import type { PackMember, PackMembers, PackOptions } from "../members/pack-member.ts"
import { dataDescriptor, directoryRecord, endRecords, localHeader, type ZipHead } from "./zip-records.ts"

export interface ZipOptions extends PackOptions {
  /**
   * `deflate`: what is not packed by its own format already; `store`: nothing. Stored members make the same bytes on every machine, and the size of
   * the archive is known before it is made; what deflate makes of bytes is another zlib's to change. Default `deflate`.
   */
  readonly packing?: "deflate" | "store"
}

/**
 * Packs files as zip, with zip64 where sizes ask for it. What is held is one piece of one member and some 100 bytes for each member's line in the
 * directory, which a zip has at its end.
 *
 * @throws {RangeError} for a name that is not safe, and for a member that has other than its `sizeBytes`: there is no directory then, and so no archive.
 */
export function writeZip(members: PackMembers, options: ZipOptions = {}): AsyncGenerator<Uint8Array, void> {
  return gatherChunks(zipPieces(members, options))
}

/**
 * Bytes that `writeZip` makes of these members when it stores them.
 *
 * @example
 *   storedZipBytes([]) // => 22
 */
export function storedZipBytes(members: Iterable<Pick<PackMember, "name" | "sizeBytes" | "modifiedMs">>): number {
  const directory = new Directory()
  let offset = 0
  for (const member of members) {
    const head = headOf(member, { offset, isDeflated: false })
    const tail = { crc: 0, packedBytes: head.sizeBytes }
    offset += localHeader(head).length + head.sizeBytes + dataDescriptor(head, tail).length
    directory.count++
    directory.sizeBytes += directoryRecord(head, tail).length
  }
  return offset + directory.sizeBytes + endRecords({ ...directory.totals, offset }).length
}

async function* zipPieces(members: PackMembers, options: ZipOptions): AsyncGenerator<Uint8Array, void> {
  const { signal, packing = "deflate" } = options
  const directory = new Directory()
  let offset = 0
  for await (const member of members) {
    signal?.throwIfAborted()
    if (!isMemberPath(member.name)) throw new RangeError(`${JSON.stringify(member.name)} cannot be a member's name`)
    const head = headOf(member, { offset, isDeflated: packing === "deflate" && !isPacked(member.name) })
    const header = localHeader(head)
    yield header
    let crc = 0
    let packedBytes = 0
    const checked = tap(exactBytes(member, signal), (chunk) => {
      crc = crc32(chunk, crc)
    })
    for await (const chunk of head.isDeflated ? deflate(checked, member.sizeBytes) : checked) {
      packedBytes += chunk.length
      yield chunk
    }
    const descriptor = dataDescriptor(head, { crc, packedBytes })
    yield descriptor
    directory.add(directoryRecord(head, { crc, packedBytes }))
    offset += header.length + packedBytes + descriptor.length
  }
  yield* directory.records
  yield endRecords({ ...directory.totals, offset })
}

function headOf(
  { name, sizeBytes, modifiedMs }: Pick<PackMember, "name" | "sizeBytes" | "modifiedMs">,
  place: Pick<ZipHead, "offset" | "isDeflated">,
): ZipHead {
  return { name, sizeBytes, modifiedMs, ...place }
}

/** Names of what deflate cannot make smaller. */
function isPacked(name: string): boolean {
  return /\.(gz|tgz|zip|bz2|tbz2?|xz|txz|zst|mgz|jpe?g|png|gif|webp|mp4|m4v|mov|pdf|docx|xlsx|pptx|npz|7z)$/i.test(name)
}

async function* tap(
  chunks: AsyncIterable<Uint8Array>,
  look: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    look(chunk)
    yield chunk
  }
}

/** A stream for each of many small files takes longer than their packing. */
const SMALL_BYTES = 64 * 1024

async function* deflate(chunks: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array, void> {
  if (sizeBytes <= SMALL_BYTES) {
    const whole: Uint8Array[] = []
    for await (const chunk of chunks) whole.push(Uint8Array.from(chunk))
    yield deflateRawSync(Buffer.concat(whole))
    return
  }
  const deflater = createDeflateRaw({ chunkSize: 256 * 1024 })
  // Errors of the source come out of the reading below; the callback only keeps them from being thrown twice.
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), deflater, () => undefined)
  try {
    yield* deflater as AsyncIterable<Uint8Array>
  } finally {
    deflater.destroy()
  }
}

/** The directory, in few pieces: a hundred thousand small buffers take several times their bytes. */
class Directory {
  count = 0
  sizeBytes = 0
  readonly #whole: Buffer[] = []
  #begun: Buffer[] = []

  add(record: Buffer): void {
    this.count++
    this.sizeBytes += record.length
    this.#begun.push(record)
    if (this.#begun.length < 512) return
    this.#whole.push(Buffer.concat(this.#begun))
    this.#begun = []
  }

  get records(): readonly Buffer[] {
    return [...this.#whole, ...this.#begun]
  }

  get totals(): { readonly count: number; readonly sizeBytes: number } {
    return { count: this.count, sizeBytes: this.sizeBytes }
  }
}
