import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { errorText, NumberTally } from "../numbers/number-tally.ts"
import { compareRecords } from "../records/compare-records.ts"
import { isOnlyOrder, recordSummary } from "../records/record-tally.ts"
import { LastLines, linesOf } from "../streams/lines.ts"
import { splitRow } from "./split-row.ts"
import { isText } from "./text.ts"

/** Tables with commas: rows, and in rows that belong together cell by cell, numbers as numbers. */
export const CSV: Format = tableFormat("csv", ",", /\.csv$/)
/** Tables with tabs. */
export const TSV: Format = tableFormat("tsv", "\t", /\.(tsv|tab|bed|gff|gff3|gtf)$/)

function tableFormat(name: string, separator: string, ending: RegExp): Format {
  return {
    name,
    fits: (head, file) => ending.test(file) && isText(head),
    compare: (a, b) => compareTables(a, b, { name, separator }),
  }
}

async function compareTables(
  a: FileSource,
  b: FileSource,
  { name, separator }: { readonly name: string; readonly separator: string },
): Promise<FileComparison> {
  const rows = new Findings()
  const last = new LastLines()
  const lines = [linesOf(a.chunks(), { last, side: "a" }), linesOf(b.chunks(), { last, side: "b" })] as const
  const counts = await compareRecords(...lines, {
    findings: rows,
    nameOf: (number) => `row ${number}`,
  })
  if (last.tell(rows))
    return comparison(name, rows, { summary: `${recordSummary("rows", counts)}; the last one ends otherwise` })
  if (isOnlyOrder(counts)) return comparison(name, rows, { summary: recordSummary("rows", counts), onlyOrder: true })
  // Row for row only where none came in or went: else everything behind it would seem to differ.
  if (counts.elsewhere === 0 || counts.a !== counts.b || counts.elsewhere !== counts.onlyA)
    return comparison(name, rows, { summary: recordSummary("rows", counts) })
  const cells = new Findings()
  const tally = await compareCells(a, b, { separator, findings: cells })
  const numbers = tally.errors
  return comparison(name, cells, {
    summary: `${counts.elsewhere} of ${counts.a} rows differ, in ${cells.count} cells${numbers.differing === 0 ? "" : `; ${errorText(numbers)}`}`,
    ...(numbers.compared === 0 ? {} : { numbers }),
  })
}

async function compareCells(
  a: FileSource,
  b: FileSource,
  { separator, findings }: { readonly separator: string; readonly findings: Findings },
): Promise<NumberTally> {
  const tally = new NumberTally()
  const others = linesOf(b.chunks())[Symbol.asyncIterator]()
  let number = 0
  let titles: readonly string[] = []
  for await (const line of linesOf(a.chunks())) {
    const other = String((await others.next()).value ?? "")
    number += 1
    if (number === 1) titles = splitRow(line, separator)
    if (line === other) continue
    const [one, two] = [splitRow(line, separator), splitRow(other, separator)]
    for (let column = 0; column < Math.max(one.length, two.length); column += 1) {
      const [x, y] = [one[column], two[column]]
      if (isNumber(x) && isNumber(y) ? tally.add(Number(x), Number(y)) && !isOneInDouble(x, y) : x === y) continue
      findings.add(`row ${number}, ${titles[column] ?? `column ${column + 1}`}`, x, y)
    }
  }
  return tally
}

/** Whether two that are one double are others by their digits: whole numbers that it has no room for, such as long ids, and what is infinite in it. */
function isOneInDouble(x: string, y: string): boolean {
  if (x === y) return false
  const value = Number(x)
  if (Number.isSafeInteger(value)) return false
  if (Number.isFinite(value) && !(WHOLE.test(x) && WHOLE.test(y))) return false
  return digitsOf(x) !== digitsOf(y)
}

const WHOLE = /^\s*[+-]?\d+\s*$/

function digitsOf(text: string): string {
  return text
    .trim()
    .replace(/^\+/, "")
    .replace(/^(-?)0+(?=\d)/, "$1")
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text)
}
