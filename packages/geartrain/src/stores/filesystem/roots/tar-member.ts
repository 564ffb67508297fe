import type { ByteReader } from "./byte-reader.ts"

/**
 * One member of a tar: the little that has to be known of it to part its headers from its body. What the rest of the headers says is for
 * the programs that the bytes are handed to.
 */
export interface TarMember {
  /** All blocks before the body, as they came: PAX and GNU notes, and the header itself. */
  readonly headers: Uint8Array
  /** Relative to the root, without `./` before or `/` behind. */
  readonly path: string
  /** One letter: `0` file, `1` hard link, `2` link, `3` and `4` devices, `5` folder, `6` pipe. */
  readonly type: string
  /** Bytes of the body, without what fills its last block. */
  readonly bodyBytes: number
  /** The body is a map of holes and then the data between, instead of the bytes of the file. */
  readonly sparse: boolean
  /** Extended attributes by name, as they were noted for this member. */
  readonly xattrs: ReadonlyMap<string, Buffer>
}

export const BLOCK_BYTES = 512

/** Notes of one member: a 64 KiB attribute or two, or the map of a very sparse file. */
const MOST_NOTE_BYTES = 8 * 1024 * 1024

/**
 * Reads up to the next body.
 *
 * @returns undefined at the end mark, or when the bytes end where a member would begin.
 * @throws {RangeError} when the bytes are no POSIX tar: they come from this program, so that is a bug or damage.
 * @see POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"
 */
export async function readTarMember(reader: ByteReader): Promise<TarMember | undefined> {
  const blocks: Uint8Array[] = []
  const notes = new Map<string, string>()
  const xattrs = new Map<string, Buffer>()
  let notedBytes = 0
  for (;;) {
    const block = Buffer.from(await reader.exactly(BLOCK_BYTES))
    if (block.length === 0 && blocks.length === 0) return undefined
    if (block.length < BLOCK_BYTES) throw new RangeError("The tar ends within a header")
    if (blocks.length === 0 && block.every((byte) => byte === 0)) return undefined
    checkSum(block)
    blocks.push(block)
    const type = String.fromCharCode(block[156] ?? 0)
    const sizeBytes = numberField(block, 124, 12)
    if (!NOTES.has(type)) return { ...member(blocks, type, { sizeBytes, notes }), xattrs }
    notedBytes += sizeBytes
    if (notedBytes > MOST_NOTE_BYTES)
      throw new RangeError(`A tar member has more than ${MOST_NOTE_BYTES} bytes of notes`)
    const body = Buffer.from(await reader.exactly(padded(sizeBytes)))
    if (body.length < padded(sizeBytes)) throw new RangeError("The tar ends within a header")
    blocks.push(body)
    readNote(type, body.subarray(0, sizeBytes), { notes, xattrs })
  }
}

/** Bytes with those that fill the last block. */
export function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
}

/** PAX for one member, PAX for all that follow, and GNU's long name and link target. */
const NOTES = new Set(["x", "g", "L", "K"])

function member(
  blocks: readonly Uint8Array[],
  type: string,
  noted: { readonly sizeBytes: number; readonly notes: ReadonlyMap<string, string> },
): Omit<TarMember, "xattrs"> {
  const { notes } = noted
  const header = blocks.at(-1) as Buffer
  const sparse = notes.has("GNU.sparse.major") || type === "S"
  const hasBody = type === "0" || type === "\0" || type === "7" || type === "S"
  const size = notes.get("size")
  const bodyBytes = size === undefined ? noted.sizeBytes : parseSize(size)
  return {
    headers: Buffer.concat(blocks),
    path: plainPath(notes.get("GNU.sparse.name") ?? notes.get("path") ?? notes.get("long name") ?? nameField(header)),
    type: hasBody ? "0" : type,
    bodyBytes: hasBody ? bodyBytes : 0,
    sparse,
  }
}

function readNote(
  type: string,
  body: Buffer,
  { notes, xattrs }: { readonly notes: Map<string, string>; readonly xattrs: Map<string, Buffer> },
): void {
  if (type === "L") notes.set("long name", body.toString("utf8").split("\0")[0] ?? "")
  if (type !== "x") return
  let position = 0
  while (position < body.length) {
    const space = body.indexOf(0x20, position)
    const length = Number(body.toString("latin1", position, space))
    if (space < 0 || !Number.isInteger(length) || length < 5 || position + length > body.length) {
      throw new RangeError("A PAX record of the tar has no length")
    }
    const record = body.subarray(space + 1, position + length - 1)
    const equals = record.indexOf(0x3d)
    const keyword = record.toString("utf8", 0, equals)
    if (KEYWORDS.has(keyword)) notes.set(keyword, record.toString("utf8", equals + 1))
    if (keyword.startsWith(XATTR)) xattrs.set(plainName(keyword.slice(XATTR.length)), record.subarray(equals + 1))
    position += length
  }
}

const XATTR = "SCHILY.xattr."

/** GNU tar escapes what would end a keyword. @see GNU tar, src/xheader.c, xattr_encode_keyword */
function plainName(name: string): string {
  return name.replaceAll("%3D", "=").replaceAll("%25", "%")
}

const KEYWORDS = new Set(["path", "size", "GNU.sparse.major", "GNU.sparse.name"])

function checkSum(block: Buffer): void {
  let sum = 0
  for (let index = 0; index < BLOCK_BYTES; index++) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] as number)
  }
  if (sum !== numberField(block, 148, 8)) throw new RangeError("A header of the tar has a wrong checksum")
}

/** Octal, or big-endian after a byte of 0x80, as GNU tar writes what octal cannot hold. */
function numberField(block: Buffer, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length)
  if (field[0] === 0x80) return Number(field.subarray(1).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n))
  const digits = field.toString("latin1").replace(/^ +|[\0 ]+$/g, "")
  if (!/^[0-7]*$/.test(digits)) throw new RangeError(`A number of the tar reads ${JSON.stringify(digits)}`)
  return digits === "" ? 0 : Number.parseInt(digits, 8)
}

function parseSize(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw new RangeError(`A size of the tar reads ${JSON.stringify(text)}`)
  return Number(text)
}

function nameField(header: Buffer): string {
  const name = textField(header, 0, 100)
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? textField(header, 345, 155) : ""
  return prefix === "" ? name : `${prefix}/${name}`
}

function textField(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.toString("utf8", 0, end < 0 ? length : end)
}

function plainPath(path: string): string {
  const plain = path.split("/").filter((name) => name !== "" && name !== ".")
  if (plain.includes("..")) throw new RangeError(`The tar has the path ${JSON.stringify(path)}`)
  return plain.join("/")
}
