import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means, zip } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { UnpackBudget } from "./unpack-budget.ts"
import { ZIP } from "./zip.ts"

function compare(a: Uint8Array, b: Uint8Array, budget?: UnpackBudget) {
  return ZIP.compare(file("a.zip", a), file("b.zip", b), means(budget))
}

test("an archive is told by the mark of a member, or of an empty directory", async () => {
  assert.ok(ZIP.fits(zip([{ name: "a", content: "x" }]), "a"))
  assert.ok(ZIP.fits(zip([]), "a"))
  assert.ok(!ZIP.fits(Buffer.from("PK\x01\x02", "latin1"), "a.zip"))
  assert.ok(!ZIP.fits(Buffer.alloc(0), "a.zip"))
  assert.equal((await compare(zip([]), zip([]))).summary, "the same 0 members")
})

test("members are compared by their own formats, and their times apart from that", async () => {
  const found = await compare(
    zip([
      { name: "d/v.json", content: '{"v": 1}' },
      { name: "t", content: "x" },
    ]),
    zip([
      { name: "d/v.json", content: '{"v": 2}' },
      { name: "t", content: "x", time: 0x58_21_60_01 },
    ]),
  )
  assert.deepEqual(found.differences, [
    { place: "d/v.json (json): $.v", a: "1", b: "2" },
    { place: "t: time", a: "2024-01-01T12:00:00.000Z", b: "2024-01-01T12:00:02.000Z" },
  ])
})

test("a mode is told where a system wrote it that has modes", async () => {
  const withMode = (system: number, mode: number): Buffer => {
    const bytes = zip([{ name: "a", content: "x" }])
    const at = bytes.indexOf("PK\x01\x02", 0, "latin1")
    bytes.writeUInt8(system, at + 5)
    bytes.writeUInt16LE(mode, at + 40)
    return bytes
  }
  assert.deepEqual((await compare(withMode(3, 0o100_644), withMode(3, 0o100_755))).differences, [
    { place: "a: mode", a: "644", b: "755" },
  ])
  assert.equal((await compare(withMode(0, 0o100_644), withMode(0, 0o100_755))).same, true)
})

test("no member takes the place of another, whatever their names are", async () => {
  const three = (first: string, last: string): Buffer =>
    zip([
      { name: "x (entry 3 of the directory)", content: first },
      { name: "x", content: "same" },
      { name: "x", content: last },
    ])
  assert.equal((await compare(three("1", "2"), three("1", "2"))).summary, "the same 3 members")
  for (const other of [three("9", "2"), three("1", "9")])
    assert.equal((await compare(three("1", "2"), other)).summary, "1 members differ")
})

test("a member that does not unpack to what the directory says is damaged", async () => {
  const bytes = zip([{ name: "a", content: "hello" }])
  const spoiled = Buffer.from(bytes)
  spoiled.writeUInt8(0x48, spoiled.indexOf("hello"))
  await assert.rejects(compare(bytes, spoiled), (error) => {
    assert.ok(error instanceof UnfitFile)
    assert.match(error.message, /^its member "a" cannot be read: its checksum is not the one in the directory$/)
    return true
  })
})

test("a directory that is cut off, or names places outside of the archive, is none", async () => {
  const bytes = zip([{ name: "a", content: "hello" }])
  const outside = Buffer.from(bytes)
  outside.writeUInt32LE(1_000_000, outside.indexOf("PK\x01\x02", 0, "latin1") + 42)
  for (const spoiled of [bytes.subarray(0, -30), outside]) await assert.rejects(compare(bytes, spoiled), UnfitFile)
})

test("what is unpacked counts, on both sides", async () => {
  const of = (text: string): Buffer => zip([{ name: "a", content: text.repeat(300) }])
  await assert.rejects(compare(of("x"), of("y"), new UnpackBudget(299)), UnfitFile)
})
