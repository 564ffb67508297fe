import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { type EntryHeaders, entryFromHeaders } from "./entry-from-headers.ts"
import { encodePaxRecords } from "./pax-records.ts"
import { type Headers, readHeaders } from "./read-headers.ts"
import { FIELDS } from "./tar-header.ts"
import { TarInput } from "./tar-input.ts"
import { bodyPadding, encodeHeader, type WritableEntry } from "./tar-writer.ts"

const PLACE = { reference: "a.tar" }
const FILE: WritableEntry = {
  type: "file",
  path: "short",
  mode: 0o644,
  uid: 1,
  gid: 2,
  mtime: 3,
  size: 0,
  target: "",
  major: 0,
  minor: 0,
  xattrs: new Map(),
}

function changed(block: Buffer, change: (block: Buffer) => void): Buffer {
  change(block)
  block.fill(0x20, FIELDS.checksum.offset, FIELDS.checksum.offset + FIELDS.checksum.length)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, FIELDS.checksum.offset, "latin1")
  return block
}

function note(flag: string, body: string | Uint8Array, size?: string): Buffer {
  const bytes = Buffer.from(body)
  const header = changed(encodeHeader({ ...FILE, size: bytes.length }), (block) => {
    block.write(flag, FIELDS.type.offset, "latin1")
    if (size !== undefined) block.write(size, FIELDS.size.offset)
  })
  return Buffer.concat([header, bytes, bodyPadding({ ...FILE, size: bytes.length })])
}

function records(...pairs: readonly (readonly [string, string])[]): Buffer {
  return encodePaxRecords(pairs.map(([key, value]) => [key, Buffer.from(value)]))
}

function read(...parts: readonly Buffer[]): Headers {
  const reading = readHeaders(new TarInput(PLACE), new Map())
  let step = reading.next()
  const waiting = [Buffer.concat(parts)]
  while (step.done !== true) step = reading.next(waiting.shift())
  return step.value
}

function entryOf(headers: Headers) {
  assert.equal(headers.kind, "entry")
  return entryFromHeaders(headers as EntryHeaders, PLACE).entry
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    assert.ok(isGeartrainError(error), String(error))
    return `${error.code}: ${error.message.slice('Cannot read image "a.tar": '.length)}`
  }
  return "none"
}

const header = (): Buffer => encodeHeader(FILE)

test("PAX records count before GNU's long names, and those before the header", () => {
  const gnu = note("L", "from GNU\0")
  const pax = note("x", records(["path", "from PAX"]))
  assert.equal(entryOf(read(header())).path, "short")
  assert.equal(entryOf(read(gnu, header())).path, "from GNU")
  assert.equal(entryOf(read(pax, gnu, header())).path, "from PAX")
  assert.equal(entryOf(read(gnu, pax, header())).path, "from PAX")
})

test("the label of a volume is passed over, and an end in the middle of headers is one of the archive", () => {
  assert.equal(entryOf(read(note("V", ""), header())).path, "short")
  assert.deepEqual(read(Buffer.alloc(512)), { kind: "end", globals: new Map(), marked: true })
  assert.deepEqual(read(), { kind: "end", globals: new Map(), marked: false })
  assert.match(
    refusal(() => read(note("L", "name"), Buffer.alloc(512))),
    /^IMAGE_TRUNCATED/,
  )
})

test("records for all entries give owners and times, and neither names, sizes nor attributes", () => {
  const globals = note(
    "g",
    records(
      ["uid", "7"],
      ["path", "everything"],
      ["size", "99"],
      ["SCHILY.xattr.user.a", "x"],
      ["GNU.sparse.major", "1"],
    ),
  )
  const found = read(globals, header())
  const entry = entryOf(found)
  assert.deepEqual([entry.path, entry.size, entry.uid, entry.xattrs.size], ["short", 0, 7, 0])
  assert.deepEqual([...found.globals.keys()], ["uid"])
  const own = entryOf(read(globals, note("x", records(["uid", "8"])), header()))
  assert.equal(own.uid, 8)
})

