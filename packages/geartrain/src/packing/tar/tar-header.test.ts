import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BLOCK_BYTES, blockPadding, FIELDS, isZeroBlock, readHeader } from "./tar-header.ts"
import { decodeText } from "./tar-text.ts"
import { encodeHeader, type WritableEntry } from "./tar-writer.ts"

const ENTRY: WritableEntry = {
  type: "file",
  path: "bin/tool",
  mode: 0o4755,
  uid: 1000,
  gid: 100,
  mtime: 1_600_000_000,
  size: 12,
  target: "",
  major: 0,
  minor: 0,
  xattrs: new Map(),
}

/** The block with other bytes, and its checksum made right again; `signed` as some writers of old summed. */
function changed(change: (block: Buffer) => void, signed = false): Buffer {
  const block = Buffer.from(encodeHeader(ENTRY))
  change(block)
  const { offset, length } = FIELDS.checksum
  block.fill(0x20, offset, offset + length)
  const sum = block.reduce((total, byte) => total + (signed ? (byte << 24) >> 24 : byte), 0)
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, offset, "latin1")
  return block
}

test("a header that was written is read back field by field", () => {
  const header = readHeader(encodeHeader(ENTRY))
  assert.deepEqual(header, {
    type: "0",
    name: { text: "bin/tool", isUtf8: true },
    linkName: { text: "", isUtf8: true },
    mode: 0o4755,
    uid: 1000,
    gid: 100,
    size: 12,
    mtime: 1_600_000_000,
    major: 0,
    minor: 0,
    dialect: "ustar",
  })
})

test("one changed bit anywhere makes it no header", () => {
  fc.assert(
    fc.property(fc.nat(BLOCK_BYTES - 1), fc.nat(7), (index, bit) => {
      const { offset, length } = FIELDS.checksum
      fc.pre(index < offset || index >= offset + length)
      const block = Buffer.from(encodeHeader(ENTRY))
      block[index] = (block[index] as number) ^ (1 << bit)
      assert.equal(readHeader(block), undefined)
    }),
  )
  assert.equal(readHeader(Buffer.alloc(BLOCK_BYTES, 0xff)), undefined)
})

test("a checksum over signed bytes counts as well", () => {
  const name = Buffer.from("naïve")
  const block = changed((bytes) => void name.copy(bytes), true)
  assert.deepEqual(readHeader(block)?.name.text.startsWith("naïve"), true)
})

test("a name has a first part in ustar, in star a shorter one, and in GNU's and older forms none", () => {
  const prefixed = (more: (block: Buffer) => void): string | undefined =>
    readHeader(
      changed((block) => {
        block.write("usr/share", FIELDS.prefix.offset)
        more(block)
      }),
    )?.name.text
  assert.equal(
    prefixed(() => undefined),
    "usr/share/bin/tool",
  )
  assert.equal(
    prefixed((block) => void block.write("tar\0", 508, "latin1")),
    "usr/share/bin/tool",
  )
  assert.equal(
    prefixed((block) => void block.write("ustar  \0", FIELDS.magic.offset, "latin1")),
    "bin/tool",
  )
  assert.equal(
    prefixed((block) => void block.fill(0, FIELDS.magic.offset, FIELDS.magic.offset + 8)),
    "bin/tool",
  )
})

test("a name may fill its field to the last byte, without a NUL", () => {
  const longest = "n".repeat(FIELDS.name.length)
  const block = changed((bytes) => void bytes.write(longest, 0))
  assert.equal(readHeader(block)?.name.text, longest)
})

test("numbers that cannot be read are told apart from zero, and devices of writers before ustar are none", () => {
  const header = readHeader(
    changed((block) => {
      block.write("12x", FIELDS.mode.offset)
      block.fill(0, FIELDS.uid.offset, FIELDS.uid.offset + 8)
    }),
  )
  assert.equal(header?.mode, undefined)
  assert.equal(header?.uid, 0)
  const old = readHeader(
    changed((block) => {
      block.fill(0, FIELDS.magic.offset, FIELDS.magic.offset + 8)
      block.write("not a number", FIELDS.major.offset)
    }),
  )
  assert.equal(old?.dialect, "old")
  assert.equal(old.major, 0)
})

test("the end of an archive is a block of zeros and nothing else", () => {
  assert.ok(isZeroBlock(Buffer.alloc(BLOCK_BYTES)))
  for (const index of [0, 255, BLOCK_BYTES - 1]) {
    const block = Buffer.alloc(BLOCK_BYTES)
    block[index] = 1
    assert.ok(!isZeroBlock(block), String(index))
  }
})

test("padding fills the last block and never makes another", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), (size) => {
      const padding = blockPadding(size)
      assert.ok(padding >= 0 && padding < BLOCK_BYTES)
      assert.equal((size + padding) % BLOCK_BYTES, 0)
    }),
  )
})

test("text is UTF-8 or shown byte by byte, and a replacement character of its own is UTF-8", () => {
  assert.deepEqual(decodeText(Buffer.from("é�")), { text: "é�", isUtf8: true })
  assert.deepEqual(decodeText(Buffer.from([0x61, 0xff])), { text: "aÿ", isUtf8: false })
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.deepEqual(decodeText(Buffer.from(text)), { text, isUtf8: true })
    }),
  )
})
