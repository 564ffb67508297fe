import { type RecordCounts, RecordTally, type Telling } from "./record-tally.ts"

/** Compares two lists of records, each read once and in step. */
export async function compareRecords(
  a: AsyncIterable<string>,
  b: AsyncIterable<string>,
  telling: Telling,
): Promise<RecordCounts> {
  const tally = new RecordTally()
  const left = a[Symbol.asyncIterator]()
  const right = b[Symbol.asyncIterator]()
  try {
    for (;;) {
      const [one, two] = await Promise.all([left.next(), right.next()])
      if (one.done === true && two.done === true) break
      tally.pair(one.done === true ? undefined : one.value, two.done === true ? undefined : two.value)
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()])
  }
  return tally.counts(telling)
}
