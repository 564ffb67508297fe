import { isGzip } from "../../containers/gunzip.ts"
import { comparison, type FileComparison, Findings } from "../../file-comparison.ts"
import type { FileSource } from "../../file-source.ts"
import type { Format, FormatMeans } from "../../format.ts"
import { isOnlyOrder, recordSummary } from "../../records/record-tally.ts"
import { ByteReader } from "../../streams/byte-reader.ts"
import { UnfitFile } from "../../unfit-file.ts"
import { BamReader, PassedTooFar } from "./bam-reader.ts"
import { isBgzf } from "./bgzf.ts"
import { plainPairs, unpackedPairs } from "./unpacked-pairs.ts"

/**
 * Alignments in binary: the header line by line, then record by record, whatever the blocks of the compression are.
 *
 * @see Sequence Alignment/Map Format Specification, section 4
 */
export const BAM: Format = {
  name: "bam",
  fits: (head, name) => name.endsWith(".bam") && isGzip(head),
  compare: async (a, b, { budget }) => {
    const isInBlocks = (await startsAsBgzf(a)) && (await startsAsBgzf(b))
    if (!isInBlocks) return compareBy(plainPairs, [a, b], { budget, mayPass: false })
    const found = await compareByParts([a, b], budget)
    return found ?? (await compareBy(unpackedPairs, [a, b], { budget, mayPass: false }))
  },
}

async function startsAsBgzf(source: FileSource): Promise<boolean> {
  const reader = new ByteReader(source.chunks())
  try {
    return isBgzf(await reader.take(64))
  } finally {
    await reader.close()
  }
}

/** Without what is packed the same in both. Undefined where that cannot be done, since records lie across blocks. */
async function compareByParts(
  sources: readonly [FileSource, FileSource],
  budget: FormatMeans["budget"],
): Promise<FileComparison | undefined> {
  try {
    return await compareBy(unpackedPairs, sources, { budget, mayPass: true })
  } catch (error) {
    if (error instanceof PassedTooFar) return undefined
    throw error
  }
}

async function compareBy(
  pairs: typeof unpackedPairs,
  sources: readonly [FileSource, FileSource],
  { budget, mayPass }: { readonly mayPass: boolean } & Pick<FormatMeans, "budget">,
): Promise<FileComparison> {
  const reader = new BamReader(mayPass)
  const findings = new Findings()
  try {
    for await (const pair of pairs(sources, reader, budget)) reader.read(pair)
    const { header, records } = reader.finish(findings)
    return comparison("bam", findings, {
      summary: `${recordSummary("header lines", header)}; ${recordSummary("records", records, !reader.hasPassed)}`,
      ...(header.elsewhere === 0 && isOnlyOrder(records) ? { onlyOrder: true as const } : {}),
    })
  } catch (error) {
    // Perhaps it only seems damaged because records lie across blocks.
    throw error instanceof UnfitFile && reader.hasPassed ? new PassedTooFar() : error
  }
}
