import assert from "node:assert/strict"
import { test } from "node:test"
import { constants, gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { encode } from "jpeg-js"
import { PNG } from "pngjs"
import { bam, dicom, file, fits, nifti, npy, pdf, pixels, zip } from "../../test/formats/sample-files.ts"
import { makeTar } from "../../test/images/support/make-tar.ts"
import { compareFiles } from "./compare-files.ts"
import type { FileComparison } from "./file-comparison.ts"

type Content = string | Uint8Array

/** Compares two contents under one name. */
function compare(name: string, a: Content, b: Content): Promise<FileComparison> {
  return compareFiles(file(name, a), file(name, b))
}

function png(width: number, height: number, deflateLevel = 9, odd?: readonly number[]): Buffer {
  const picture = new PNG({ width, height })
  picture.data = pixels(width, height, odd)
  return PNG.sync.write(picture, { deflateLevel })
}

/** A file of each format, and one that says the same in other bytes where the format knows such a thing. */
const SAMPLES: readonly {
  readonly name: string
  readonly format: string
  readonly content: Content
  readonly alike?: Content
}[] = [
  { name: "a.txt", format: "text", content: "one\ntwo\n" },
  { name: "a.json", format: "json", content: '{"a": [1, 2.0], "b": null}', alike: '{"b":null,"a":[1.0,2]}' },
  { name: "a.csv", format: "csv", content: "x,y\n1,2\n" },
  { name: "a.tsv", format: "tsv", content: "x\ty\n1\t2\n" },
  { name: "a.vcf", format: "vcf", content: "##fileformat=VCFv4.2\n#CHROM\tPOS\n1\t5\n" },
  { name: "a.sam", format: "sam", content: "@HD\tVN:1.6\nread\t0\tchr1\t5\n" },
  {
    name: "a.bam",
    format: "bam",
    content: gzipSync(bam("@HD\n", [["read", 5]])),
    alike: gzipSync(bam("@HD\n", [["read", 5]]), { level: 1 }),
  },
  { name: "a.nii", format: "nifti", content: nifti({ values: [1, 2, 3, 4] }) },
  { name: "a.npy", format: "npy", content: npy([[1, 2]]) },
  { name: "a.fits", format: "fits", content: fits([1, 2]) },
  { name: "a.zip", format: "zip", content: zip([{ name: "in.txt", content: "x" }]) },
  {
    name: "a.txt.gz",
    format: "gzip of text",
    content: gzipSync("text\n".repeat(100)),
    alike: gzipSync("text\n".repeat(100), { level: 1 }),
  },
  {
    name: "a.txt.zst",
    format: "zstd of text",
    content: zstdCompressSync("text\n".repeat(100)),
    alike: zstdCompressSync("text\n".repeat(100), { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  },
  {
    name: "a.tar",
    format: "tar",
    content: makeTar([{ path: "d/v.json", body: '{"v": 1}' }]),
    alike: makeTar([{ path: "./d/v.json", body: '{"v":1 }' }]),
  },
  { name: "a.png", format: "png", content: png(3, 2), alike: png(3, 2, 1) },
  { name: "a.jpg", format: "jpeg", content: encode({ width: 3, height: 2, data: pixels(3, 2) }, 80).data },
  { name: "a.dcm", format: "dicom", content: dicom("Doe^J", [1, 2]) },
  { name: "a.pdf", format: "pdf", content: pdf("2026", "page") },
  { name: "a.bin", format: "bytes", content: Uint8Array.from([0, 1, 2]) },
]

/** Formats in which no byte can be changed in these samples without changing what the file says. */
const EVERY_BYTE_COUNTS = new Set(["bytes", "text", "csv", "tsv", "vcf", "sam", "json", "pdf", "png", "zstd of text"])

for (const { name, format, content, alike } of SAMPLES) {
  test(`${format}: a file is like itself, and like one that says the same`, async () => {
    for (const other of [content, alike ?? content]) {
      const found = await compare(name, content, other)
      // Of equal bytes only the outermost format is told.
      assert.equal(found.format, other === content ? format.split(" of ")[0] : format)
      assert.equal(found.same, true, JSON.stringify(found))
      assert.deepEqual(found.differences, [])
    }
  })

  test(`${format}: whatever byte is damaged or cut off, there is an answer, and in time`, async () => {
    const bytes = Buffer.from(content as Uint8Array)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, value, isCut) => {
        const spoiled = isCut ? bytes.subarray(0, at) : Buffer.from(bytes)
        if (!isCut) spoiled[at] = value
        const found = await compare(name, bytes, spoiled)
        if (Buffer.compare(bytes, spoiled) === 0) assert.equal(found.same, true)
        else if (found.same) {
          assert.ok(!EVERY_BYTE_COUNTS.has(found.format), `${found.format} at ${at}: ${found.summary}`)
          assert.match(found.summary, /; other bytes, which mean the same$/)
        }
        assert.ok(found.summary !== "")
      }),
      { numRuns: 100, seed: 7 },
    )
  })
}

