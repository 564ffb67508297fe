import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { isText } from "../kinds/text.ts"
import { compareRecords } from "../records/compare-records.ts"
import { isOnlyOrder, recordSummary } from "../records/record-tally.ts"
import { LastLines, linesOf } from "../streams/lines.ts"

/**
 * Variants: what the header says of times and programs, apart from the records.
 *
 * @see The Variant Call Format Specification, VCFv4.3
 */
export const VCF: Format = {
  name: "vcf",
  fits: (head) => startsWith(head, "##fileformat=VCF"),
  compare: (a, b) => compareHeadedText(a, b, { format: "vcf", mark: "#" }),
}

/**
 * Alignments as text.
 *
 * @see Sequence Alignment/Map Format Specification, section 1
 */
export const SAM: Format = {
  name: "sam",
  fits: (head, name) => name.endsWith(".sam") && isText(head),
  compare: (a, b) => compareHeadedText(a, b, { format: "sam", mark: "@" }),
}

interface HeadedText {
  readonly format: string
  /** What the lines of the header begin with. */
  readonly mark: string
}

async function compareHeadedText(a: FileSource, b: FileSource, { format, mark }: HeadedText): Promise<FileComparison> {
  const findings = new Findings()
  const header = await compareRecords(headerLines(a, mark), headerLines(b, mark), {
    findings,
    nameOf: (number) => `header line ${number}`,
  })
  const last = new LastLines()
  const lines = [recordLines(a, mark, { last, side: "a" }), recordLines(b, mark, { last, side: "b" })] as const
  const records = await compareRecords(...lines, {
    findings,
    nameOf: (number) => `record ${number}`,
  })
  const isOtherEnd = last.tell(findings)
  const said = `${recordSummary("header lines", header)}; ${recordSummary("records", records)}`
  return comparison(format, findings, {
    summary: `${said}${isOtherEnd ? "; the last line ends otherwise" : ""}`,
    ...(header.elsewhere === 0 && !isOtherEnd && isOnlyOrder(records) ? { onlyOrder: true as const } : {}),
  })
}

async function* headerLines(source: FileSource, mark: string): AsyncIterable<string> {
  for await (const line of linesOf(source.chunks())) {
    if (!line.startsWith(mark)) return
    yield line
  }
}

async function* recordLines(
  source: FileSource,
  mark: string,
  ends: Parameters<typeof linesOf>[1],
): AsyncIterable<string> {
  let isHeader = true
  for await (const line of linesOf(source.chunks(), ends)) {
    isHeader &&= line.startsWith(mark)
    if (!isHeader) yield line
  }
}

function startsWith(head: Uint8Array, text: string): boolean {
  return Buffer.from(head.subarray(0, text.length)).toString("latin1") === text
}
