import { parseDecimal } from "./pax-records.ts"
import { isOldMapExtended, MOST_SEGMENTS, oldSparseNumbers } from "./sparse-map.ts"
import { BLOCK_BYTES } from "./tar-header.ts"
import { type Reading, type TarInput, truncated } from "./tar-input.ts"

/** Reads the map of GNU's old format: in the header, and in blocks of its own after it. @returns undefined when it makes no sense */
export function* readOldMap(input: TarInput, header: Buffer): Reading<readonly number[] | undefined> {
  const first = oldSparseNumbers(header, "header")
  if (first === undefined) return undefined
  const numbers = [...first]
  let isExtended = isOldMapExtended(header, "header")
  while (isExtended) {
    const block = yield* input.take(BLOCK_BYTES)
    if (block === undefined) throw truncated(input.place, { offset: input.offset })
    const more = oldSparseNumbers(block, "extension")
    if (more === undefined || numbers.length > MOST_SEGMENTS * 2) return undefined
    numbers.push(...more)
    isExtended = isOldMapExtended(block, "extension")
  }
  return numbers
}

/** Reads the map of PAX 1.0: a count, then offset and length of each stretch, one number a line, in whole blocks. @returns undefined when it makes no sense */
export function* readBodyMap(input: TarInput, storedSize: number): Reading<readonly number[] | undefined> {
  const numbers: number[] = []
  let wanted: number | undefined
  let text = ""
  for (let taken = 0; wanted === undefined || numbers.length < wanted; taken += BLOCK_BYTES) {
    if (taken + BLOCK_BYTES > storedSize) return undefined
    const block = yield* input.take(BLOCK_BYTES)
    if (block === undefined) throw truncated(input.place, { offset: input.offset })
    const lines = (text + block.toString("latin1")).split("\n")
    text = lines.pop() ?? ""
    for (const line of lines) {
      const number = parseDecimal(line)
      if (number === undefined || (wanted === undefined && number > MOST_SEGMENTS)) return undefined
      if (wanted === undefined) wanted = number * 2
      else if (numbers.length < wanted) numbers.push(number)
      else return undefined
    }
    if (text.length > BLOCK_BYTES) return undefined
  }
  return numbers
}
