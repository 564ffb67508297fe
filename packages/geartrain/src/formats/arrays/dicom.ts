import dicomParser, { type DataSet, type Element } from "dicom-parser"
import { sha256 } from "../../system/hash.ts"
import { comparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { comparePortion } from "../numbers/compare-numbers.ts"
import { errorText, NumberTally } from "../numbers/number-tally.ts"
import { viewNumbers } from "../numbers/number-type.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"

const MOST_BYTES = 128 * 1024 * 1024

/**
 * Images of the clinic: element by element, the pixels as numbers where they are not compressed.
 *
 * @see DICOM PS3.10, section 7, and PS3.5
 */
export const DICOM: Format = {
  name: "dicom",
  fits: (head) => Buffer.from(head.subarray(128, 132)).toString("latin1") === "DICM",
  compare: async (a, b) => {
    const [one, two] = [await read(a), await read(b)]
    const findings = new Findings()
    for (const tag of [...new Set([...Object.keys(one.elements), ...Object.keys(two.elements)])].toSorted()) {
      if (tag === PIXELS) continue
      const [left, right] = [one.elements[tag], two.elements[tag]]
      const [x, y] = [textOf(one, left), textOf(two, right)]
      if (x !== y) findings.add(tagName(tag), x, y)
      else if (left?.vr !== right?.vr) findings.add(`${tagName(tag)} kind`, left?.vr, right?.vr)
    }
    const fields = findings.count === 0 ? "the same elements" : `${findings.count} elements differ`
    const numbers = comparePixels(one, two, findings)
    return comparison("dicom", findings, {
      summary: numbers === undefined ? fields : `${fields}; pixels: ${errorText(numbers)}`,
      ...(numbers === undefined ? {} : { numbers }),
    })
  },
}

/** (7FE0,0010) */
const PIXELS = "x7fe00010"

async function read(source: FileSource): Promise<DataSet> {
  const bytes = await readWhole(source.chunks(), MOST_BYTES)
  try {
    return dicomParser.parseDicom(bytes)
  } catch (error) {
    const words = error instanceof Error ? error.message : (error as { readonly exception?: unknown }).exception
    throw new UnfitFile(String(words))
  }
}

/** Short texts as they are, anything else by length and digest. */
function textOf(data: DataSet, element: Element | undefined): string | undefined {
  if (element === undefined) return undefined
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  const isText = bytes.length <= 1024 && bytes.every((byte) => byte === 0 || byte >= 0x20)
  return isText
    ? JSON.stringify(withoutFill(Buffer.from(bytes).toString("latin1"), element.vr))
    : `${bytes.length} bytes, ${sha256(bytes)}`
}

/** Texts are filled up to an even length, which says nothing. In a number such a byte counts. */
function withoutFill(text: string, kind: string | undefined): string {
  return kind !== undefined && TEXT_KINDS.has(kind) ? text.replace(/[\0 ]+$/, "") : text
}

/** @see DICOM PS3.5, section 6.2 */
const TEXT_KINDS = new Set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split(" "))

/** `(0010,0010)` */
function tagName(tag: string): string {
  return `(${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase()
}

function comparePixels(one: DataSet, two: DataSet, findings: Findings): NumberTally["errors"] | undefined {
  const [a, b] = [one.elements[PIXELS], two.elements[PIXELS]]
  if (a === undefined && b === undefined) return undefined
  const bytesOf = (data: DataSet, element: Element | undefined): Uint8Array =>
    element === undefined
      ? new Uint8Array()
      : data.byteArray.slice(element.dataOffset, element.dataOffset + element.length)
  const [left, right] = [bytesOf(one, a), bytesOf(two, b)]
  const bits = one.uint16("x00280100")
  const isPlain = a?.encapsulatedPixelData !== true && b?.encapsulatedPixelData !== true
  const isWhole = left.length === right.length && (bits === 8 || (bits === 16 && left.length % 2 === 0))
  if (!isPlain || !isWhole || two.uint16("x00280100") !== bits) {
    if (Buffer.compare(left, right) !== 0) findings.add("pixels", `${left.length} bytes`, `${right.length} bytes`)
    return undefined
  }
  const kind = one.uint16("x00280103") === 1 ? "int" : "uint"
  const type = { kind, bytes: bits === 8 ? 1 : 2, endian: "little" } as const
  const pair = [viewNumbers(left, type), viewNumbers(right, type)] as const
  const tally = new NumberTally()
  comparePortion(pair, { scaling: AS_STORED, tally, findings, nameOf: (index) => `pixel ${index}` })
  return tally.errors
}

const AS_STORED = { scale: 1, offset: 0 }
