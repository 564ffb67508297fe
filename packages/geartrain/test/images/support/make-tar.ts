import type { TarEntryType } from "../../../src/packing/tar/tar-entry.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../../src/packing/tar/tar-writer.ts"

/** An entry of an archive for a test: whatever is not said is plain. */
export interface TestEntry extends Partial<Omit<WritableEntry, "size" | "type">> {
  readonly path: string
  readonly type?: TarEntryType
  readonly body?: string | Uint8Array
  /** Claims another size than the body has. */
  readonly size?: number
  /** Changes the entry's own header block; its checksum is made right again. */
  readonly change?: (block: Buffer) => void
  /** Bytes of headers before the entry's own. */
  readonly before?: Uint8Array
}

/** Packs entries, honest or not, into an archive. */
export function makeTar(entries: readonly TestEntry[], options: { readonly end?: Uint8Array } = {}): Buffer {
  return Buffer.concat([...entries.map(makeEntry), options.end ?? END_OF_ARCHIVE])
}

export function makeEntry(entry: TestEntry): Buffer {
  const body = Buffer.from(entry.body ?? "")
  const whole: WritableEntry = {
    type: "file",
    mode: entry.type === "folder" ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: 1_600_000_000,
    target: "",
    major: 0,
    minor: 0,
    xattrs: new Map(),
    ...entry,
    size: entry.size ?? body.length,
  }
  const header = encodeHeader(whole)
  if (entry.change !== undefined) changeLastBlock(header, entry.change)
  return Buffer.concat([entry.before ?? "", header, body, bodyPadding({ ...whole, size: body.length })].map(toBytes))
}

/** A header block of any type, with its body and padding: `x`, `g`, `L` and the like. */
export function makeNote(flag: string, body: string | Uint8Array): Buffer {
  return makeEntry({ path: "note", body, change: (block) => void block.write(flag, 156, "latin1") })
}

/** Records of a PAX header, each with its length. */
export function paxRecord(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${keyword}=${value}\n`
}

export function writeField(block: Buffer, offset: number, text: string): void {
  block.write(text, offset, "latin1")
}

function changeLastBlock(header: Buffer, change: (block: Buffer) => void): void {
  const block = header.subarray(header.length - 512)
  change(block)
  block.fill(0x20, 148, 156)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
}

function toBytes(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? Buffer.from(part) : part
}