test("an empty record takes back what a record for all entries gave", () => {
  assert.equal(entryOf(read(note("g", records(["uid", "7"])), note("x", records(["uid", ""])), header())).uid, 1)
})

test("headers without end, and one of more bytes than any honest one, are refused before they are read", () => {
  assert.match(
    refusal(() => read(...Array.from({ length: 40 }, () => note("x", records(["uid", "1"]))), header())),
    /^IMAGE_METADATA_TOO_LARGE: there are more than 16 headers/,
  )
  assert.match(
    refusal(() => read(note("x", "", "77777777777"), header())),
    /^IMAGE_METADATA_TOO_LARGE: the extended header at byte 512 has 8589934591 bytes/,
  )
  assert.match(
    refusal(() => read(note("x", "not records"), header())),
    /^IMAGE_DAMAGED: the extended header/,
  )
})

test("what begins without a header is no archive, and later it is damage", () => {
  assert.match(
    refusal(() => read(Buffer.alloc(512, "x"))),
    /^IMAGE_FORMAT_UNKNOWN: it is no tar archive/,
  )
  assert.match(
    refusal(() => read(note("V", ""), Buffer.alloc(512, "x"))),
    /^IMAGE_DAMAGED: there is no header with a right checksum at byte 512/,
  )
})

const refusalWith = (...pairs: readonly (readonly [string, string])[]) =>
  refusal(() => entryOf(read(note("x", records(...pairs)), header())))

test("a record that is there and wrong is a fault, and never a reason to take the header's own field", () => {
  assert.match(refusalWith(["size", "-1"]), /has a size that cannot be read$/)
  assert.match(refusalWith(["uid", "1e3"]), /has a user id that cannot be read$/)
  assert.match(refusalWith(["gid", "4294967295"]), /has an owner of 1:4294967295, which Linux cannot hold$/)
  assert.match(refusalWith(["mtime", "yesterday"]), /has a time that cannot be read$/)
  assert.match(refusalWith(["path", "a\0b"]), /^IMAGE_NAME_INVALID: .*NUL/)
})

test("names that are not UTF-8, types that no filesystem has, and bodies of what has none are refused", () => {
  const of = (change: (block: Buffer) => void) => refusal(() => entryOf(read(changed(header(), change))))
  assert.match(
    of((block) => void block.write("\xff", 0, "latin1")),
    /^IMAGE_NAME_NOT_UTF8/,
  )
  assert.match(
    of((block) => void block.write("D", FIELDS.type.offset)),
    /^IMAGE_ENTRY_UNSUPPORTED: .*is of type "D"/,
  )
  assert.match(
    of((block) => {
      block.write("5", FIELDS.type.offset)
      block.write("00000000005", FIELDS.size.offset)
    }),
    /^IMAGE_DAMAGED: .*is a folder and has a size of 5$/,
  )
  assert.match(
    of((block) => void block.write("2", FIELDS.type.offset)),
    /^IMAGE_NAME_INVALID: .*has an empty target$/,
  )
  assert.match(
    of((block) => void block.fill(0, 0, 100)),
    /^IMAGE_NAME_INVALID: .*has an empty name$/,
  )
})

test("a plain file whose name ends in a slash is a folder, as before POSIX; a hard link has no body whatever its size says", () => {
  const of = (change: (block: Buffer) => void) => entryOf(read(changed(header(), change)))
  assert.equal(of((block) => void block.write("short/\0", 0)).type, "folder")
  const link = of((block) => {
    block.write("1", FIELDS.type.offset)
    block.write("target", FIELDS.linkName.offset)
    block.write("00000000005", FIELDS.size.offset)
  })
  assert.deepEqual([link.type, link.target, link.size], ["hard-link", "target", 0])
})
