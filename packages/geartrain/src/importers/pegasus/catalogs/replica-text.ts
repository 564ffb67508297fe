import { pegasusFault } from "../pegasus-fault.ts"
import { collectReplicas, compilePattern, type Replica, type ReplicaCatalog } from "./replica-catalog.ts"

/**
 * Reads the replica catalog's text form: a line a place, `LFN PFN site="local" key="value" …`, where names may stand in quotes.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line.
 */
export function readReplicaText(text: string, file: string): ReplicaCatalog {
  const replicas: Replica[] = []
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim()
    if (trimmed === "" || trimmed.startsWith("#")) continue
    replicas.push(readLine(trimmed, { file, line: index + 1 }))
  }
  return collectReplicas(replicas)
}

const WORD = /\s*("(?:[^"\\]|\\.)*"|[^\s"]+)/y
const ATTRIBUTE = /\s+([^\s=]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]+)/y

function readLine(line: string, at: { readonly file: string; readonly line: number }): Replica {
  let offset = 0
  const word = (): string | undefined => {
    WORD.lastIndex = offset
    const match = WORD.exec(line)
    if (match === null) return undefined
    offset = WORD.lastIndex
    return unquote(match[1] ?? "")
  }
  const lfn = word()
  const pfn = word()
  if (lfn === undefined || pfn === undefined) throw pegasusFault(at, "a line is a file's name and where it lies")
  const attributes = new Map<string, string>()
  while (line.slice(offset).trim() !== "") {
    ATTRIBUTE.lastIndex = offset
    const match = ATTRIBUTE.exec(line)
    if (match === null)
      throw pegasusFault(at, `"${line.slice(offset).trim().slice(0, 40)}" is no attribute: they are key="value"`)
    attributes.set(match[1] ?? "", unquote(match[2] ?? ""))
    offset = ATTRIBUTE.lastIndex
  }
  return replicaOf({ lfn, pfn, attributes }, at)
}

function replicaOf(
  { lfn, pfn, attributes }: { readonly lfn: string; readonly pfn: string; readonly attributes: Map<string, string> },
  at: { readonly file: string; readonly line: number },
): Replica {
  const regex = attributes.get("regex") === "true"
  if (regex && compilePattern(lfn) === undefined) throw pegasusFault(at, `"${lfn}" is no regular expression`)
  const sha256 = attributes.get("checksum.value") ?? attributes.get("sha256")
  // `pool` is what sites were called once.
  const site = attributes.get("site") ?? attributes.get("pool") ?? "local"
  const own = new Set(["site", "pool", "regex", "sha256", "checksum.type", "checksum.value"])
  return {
    lfn,
    pfns: [{ site, pfn }],
    regex,
    ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }),
    metadata: Object.fromEntries([...attributes].filter(([key]) => !own.has(key))),
  }
}

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word
}
