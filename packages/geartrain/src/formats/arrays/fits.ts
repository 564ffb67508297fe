import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { compareNumbers } from "../numbers/compare-numbers.ts"
import { errorText, NumberTally } from "../numbers/number-tally.ts"
import type { NumberType } from "../numbers/number-type.ts"
import { type ByteReader, readBoth } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import { coordinates, sizeOf } from "./place-name.ts"

/**
 * Images and tables of astronomy: every part has cards and then, perhaps, numbers.
 *
 * @see FITS Standard 4.0, sections 3 and 4
 */
export const FITS: Format = {
  name: "fits",
  fits: (head) => Buffer.from(head.subarray(0, 30)).toString("latin1") === "SIMPLE  =                    T",
  compare: compareFits,
}

/** Everything in the file comes in blocks of this size. */
const BLOCK_BYTES = 2880
const CARD_BYTES = 80
const MOST_BLOCKS = 10_000

/** A part of the file: its cards, and what they say of what follows. */
interface Part {
  readonly cards: readonly (readonly [name: string, value: string])[]
  readonly type: NumberType | undefined
  readonly shape: readonly number[]
  readonly dataBytes: number
}

function compareFits(a: FileSource, b: FileSource): Promise<FileComparison> {
  return readBoth(a, b, async (left, right) => {
    const findings = new Findings()
    const tallies: NumberTally[] = []
    let fields = 0
    for (let number = 0; ; number += 1) {
      const [one, two] = [await readPart(left), await readPart(right)]
      if (one === undefined || two === undefined) {
        if (one !== two)
          findings.add("parts", one === undefined ? "fewer" : "more", two === undefined ? "fewer" : "more")
        break
      }
      fields += compareCards(`part ${number}`, findings, [one, two])
      tallies.push(await compareData(left, right, { name: `part ${number}`, parts: [one, two], findings }))
    }
    const numbers = tallies
      .map((tally) => tally.errors)
      .reduce((sum, next) => ({
        compared: sum.compared + next.compared,
        differing: sum.differing + next.differing,
        largestAbsolute: Math.max(sum.largestAbsolute, next.largestAbsolute),
        largestRelative: Math.max(sum.largestRelative, next.largestRelative),
      }))
    return comparison("fits", findings, {
      summary: `${fields === 0 ? "the same cards" : `${fields} cards differ`}; ${errorText(numbers)}`,
      numbers,
    })
  })
}

async function readPart(reader: ByteReader): Promise<Part | undefined> {
  const cards: (readonly [string, string])[] = []
  for (let block = 0; block < MOST_BLOCKS; block += 1) {
    const bytes = await reader.take(BLOCK_BYTES)
    if (bytes.length === 0 && block === 0) return undefined
    if (bytes.length < BLOCK_BYTES) throw new UnfitFile("a header is cut short")
    for (let at = 0; at < BLOCK_BYTES; at += CARD_BYTES) {
      const card = Buffer.from(bytes.subarray(at, at + CARD_BYTES)).toString("latin1")
      const name = card.slice(0, 8).replace(/ +$/, "")
      if (name === "END") return partOf(cards, bytes.subarray(at + CARD_BYTES))
      if (/[^ ]/.test(card)) cards.push([name, card.slice(8).replace(/ +$/, "")])
    }
  }
  throw new UnfitFile("a header has no end")
}

function partOf(cards: Part["cards"], afterEnd: Uint8Array): Part {
  if (afterEnd.some((byte) => byte !== 0x20)) throw new UnfitFile("something stands behind the end of a header")
  const numberOf = (name: string): number =>
    Number.parseInt(
      cards
        .find(([known]) => known === name)?.[1]
        .replace(/^=/, "")
        .split("/")[0] ?? "",
      10,
    ) || 0
  const bits = numberOf("BITPIX")
  const shape = Array.from({ length: Math.min(999, numberOf("NAXIS")) }, (_, axis) => numberOf(`NAXIS${axis + 1}`))
  const values = shape.length === 0 ? 0 : sizeOf(shape)
  // Tables and groups have more than an image after their cards.
  const dataBytes = (Math.abs(bits) / 8) * (numberOf("PCOUNT") + values) * Math.max(1, numberOf("GCOUNT"))
  const isImage = dataBytes === (Math.abs(bits) / 8) * values && !cards.some(([name]) => name === "TFIELDS")
  return { cards, shape, dataBytes, type: isImage ? TYPES[bits] : undefined }
}

const TYPES: Readonly<Record<number, NumberType>> = {
  8: { kind: "uint", bytes: 1, endian: "big" },
  16: { kind: "int", bytes: 2, endian: "big" },
  32: { kind: "int", bytes: 4, endian: "big" },
  64: { kind: "int", bytes: 8, endian: "big" },
  [-32]: { kind: "float", bytes: 4, endian: "big" },
  [-64]: { kind: "float", bytes: 8, endian: "big" },
}

/** Comments and history come several times: the cards of one name are compared in their order. */
function compareCards(part: string, findings: Findings, [a, b]: readonly [Part, Part]): number {
  const before = findings.count
  const [left, right] = [Map.groupBy(a.cards, ([name]) => name), Map.groupBy(b.cards, ([name]) => name)]
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [x, y] = [left.get(name) ?? [], right.get(name) ?? []]
    for (let index = 0; index < Math.max(x.length, y.length); index += 1)
      if (x[index]?.[1] !== y[index]?.[1]) findings.add(`${part} ${name}`, x[index]?.[1], y[index]?.[1])
  }
  return findings.count - before
}

async function compareData(
  left: ByteReader,
  right: ByteReader,
  {
    name,
    parts: [a, b],
    findings,
  }: { readonly name: string; readonly parts: readonly [Part, Part]; readonly findings: Findings },
): Promise<NumberTally> {
  const padded = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
  const restOf = (bytes: number): number => padded(bytes) - bytes
  if (a.type !== undefined && a.type === b.type && a.shape.join() === b.shape.join()) {
    const count = a.shape.length === 0 ? 0 : sizeOf(a.shape)
    const block = {
      type: a.type,
      count,
      nameOf: (index: number) => `${name} pixel ${coordinates(index, a.shape).join(",")}`,
    }
    const tally = await compareNumbers(left, right, { block, findings })
    // Some writers leave it out at the end of the file.
    const [one, two] = [await left.take(restOf(a.dataBytes)), await right.take(restOf(b.dataBytes))]
    if (Buffer.compare(one, two) !== 0) findings.add(`${name} fill of the last block`, undefined, undefined)
    return tally
  }
  if (!(await sameBytes(left, right, [padded(a.dataBytes), padded(b.dataBytes)])))
    findings.add(`${name} data`, undefined, undefined)
  return new NumberTally()
}

/** @throws {UnfitFile} when a file ends before. */
async function sameBytes(left: ByteReader, right: ByteReader, [a, b]: readonly [number, number]): Promise<boolean> {
  let done = 0
  for (let same = a === b; same && done < a; ) {
    const portion = Math.min(a - done, PORTION_BYTES)
    const [one, two] = [await left.take(portion), await right.take(portion)]
    if (one.length < portion || two.length < portion) throw new UnfitFile(ENDS_EARLY)
    same = Buffer.compare(one, two) === 0
    done += portion
    if (same && done === a) return true
  }
  if (a === b && a === 0) return true
  for (const [reader, rest] of [
    [left, a - done],
    [right, b - done],
  ] as const)
    if ((await reader.skip(rest)) < rest) throw new UnfitFile(ENDS_EARLY)
  return false
}

const PORTION_BYTES = 1024 * 1024
const ENDS_EARLY = "it ends before its data"
