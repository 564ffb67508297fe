import { deflateRawSync } from "node:zlib"

/** Values by tag, such as `{ "00100020": "P1" }`; a list of sets is a sequence. */
export type DicomValues = Readonly<Record<string, string | Buffer | readonly DicomValues[]>>

export interface DicomFileOptions {
  readonly syntax?: "implicit" | "explicit" | "big-endian" | "deflated"
  /** `whole`: preamble and meta information; `meta`: without the preamble; `none`: the data set alone. Default `whole`. */
  readonly start?: "whole" | "meta" | "none"
}

const UIDS = {
  implicit: "1.2.840.10008.1.2",
  explicit: "1.2.840.10008.1.2.1",
  "big-endian": "1.2.840.10008.1.2.2",
  deflated: "1.2.840.10008.1.2.1.99",
}

/** Kinds of value of what the tests write; all else is LO. @see DICOM PS3.6 */
const KINDS: Readonly<Record<string, string>> = {
  ...{ "00080005": "CS", "00080016": "UI", "00080018": "UI", "00080020": "DA", "00080021": "DA", "00080022": "DA" },
  ...{ "0008002a": "DT", "00080030": "TM", "00080031": "TM", "00080032": "TM", "00080060": "CS", "00080201": "SH" },
  ...{ "00081140": "SQ", "00100010": "PN", "00100030": "DA", "00100040": "CS", "00101010": "AS", "00101030": "DS" },
  ...{ "0020000d": "UI", "0020000e": "UI", "00200011": "IS", "00200013": "IS", "7fe00010": "OW", "00091001": "OB" },
}

/** Makes a DICOM file, in the order of its tags. */
export function dicomFile(values: DicomValues, options: DicomFileOptions = {}): Buffer {
  const { syntax = "explicit", start = "whole" } = options
  const plain = dataSet(values, syntax === "deflated" ? "explicit" : syntax)
  const body = syntax === "deflated" ? deflateRawSync(plain) : plain
  if (start === "none") return body
  const meta = dataSet({ "00020010": UIDS[syntax] }, "explicit")
  const preamble = start === "whole" ? [Buffer.alloc(128), Buffer.from("DICM")] : []
  return Buffer.concat([...preamble, meta, body])
}

type Syntax = "implicit" | "explicit" | "big-endian"

function dataSet(values: DicomValues, syntax: Syntax): Buffer {
  const tags = Object.keys(values).toSorted()
  return Buffer.concat(tags.map((tag) => element(tag, values[tag] ?? "", syntax)))
}

function element(tag: string, value: DicomValues[string], syntax: Syntax): Buffer {
  const kind = tag.startsWith("0002") ? "UI" : (KINDS[tag] ?? "LO")
  const bytes = Array.isArray(value) ? sequence(value, syntax) : padded(value as string | Buffer, kind)
  const isBig = syntax === "big-endian"
  const group = number(Number.parseInt(tag.slice(0, 4), 16), 2, isBig)
  const head = Buffer.concat([group, number(Number.parseInt(tag.slice(4), 16), 2, isBig)])
  if (syntax === "implicit") return Buffer.concat([head, number(bytes.length, 4, isBig), bytes])
  const isLong = ["SQ", "OW", "OB"].includes(kind)
  const length = isLong ? [Buffer.alloc(2), number(bytes.length, 4, isBig)] : [number(bytes.length, 2, isBig)]
  return Buffer.concat([head, Buffer.from(kind), ...length, bytes])
}

function sequence(items: readonly DicomValues[], syntax: Syntax): Buffer {
  const isBig = syntax === "big-endian"
  const packed = items.map((item) => {
    const bytes = dataSet(item, syntax)
    return Buffer.concat([number(0xfffe, 2, isBig), number(0xe000, 2, isBig), number(bytes.length, 4, isBig), bytes])
  })
  return Buffer.concat(packed)
}

function padded(value: string | Buffer, kind: string): Buffer {
  const bytes = Buffer.from(value as string)
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(kind === "UI" ? "\0" : " ")])
}

function number(value: number, size: 2 | 4, isBig: boolean): Buffer {
  const bytes = Buffer.alloc(size)
  if (isBig) bytes.writeUIntBE(value, 0, size)
  else bytes.writeUIntLE(value, 0, size)
  return bytes
}

/** The elements of an image of patient `p`, study `s` and series `r`, with number `i`. */
export function imageValues(p: string, s: string, [r, i]: readonly [string, number]): Record<string, string | Buffer> {
  return {
    ...{ "00080018": `1.2.${s}.${r}.${i}`, "00080020": "20200131", "00080030": "120005.5", "00080060": "MR" },
    ...{ "00080201": "+0100", "00081030": "Brain", "0008103e": "T1 3D", "00100010": `Name^${p}`, "00100020": p },
    ...{ "00100030": "19800615", "00100040": "F", "00101010": "039Y", "00101030": "61.5", "0020000d": `1.2.${s}` },
    ...{ "0020000e": `1.2.${s}.${r}`, "00200011": r, "00200013": String(i), "7fe00010": Buffer.alloc(64, i) },
  }
}