test("text: lines that moved are told apart from lines that changed", async () => {
  const moved = await compare("a.txt", "1\n2\n3\n", "3\n1\n2\n")
  assert.equal(moved.same, false)
  assert.equal(moved.onlyOrder, true)
  assert.equal(moved.summary, "the same 3 lines, in another order")
  const changed = await compare("a.txt", "DATE 1\nx\n", "DATE 2\nx\n")
  assert.deepEqual(changed.differences, [{ place: "line 1", a: "DATE 1", b: "DATE 2" }])
  const added = await compare("a.txt", "1\n2\n", "1\nnew\n2\n")
  assert.equal(added.summary, "lines: 1 only in B (of 2 and 3)")
})

test("text: only so many differences are kept, and the others are counted", async () => {
  const lines = (word: string): string => Array.from({ length: 100 }, (_, index) => `${word} ${index}`).join("\n")
  const found = await compare("a.txt", lines("a"), lines("b"))
  assert.equal(found.differences.length, 20)
  assert.equal(found.omitted, 80)
})

test("text: the end of the last line counts, and so does every byte that is no letter", async () => {
  const cut = await compare("a.txt", "1\n2\n", "1\n2")
  assert.deepEqual(cut.differences, [{ place: "end of the last line", a: "a line feed", b: "none" }])
  assert.equal(cut.summary, "the same 2 lines; the last one ends otherwise")
  assert.equal((await compare("a.csv", "x\n1\n", "x\n1")).same, false)
  const late = (byte: number): Buffer => Buffer.concat([Buffer.alloc(9000, "line\n"), Buffer.from([byte])])
  const odd = await compare("a.txt", late(0xff), late(0xfe))
  assert.equal(odd.same, false)
  assert.match(odd.summary, /; compared as bytes, since one is no readable text: it is not UTF-8$/)
})

test("zip: a member whose checksum lies is damaged, and none of two equal ones", async () => {
  const honest = zip([{ name: "in.txt", content: "same" }])
  const lying = Buffer.from(honest)
  lying.writeUInt32LE(1, lying.indexOf("PK\x01\x02", 0, "latin1") + 16)
  const found = await compare("a.zip", honest, lying)
  assert.equal(found.format, "bytes")
  assert.match(found.summary, /its member "in.txt" cannot be read: its checksum is not the one in the directory$/)
})

test("json: values are told by their path, and numbers by how far they are apart", async () => {
  const found = await compare(
    "a.json",
    '{"a": {"b c": [1, 2]}, "n": 1.0}',
    '{"a": {"b c": [1, 3]}, "m": true, "n": 1.5}',
  )
  assert.deepEqual(found.differences, [
    { place: '$.a["b c"][1]', a: "2", b: "3" },
    { place: "$.n", a: "1", b: "1.5" },
    { place: "$.m", b: "true" },
  ])
  assert.deepEqual(found.numbers, { compared: 3, differing: 2, largestAbsolute: 1, largestRelative: 1 / 3 })
})

test("json: whole numbers too long for a double are not taken for equal", async () => {
  assert.equal((await compare("a.json", "[9007199254740993]", "[9007199254740992]")).same, false)
})

test("csv: cells are told by row and title, with the largest error", async () => {
  const found = await compare("a.csv", 'id,"a, b"\n1,2.5\n2,7\n', 'id,"a, b"\n1,2.500001\n2,7\n')
  assert.equal(
    found.summary,
    "1 of 3 rows differ, in 1 cells; 1 of 2 numbers differ, by 0.000001 at most (relative 4e-7)",
  )
  assert.deepEqual(found.differences, [{ place: "row 2, a, b", a: "2.5", b: "2.500001" }])
  assert.equal((await compare("a.csv", "x\n1\n2\n", "x\n2\n1\n")).onlyOrder, true)
})

