import { compilePattern, MOST_PATTERN_NAME, type Replica, type ReplicaCatalog } from "./replica-catalog.ts"

/**
 * Looks a file up by its name, and, where it is not listed, among the patterns.
 *
 * @example
 *   const finder = replicaFinder({ files: new Map(), patterns: [{ lfn: "f.(.)", pfns: [{ site: "local", pfn: "/d/[1].txt" }], regex: true, metadata: {} }] })
 *   finder("f.a")?.pfns[0]?.pfn // => "/d/a.txt"
 */
export function replicaFinder({ files, patterns }: ReplicaCatalog): (lfn: string) => Replica | undefined {
  const compiled = patterns.map((replica) => ({ replica, pattern: compilePattern(replica.lfn) }))
  return (lfn) => {
    const listed = files.get(lfn)
    if (listed !== undefined || lfn.length > MOST_PATTERN_NAME) return listed
    for (const { replica, pattern } of compiled) {
      const match = pattern?.exec(lfn)
      if (match) return caught(replica, lfn, match)
    }
    return undefined
  }
}

function caught(replica: Replica, lfn: string, match: RegExpExecArray): Replica {
  const fill = (text: string): string => text.replace(/\[(\d{1,2})\]/g, (whole, index) => match[Number(index)] ?? whole)
  return { ...replica, lfn, regex: false, pfns: replica.pfns.map(({ site, pfn }) => ({ site, pfn: fill(pfn) })) }
}
