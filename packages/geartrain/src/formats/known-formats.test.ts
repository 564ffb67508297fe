import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync } from "node:zlib"
import { bam, nifti, zip } from "../../test/formats/sample-files.ts"
import { makeTar } from "../../test/images/support/make-tar.ts"
import { FORMATS } from "./known-formats.ts"

/** The format that a file with this name and content is read as. */
function formatOf(name: string, content: string | Uint8Array): string | undefined {
  return FORMATS.find((format) => format.fits(Buffer.from(content as Uint8Array), name))?.name
}

test("of the formats that a file fits, the most particular reads it", () => {
  const packed = gzipSync(bam("@HD\n", [["read", 5]]))
  assert.equal(formatOf("a.bam", packed), "bam")
  assert.equal(formatOf("a.gz", packed), "gzip")
  assert.equal(formatOf("a.nii.gz", gzipSync(nifti({ values: [1, 2] }))), "gzip")
  assert.equal(formatOf("a.txt", "##fileformat=VCFv4.2\n"), "vcf")
  assert.equal(formatOf("a.csv", "x,y\n"), "csv")
  assert.equal(formatOf("a.json", "not json at all"), "json")
  assert.equal(formatOf("a.npz", zip([{ name: "a.npy", content: "" }])), "zip")
})

test("an archive whose first member is a picture or a document is an archive", () => {
  const named = (path: string): string | undefined => formatOf("a", makeTar([{ path, body: "x" }]))
  for (const path of ["a.json", "PK", "x/y.png"]) assert.equal(named(path), "tar", path)
})

test("every name is one word of its own, by which results are kept", () => {
  const names = FORMATS.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.match(name, /^[a-z][a-z0-9]*$/)
})

test("nothing at all, and what has no format, is told to be text or nothing", () => {
  assert.equal(formatOf("a.png", ""), "text")
  assert.equal(formatOf("a", Uint8Array.of(0, 1, 2)), undefined)
  // No reader may look beyond the bytes that there are.
  for (let length = 0; length < 600; length += 1)
    assert.equal(formatOf("a", Buffer.alloc(length)), length === 0 ? "text" : undefined)
})
