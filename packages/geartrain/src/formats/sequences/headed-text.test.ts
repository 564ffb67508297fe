import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { SAM, VCF } from "./headed-text.ts"

function vcf(header: readonly string[], records: readonly string[]): string {
  return ["##fileformat=VCFv4.2", ...header, "#CHROM\tPOS", ...records, ""].join("\n")
}

function compare(a: string | Uint8Array, b: string | Uint8Array, format = VCF) {
  return format.compare(file("a", a, 5), file("b", b, 11), means())
}

test("variants are told by their first line, alignments by their name", () => {
  assert.ok(VCF.fits(Buffer.from(vcf([], [])), "a.txt"))
  assert.ok(!VCF.fits(Buffer.from("##fileformat=BCF"), "a.vcf"))
  assert.ok(SAM.fits(Buffer.from("@HD\n"), "a.sam"))
  assert.ok(!SAM.fits(Buffer.from("@HD\n"), "a.txt"))
  assert.ok(!SAM.fits(Buffer.from([0, 1]), "a.sam"))
})

test("header and records are counted apart, each from one", async () => {
  const found = await compare(vcf(["##date=1"], ["1\t5", "1\t6"]), vcf(["##date=2"], ["1\t5", "1\t7"]))
  assert.deepEqual(found.differences, [
    { place: "header line 2", a: "##date=1", b: "##date=2" },
    { place: "record 2", a: "1\t6", b: "1\t7" },
  ])
  assert.equal(
    found.summary,
    "header lines: 1 only in A, 1 only in B (of 3 and 3); records: 1 only in A, 1 only in B (of 2 and 2)",
  )
})

test("a line behind the header that begins like one is a record", async () => {
  const found = await compare("@HD\nr1\n@CO late\n", "@HD\nr1\n@CO later\n", SAM)
  assert.deepEqual(found.differences, [{ place: "record 2", a: "@CO late", b: "@CO later" }])
})

test("records that moved are only that where the header is the same, in its order too", async () => {
  const moved = await compare(vcf([], ["1\t5", "1\t6"]), vcf([], ["1\t6", "1\t5"]))
  assert.deepEqual([moved.same, moved.onlyOrder], [false, true])
  const headerToo = await compare(vcf(["##a", "##b"], ["1\t5", "1\t6"]), vcf(["##b", "##a"], ["1\t6", "1\t5"]))
  assert.equal(headerToo.onlyOrder, undefined)
  assert.equal(headerToo.summary, "the same 4 header lines, in another order; the same 2 records, in another order")
})

test("a file without header, without records, and one that ends otherwise", async () => {
  assert.equal((await compare("", "", SAM)).summary, "the same 0 header lines; the same 0 records")
  assert.equal(
    (await compare("@HD\n", "r1\n", SAM)).summary,
    "header lines: 1 only in A (of 1 and 0); records: 1 only in B (of 0 and 1)",
  )
  const found = await compare("@HD\nr1\n", "@HD\nr1", SAM)
  assert.deepEqual([found.same, found.differences.length], [false, 1])
  assert.match(found.summary, /; the last line ends otherwise$/)
})

test("records that are no UTF-8 are not compared as text", async () => {
  const broken = Buffer.concat([Buffer.from(vcf([], ["1\t5"])), Buffer.from([0xff])])
  await assert.rejects(compare(broken, vcf([], ["1\t5"])), UnfitFile)
})
