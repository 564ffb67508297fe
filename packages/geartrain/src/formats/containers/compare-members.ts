import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { FormatMeans } from "../format.ts"

/** What an archive says of one of its members. */
export interface Member {
  readonly name: string
  readonly time: string
  readonly sizeBytes: number
  /** Two with the same need not be opened. */
  readonly checksum: string
  readonly source: FileSource
}

/** Compares archives member by member: which are there, their times, and those whose content differs by their own formats. */
export async function compareMembers(
  [a, b]: readonly [ReadonlyMap<string, Member>, ReadonlyMap<string, Member>],
  { format, inside }: { readonly format: string } & FormatMeans,
): Promise<FileComparison> {
  const findings = new Findings()
  const count = { members: 0, content: 0, times: 0 }
  for (const name of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
    const [one, two] = [a.get(name), b.get(name)]
    if (one === undefined || two === undefined) {
      count.members += 1
      findings.add(name, one && `${one.sizeBytes} bytes`, two && `${two.sizeBytes} bytes`)
      continue
    }
    if (one.checksum !== two.checksum || one.sizeBytes !== two.sizeBytes) {
      const content = await inside(one.source, two.source)
      if (!content.same) {
        count.content += 1
        findings.addAll(`${name} (${content.format})`, content)
      }
    }
    if (one.time !== two.time) {
      count.times += 1
      findings.add(`${name}: time`, one.time, two.time)
    }
  }
  const parts = [
    ...(count.members === 0 ? [] : [`${count.members} members are in one only`]),
    ...(count.content === 0 ? [] : [`${count.content} members differ`]),
    ...(count.times === 0 ? [] : [`${count.times} members have another time`]),
  ]
  return comparison(format, findings, { summary: parts.length === 0 ? `the same ${a.size} members` : parts.join("; ") })
}
