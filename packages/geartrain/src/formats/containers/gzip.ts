import { type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
import { readBoth } from "../streams/byte-reader.ts"
import { gunzip, isGzip } from "./gunzip.ts"

/**
 * What was compressed, by its own format, and what the compressor wrote beside it: its time, name and system.
 *
 * @see RFC 1952
 */
export const GZIP: Format = {
  name: "gzip",
  fits: (head) => isGzip(head),
  compare: async (a, b, { inside, budget }) => {
    const header = await compareHeaders(a, b)
    const unpacked = (source: FileSource): FileSource => ({
      name: source.name.replace(/\.tgz$/i, ".tar").replace(/\.(gz|bgz)$/i, ""),
      chunks: () => budget.spend(gunzip(source.chunks())),
    })
    const content = await inside(unpacked(a), unpacked(b))
    const findings = new Findings()
    for (const { place, a: one, b: two } of header.kept) findings.add(`gzip ${place}`, one, two)
    return withHeader(content, findings)
  },
}

/** The content decides: a time in the header is told, and changes nothing about what the file says. */
function withHeader(content: FileComparison, header: Findings): FileComparison {
  const said =
    header.count === 0
      ? ""
      : `; of the compression, ${header.kept.map(({ place }) => place.slice(5)).join(", ")} differ`
  return {
    ...content,
    format: `gzip of ${content.format}`,
    summary: `${content.summary}${said}`,
    differences: [...header.kept, ...content.differences],
  }
}

function compareHeaders(a: FileSource, b: FileSource): Promise<Findings> {
  return readBoth(a, b, async (left, right) => {
    const findings = new Findings()
    const [one, two] = [headerOf(await left.peek(1024)), headerOf(await right.peek(1024))]
    for (const [field, value] of one) if (value !== two.get(field)) findings.add(field, value, two.get(field))
    return findings
  })
}

function headerOf(head: Uint8Array): ReadonlyMap<string, string> {
  const bytes = Buffer.from(head)
  const flags = bytes[3] ?? 0
  const hasExtra = (flags & 4) !== 0
  const nameAt = 10 + (hasExtra ? 2 + bytes.readUInt16LE(10) : 0)
  const nameEnd = bytes.indexOf(0, nameAt)
  const hasName = (flags & 8) !== 0 && nameEnd > nameAt
  const seconds = bytes.readUInt32LE(4)
  return new Map([
    ["time", seconds === 0 ? "none" : new Date(seconds * 1000).toISOString()],
    ["name", hasName ? bytes.toString("latin1", nameAt, nameEnd) : "none"],
    ["system", String(bytes[9])],
  ])
}