test("vcf: what the header says of times is told apart from the records", async () => {
  const vcf = (date: string, quality: number): string =>
    `##fileformat=VCFv4.2\n##fileDate=${date}\n#CHROM\tPOS\n1\t5\t${quality}\n`
  const dates = await compare("calls.vcf", vcf("1", 3), vcf("2", 3))
  assert.equal(dates.summary, "header lines: 1 only in A, 1 only in B (of 3 and 3); the same 1 records")
  assert.equal((await compare("calls.vcf", vcf("1", 3), vcf("1", 4))).differences[0]?.place, "record 1")
})

test("bam: records in another order are the same records", async () => {
  const [a, b] = [
    bam("@HD\n", [
      ["r1", 5],
      ["r2", 6],
    ]),
    bam("@HD\n", [
      ["r2", 6],
      ["r1", 5],
    ]),
  ]
  const found = await compare("a.bam", gzipSync(a), gzipSync(b))
  assert.equal(found.onlyOrder, true)
  assert.equal(found.summary, "the same 2 header lines; the same 2 records, in another order")
  const other = await compare(
    "a.bam",
    gzipSync(a),
    gzipSync(
      bam("@PG\n", [
        ["r1", 5],
        ["r2", 7],
      ]),
    ),
  )
  assert.deepEqual(
    other.differences.map(({ place }) => place),
    ["header line 1", "record 2"],
  )
  assert.match(other.differences[1]?.a ?? "", /^r2 flag 0 at 0:7, 35 bytes$/)
})

test("nifti: the header is told apart from the voxels, and voxels are scaled", async () => {
  const a = nifti({ values: [1, 2, 3, 4], description: "by one", slope: 0.5 })
  const found = await compare("a.nii", a, nifti({ values: [1, 2, 3, 6], description: "by two", slope: 0.5 }))
  assert.deepEqual(found.differences, [
    { place: "descrip", a: '"by one"', b: '"by two"' },
    { place: "voxel 1,1", a: "2", b: "3" },
  ])
  assert.deepEqual(found.numbers, { compared: 4, differing: 1, largestAbsolute: 1, largestRelative: 1 / 3 })
  const packed = await compare(
    "a.nii.gz",
    gzipSync(a),
    gzipSync(nifti({ values: [1, 2, 3, 4], description: "by one", slope: 0.5, extension: Buffer.alloc(16, 1) })),
  )
  assert.equal(packed.format, "gzip of nifti")
  assert.deepEqual(
    packed.differences.map(({ place }) => place),
    ["vox_offset", "extensions"],
  )
  const big = await compare(
    "a.nii",
    nifti({ values: [1, 2, 3, 4], bigEndian: true }),
    nifti({ values: [1, 2, 3, 6], bigEndian: true }),
  )
  assert.deepEqual(big.numbers, { compared: 4, differing: 1, largestAbsolute: 2, largestRelative: 1 / 3 })
})

test("npy: a value is told by its index, in either order of the axes", async () => {
  for (const fortran of [false, true]) {
    const found = await compare(
      "a.npy",
      npy(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        { fortran },
      ),
      npy(
        [
          [1, 2, 3],
          [4, 5.5, 6],
        ],
        { fortran },
      ),
    )
    assert.deepEqual(found.differences, [{ place: "[1, 1]", a: "5", b: "5.5" }])
  }
  assert.equal((await compare("a.npy", npy([[1]]), npy([[1, 2]]))).same, false)
})

test("fits: cards and pixels", async () => {
  const found = await compare(
    "a.fits",
    fits([1, 2], ["DATE    = 'one'", "COMMENT a"]),
    fits([1, 2.5], ["DATE    = 'two'", "COMMENT a"]),
  )
  assert.deepEqual(found.differences, [
    { place: "part 0 DATE", a: "= 'one'", b: "= 'two'" },
    { place: "part 0 pixel 1", a: "2", b: "2.5" },
  ])
})

test("zip: members by their own formats, and their times", async () => {
  const a = zip([
    { name: "d/x.json", content: '{"v": 1}' },
    { name: "gone", content: "" },
  ])
  const b = zip([{ name: "d/x.json", content: '{"v": 2}', time: 0x58_21_60_02 }])
  const found = await compare("a.zip", a, b)
  assert.equal(found.summary, "1 members are in one only; 1 members differ; 1 members have another time")
  assert.deepEqual(
    found.differences.map(({ place }) => place),
    ["d/x.json (json): $.v", "d/x.json: time", "gone"],
  )
})

