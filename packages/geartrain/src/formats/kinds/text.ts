import { comparison, Findings } from "../file-comparison.ts"
import type { Format } from "../format.ts"
import { compareRecords } from "../records/compare-records.ts"
import { isOnlyOrder, recordSummary } from "../records/record-tally.ts"
import { LastLines, linesOf } from "../streams/lines.ts"

/** Any text in UTF-8, line by line. */
export const TEXT: Format = {
  name: "text",
  fits: (head) => isText(head),
  compare: async (a, b) => {
    const findings = new Findings()
    const last = new LastLines()
    const lines = [linesOf(a.chunks(), { last, side: "a" }), linesOf(b.chunks(), { last, side: "b" })] as const
    const counts = await compareRecords(...lines, {
      findings,
      nameOf: (number) => `line ${number}`,
    })
    const isOtherEnd = last.tell(findings)
    return comparison("text", findings, {
      summary: `${recordSummary("lines", counts)}${isOtherEnd ? "; the last one ends otherwise" : ""}`,
      ...(isOnlyOrder(counts) && !isOtherEnd ? { onlyOrder: true as const } : {}),
    })
  },
}

/** No control characters but those of a text; the head may end within a letter. */
export function isText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c)) return false
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    // Not UTF-8: no text that can be compared line by line.
    return false
  }
}
