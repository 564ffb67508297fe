import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means, pdf } from "../../../test/formats/sample-files.ts"
import { PDF } from "./pdf.ts"

function compare(a: string, b: string) {
  return PDF.compare(file("a.pdf", Buffer.from(a, "latin1")), file("b.pdf", Buffer.from(b, "latin1")), means())
}

function document(...lines: readonly string[]): string {
  return `%PDF-1.4\n${lines.join("\n")}\n`
}

test("a document is told by its first bytes", () => {
  assert.ok(PDF.fits(Buffer.from(pdf("2026", "page")), "anything"))
  assert.ok(!PDF.fits(Buffer.from(" %PDF-1.4"), "a.pdf"))
})

test("times and ids are told by their fields, and the pages apart from them", async () => {
  const found = await compare(pdf("2026", "page"), pdf("2027", "rage"))
  const at = pdf("", "page").indexOf("page") - "(D:)".length
  assert.deepEqual(found.differences, [
    { place: "CreationDate", a: "(D:2026)", b: "(D:2027)" },
    { place: "ID", a: "[<2026> <2026>]", b: "[<2027> <2027>]" },
    { place: `beside the metadata: offset ${at - "(A \\(small\\) one)".length}`, a: "70", b: "72" },
  ])
  assert.match(found.summary, /^2 fields of the metadata differ; beside them 1 bytes differ/)
})

test("a value of another length moves nothing else, whatever letters it has", async () => {
  for (const [one, two] of [
    ["2026", "now"],
    ["a", "xmp:CreateDate"],
    ["", "x"],
    ["$&", "$1"],
  ]) {
    const found = await compare(
      document(`<xmp:CreateDate>${one}</xmp:CreateDate>`, "page"),
      document(`<xmp:CreateDate>${two}</xmp:CreateDate>`, "page"),
    )
    assert.deepEqual(found.differences, [
      { place: "xmp:CreateDate", ...(one === undefined ? {} : { a: one }), ...(two === undefined ? {} : { b: two }) },
    ])
    assert.match(found.summary, /^1 fields of the metadata differ; beside them the same /)
  }
})

test("values of one name keep their places: nothing moves from one to the next unseen", async () => {
  const of = (...values: readonly string[]): string => document(...values.map((value) => `<xmp:ModifyDate>${value}<`))
  assert.equal((await compare(of("a", "b"), of("a", "b"))).same, true)
  for (const [one, two] of [
    [of("a", "b"), of("b", "a")],
    [of("a b", "c"), of("a", "b c")],
    [of("a"), of("a", "a")],
  ] as const)
    assert.equal((await compare(one, two)).same, false)
})

test("escaped parentheses belong to a text; one that does not end, or is far too long, is none", async () => {
  const title = (text: string): string => document(`/Title (${text}) /Other`)
  const found = await compare(title("A \\(small\\) one"), title("B"))
  assert.deepEqual(found.differences, [{ place: "Title", a: "(A \\(small\\) one)", b: "(B)" }])
  const long = await compare(title("x".repeat(1001)), title("y".repeat(1001)))
  assert.match(long.summary, /^the same metadata; beside them 1001 bytes differ/)
  const endless = await compare(document("/Title (a"), document("/Title (b"))
  assert.equal(endless.summary, "the same metadata; beside them 1 bytes differ, the first at offset 17")
})

test("every byte counts, those that are no text too", async () => {
  assert.equal((await compare(document("\xff"), document("\xfe"))).same, false)
})
