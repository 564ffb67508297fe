import assert from "node:assert/strict"
import { test } from "node:test"
import { createByteReader } from "./byte-reader.ts"
import { readTarMember, type TarMember } from "./tar-member.ts"

test("a header tells path, type and size, and nothing is lost of its bytes", async () => {
  const header = block({ name: "a/file", size: 5, type: "0" })
  const members = await read(header, Buffer.from("hello"), Buffer.alloc(507), Buffer.alloc(1024))
  assert.deepEqual(members, [
    { headers: header, path: "a/file", type: "0", bodyBytes: 5, sparse: false, xattrs: new Map() },
  ])
})

test("a path is plain, whatever slashes and dots are about it", async () => {
  for (const [name, path] of [
    ["./a/b", "a/b"],
    ["a//b/", "a/b"],
    ["./", ""],
    ["/a", "a"],
  ] as const) {
    assert.equal((await read(block({ name, type: "5" })))[0]?.path, path)
  }
})

test("a prefix, a PAX path and a GNU long name are where the path is", async () => {
  const long = "n".repeat(150)
  const pax = Buffer.from("15 path=p/axö\n")
  assert.equal((await read(block({ name: "b", prefix: "a", type: "0" })))[0]?.path, "a/b")
  assert.equal((await read(...noted("x", pax), block({ name: "b", type: "0" })))[0]?.path, "p/axö")
  assert.equal((await read(...noted("L", Buffer.from(`${long}\0`)), block({ name: "b", type: "0" })))[0]?.path, long)
})

test("a PAX size is the size, and a number that octal cannot hold is read", async () => {
  const pax = Buffer.from("20 size=99999999999\n")
  assert.equal((await readOne(...noted("x", pax), block({ name: "b", type: "0" })))?.bodyBytes, 99_999_999_999)
  const large = block({ name: "b", type: "0" })
  large[124] = 0x80
  large.writeUIntBE(0, 125, 5)
  large.writeUIntBE(10_000_000_000, 130, 6)
  assert.equal((await readOne(sealed(large)))?.bodyBytes, 10_000_000_000)
})

test("a sparse file is told, by the name that it will have", async () => {
  const sparse = Buffer.concat([record("GNU.sparse.major", "1"), record("GNU.sparse.name", "real")])
  const [member] = await read(...noted("x", sparse), block({ name: "GNUSparseFile.0", type: "0" }))
  assert.equal(member?.path, "real")
  assert.equal(member?.sparse, true)
})

test("extended attributes are told by the names that they have, bytes as they are", async () => {
  const noteOf = Buffer.concat([record("SCHILY.xattr.user.a%3Db%25", "x"), record("SCHILY.xattr.user.empty", "")])
  const member = await readOne(...noted("x", noteOf), block({ name: "a", type: "0" }))
  assert.deepEqual(
    [...(member?.xattrs ?? [])].map(([name, value]) => [name, value.toString("hex")]),
    [
      ["user.a=b%", "78"],
      ["user.empty", ""],
    ],
  )
})

test("links, folders, devices and pipes have no body, whatever size they claim", async () => {
  for (const type of ["1", "2", "3", "4", "5", "6"]) {
    assert.equal((await readOne(block({ name: "a", type, size: 99 })))?.bodyBytes, 0)
  }
})

test("bytes that are no tar are a bug or damage, and refused", async () => {
  const wrongSum = block({ name: "a", type: "0" })
  wrongSum[0] = 0x62
  for (const [says, ...chunks] of [
    [/wrong checksum/, wrongSum],
    [/ends within a header/, block({ name: "a", type: "0" }).subarray(0, 100)],
    [/ends within a header/, ...noted("x", record("path", "a")).slice(0, 1)],
    [/ends within a header/, ...noted("x", record("path", "a"))],
    [/has the path/, block({ name: "a/../../b", type: "0" })],
    [/has no length/, ...noted("x", Buffer.from("nonsense")), block({ name: "a", type: "0" })],
    [/has no length/, ...noted("x", Buffer.from("999 path=a\n")), block({ name: "a", type: "0" })],
    [/A size of the tar reads/, ...noted("x", record("size", "-1")), block({ name: "a", type: "0" })],
    [/more than 8388608 bytes of notes/, block({ name: "x", type: "x", size: 9_000_000 })],
  ] as const) {
    await assert.rejects(
      read(...chunks),
      (error) => error instanceof RangeError && says.test(error.message),
      String(says),
    )
  }
})

async function read(...chunks: readonly Uint8Array[]): Promise<readonly TarMember[]> {
  const reader = createByteReader(source(chunks))
  const members: TarMember[] = []
  for (;;) {
    const member = await readTarMember(reader)
    if (member === undefined) return members
    members.push(member)
    await reader.exactly(Math.ceil(member.bodyBytes / 512) * 512)
  }
}

function readOne(...chunks: readonly Uint8Array[]): Promise<TarMember | undefined> {
  return readTarMember(createByteReader(source(chunks)))
}

/** One byte in a piece of its own, so that nothing hangs on how bytes come. */
async function* source(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const whole = Buffer.concat(chunks)
  yield whole.subarray(0, 1)
  yield new Uint8Array()
  yield whole.subarray(1, 700)
  yield whole.subarray(700)
}

function noted(type: string, body: Uint8Array): readonly Uint8Array[] {
  return [block({ name: "note", type, size: body.length }), body, Buffer.alloc((512 - (body.length % 512)) % 512)]
}

function record(keyword: string, value: string): Buffer {
  const rest = ` ${keyword}=${value}\n`
  const length = rest.length + String(rest.length + 2).length
  return Buffer.from(`${length}${rest}`)
}

interface Fields {
  readonly name: string
  readonly prefix?: string
  readonly size?: number
  readonly type: string
}

function block({ name, prefix = "", size = 0, type }: Fields): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write("0000644\0", 100)
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124)
  header.write(type, 156)
  header.write("ustar\x0000", 257)
  header.write(prefix, 345)
  return sealed(header)
}

function sealed(header: Buffer): Buffer {
  header.fill(" ", 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return header
}