test("gzip: what the compressor wrote is told, and changes nothing of what the file says", async () => {
  const [a, b] = [gzipSync("text\n".repeat(10)), gzipSync("text\n".repeat(10))]
  b.writeUInt32LE(1_700_000_000, 4)
  const found = await compare("a.gz", a, b)
  assert.equal(found.same, true)
  assert.deepEqual(found.differences, [{ place: "gzip time", a: "none", b: "2023-11-14T22:13:20.000Z" }])
})

test("bytes: ranges by their offset, and which is longer", async () => {
  const found = await compare("a", Uint8Array.from([0, 1, 2, 3]), Uint8Array.from([0, 9, 2, 3, 4]))
  assert.equal(found.summary, "1 bytes differ, the first at offset 1; B is longer")
  assert.deepEqual(found.differences, [
    { place: "offset 1", a: "01", b: "09" },
    { place: "size", a: "4 bytes", b: "5 bytes" },
  ])
})

test("two formats, or a name that lies, are compared as bytes", async () => {
  assert.equal((await compareFiles(file("a.json", "{}"), file("a.npy", npy([[1]])))).format, "bytes")
  assert.equal((await compare("a.nii", "not a volume", "no volume")).format, "text")
  assert.match((await compare("a.json", "{]", "{}")).summary, /; compared as bytes, since one is no readable json: /)
  assert.equal((await compare("empty", "", "")).same, true)
})

test("a gzip within a gzip, ever deeper, comes to an end", async () => {
  let content: Uint8Array = Buffer.from("x".repeat(20))
  for (let depth = 0; depth < 20; depth += 1) content = gzipSync(content)
  const other = Buffer.from(content)
  assert.equal((await compare("a.gz", content, other)).same, true)
})

test("png and jpeg: pixels, wherever they differ", async () => {
  const found = await compare("a.png", png(3, 2), png(3, 2, 9, [9, 9, 12, 255]))
  assert.deepEqual(found.differences, [{ place: "pixel 0,0", a: "9 9 9 255", b: "9 9 12 255" }])
  assert.equal(found.numbers?.largestAbsolute, 3)
  assert.equal((await compare("a.png", png(3, 2), png(2, 3))).summary, "the pictures have different sizes")
  const photo = (quality: number): Buffer => encode({ width: 8, height: 8, data: pixels(8, 8) }, quality).data
  assert.equal((await compare("a.jpg", photo(90), photo(20))).format, "jpeg")
})

test("png: channels of 16 bits differ in their lower 8, too", async () => {
  const deep = (value: number): Buffer => {
    const picture = new PNG({ width: 1, height: 1 })
    picture.data = Buffer.from(Uint16Array.of(value, 2, 3, 65_535).buffer)
    return PNG.sync.write(picture, { bitDepth: 16, colorType: 6, inputColorType: 6 })
  }
  const found = await compare("a.png", deep(1000), deep(1001))
  assert.deepEqual(found.differences, [{ place: "pixel 0,0", a: "1000 2 3 65535", b: "1001 2 3 65535" }])
  assert.equal((await compare("a.png", deep(1000), png(1, 1))).differences[0]?.place, "bits of a channel")
})

test("png: a small file that claims to be huge is not unpacked", async () => {
  const huge = png(3, 2)
  huge.writeUInt32BE(1_000_000, 16)
  huge.writeUInt32BE(1_000_000, 20)
  assert.match(
    (await compare("a.png", huge, png(3, 2))).summary,
    /compared as bytes, since one is no readable png: it has too many pixels/,
  )
})

test("dicom: elements by their tag, pixels as numbers", async () => {
  const found = await compare("a.dcm", dicom("Doe^J", [1, 2]), dicom("Roe^R", [1, 5]))
  assert.deepEqual(found.differences, [
    { place: "(0010,0010)", a: '"Doe^J"', b: '"Roe^R"' },
    { place: "pixel 1", a: "2", b: "5" },
  ])
  assert.equal(found.summary, "1 elements differ; pixels: 1 of 2 numbers differ, by 3 at most (relative 0.6)")
})

test("pdf: times and ids of the writer are told apart from the pages", async () => {
  const dates = await compare("a.pdf", pdf("2025", "page"), pdf("2026", "page"))
  assert.deepEqual(
    dates.differences.map(({ place }) => place),
    ["CreationDate", "ID"],
  )
  assert.match(dates.summary, /^2 fields of the metadata differ; beside them the same \d+ bytes$/)
  assert.match(
    (await compare("a.pdf", pdf("2025", "page"), pdf("2025", "pace"))).summary,
    /^the same metadata; beside them 1 bytes differ/,
  )
})
