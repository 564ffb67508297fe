import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { dicomFile, imageValues } from "../../../../test/archive/upload-plan/dicom-file.ts"
import { decodeDicomText } from "./character-set.ts"
import { readAge, readDateTime, readDicomTime, toTimestamp } from "./dicom-time.ts"
import { readHead } from "./read-head.ts"

const VALUES = imageValues("P1", "7", ["3", 1])

test("a head is read from every syntax, and with or without what stands before it", () => {
  for (const syntax of ["implicit", "explicit", "big-endian", "deflated"] as const) {
    for (const start of ["whole", "meta", "none"] as const) {
      // Nothing says of a plain data set that it is of another order or deflated.
      if (start === "none" && (syntax === "big-endian" || syntax === "deflated")) continue
      const result = readHead(dicomFile(VALUES, { syntax, start }), true)
      assert.ok(result.is === "head", `${syntax} ${start}: ${JSON.stringify(result)}`)
      assert.equal(result.head.patientId, "P1")
      assert.equal(result.head.seriesUid, "1.2.7.3")
      assert.equal(result.head.seriesDescription, "T1 3D")
      assert.equal(result.head.species, "")
    }
  }
})

test("of a file that is cut off, more is asked for until the series is there, and what is there is enough then", () => {
  const long = { ...VALUES, "00081140": [{ "00081150": "x".repeat(3000) }, { "00081150": "y".repeat(3000) }] }
  for (const syntax of ["implicit", "explicit"] as const) {
    const bytes = dicomFile(long, { syntax })
    const whole = readHead(bytes, true)
    assert.ok(whole.is === "head")
    const pixelsAt = bytes.length - 64
    for (let length = 0; length < bytes.length; length += 7) {
      const part = readHead(bytes.subarray(0, length), false)
      // The number of the instance stands behind all that is wanted.
      if (length >= pixelsAt) assert.deepEqual(part, whole)
      else assert.ok(part.is === "longer" || (part.is === "unfit" && length < 132) || part.is === "head", `${length}`)
      if (part.is === "head") assert.deepEqual(part, whole, `${syntax} ${length}`)
    }
  }
})

test("what is no DICOM is told from what is damaged", () => {
  const unfit = (bytes: Buffer): string => {
    const result = readHead(bytes, true)
    return result.is === "unfit" ? result.why : result.is
  }
  assert.equal(unfit(Buffer.alloc(0)), "is no DICOM file")
  assert.equal(unfit(Buffer.from("sub-01\tF\t25\n".repeat(20))), "is no DICOM file")
  assert.equal(unfit(Buffer.alloc(1000)), "is no DICOM file")
  assert.equal(unfit(Buffer.from("\x08\0 is how this text begins")), "is no DICOM file")
  const bad = dicomFile(VALUES, { syntax: "deflated" })
  bad.fill(0xff, 170)
  assert.match(unfit(bad), /^is a DICOM file that cannot be read: /)
})

test("a deflated file that unpacks to very much is read no further than 16 MiB", () => {
  const bomb = dicomFile({ ...VALUES, "00091001": Buffer.alloc(40 * 1024 * 1024) }, { syntax: "deflated" })
  const result = readHead(bomb, true)
  assert.equal(result.is, "unfit")
})

test("any bytes are a head, no head, or cut off; nothing else happens", () => {
  const whole = dicomFile({ ...VALUES, "00081140": [{ "00081150": "1.2" }] })
  const implicit = dicomFile({ ...VALUES, "00081140": [{ "00081150": "1.2" }] }, { syntax: "implicit" })
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.constantFrom(whole, implicit), changes, fc.boolean(), (file, each, isWhole) => {
      const bytes = Buffer.from(file)
      for (const [at, value] of each) bytes.writeUInt8(value, at % bytes.length)
      assert.ok(["head", "longer", "unfit"].includes(readHead(bytes, isWhole).is))
    }),
    { numRuns: 2000 },
  )
})

test("sequences in sequences without end are a fault of the file, and not of the program", () => {
  const item = Buffer.concat([Buffer.from("0800401153510000ffffffff", "hex"), Buffer.from("feff00e0ffffffff", "hex")])
  const deep = Buffer.concat([dicomFile({ "00080005": "ISO_IR 100" }), ...Array.from({ length: 50_000 }, () => item)])
  assert.equal(readHead(deep, true).is, "unfit")
})

test("texts are read as their character set says", () => {
  assert.equal(decodeDicomText(Buffer.from("Müller", "latin1"), "ISO_IR 100"), "Müller")
  assert.equal(decodeDicomText(Buffer.from("Müller"), "ISO_IR 192"), "Müller")
  assert.equal(decodeDicomText(Buffer.from("Müller"), ""), "M\ufffd\ufffdller")
  assert.equal(decodeDicomText(Buffer.from("Muller \0"), "whatever"), "Muller")
  assert.equal(decodeDicomText(Buffer.from("\x1b$B$d$^$@\x1b(B", "latin1"), "\\ISO 2022 IR 87"), "やまだ")
  assert.equal(decodeDicomText(Buffer.from("\x1b$)C\xc0\xcc", "latin1"), "\\ISO 2022 IR 149"), "이")
})

test("times are believed when a calendar has them, and have a zone when one is written", () => {
  const time = (date: string, at: string, offset?: string) =>
    readDicomTime({ date, time: at, ...(offset === undefined ? {} : { offset }) })
  const zoned = time("20200131", "120005.500000", "+0100")
  assert.ok(zoned !== undefined)
  assert.equal(toTimestamp(zoned), "2020-01-31T12:00:05.5+01:00")
  const plain = time("2020.01.31", "12:00")
  assert.equal(plain?.local, "2020-01-31T12:00:00")
  assert.equal(plain === undefined ? "" : toTimestamp(plain), undefined)
  for (const [date, at] of [
    ["20200230", "12"],
    ["20201301", "12"],
    ["", "12"],
    ["20200101", ""],
    ["20200101", "25"],
  ] as const)
    assert.equal(time(date, at), undefined, `${date} ${at}`)
  assert.equal(readDateTime("20200131120005-0530", "+0100")?.offset, "-05:30")
  assert.equal(time("20200131", "12", "+9900")?.offset, undefined)
})

test("an age is the one that is written, or counted in whole years", () => {
  assert.equal(readAge({ age: "003W", born: "", on: "" }), 1_814_400)
  assert.equal(readAge({ age: "", born: "20180201", on: "20200131" }), 729 * 86_400)
  assert.equal(readAge({ age: "", born: "20180131", on: "20200131" }), 2 * 31_557_600)
  assert.equal(readAge({ age: "", born: "20200131", on: "20180131" }), undefined)
  assert.equal(readAge({ age: "old", born: "", on: "20180131" }), undefined)
})
