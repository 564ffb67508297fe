import { comparison, Findings } from "../file-comparison.ts"
import type { Format } from "../format.ts"
import { compareBytes } from "../kinds/bytes.ts"
import { readWhole } from "../streams/read-whole.ts"

const MOST_BYTES = 64 * 1024 * 1024

/**
 * Documents whose writers put the time and a random id into every file: those are told apart from what the pages say.
 *
 * @see ISO 32000-1, 14.3 "Metadata" and 14.4 "File identifiers"
 */
export const PDF: Format = {
  name: "pdf",
  fits: (head) => Buffer.from(head.subarray(0, 5)).toString("latin1") === "%PDF-",
  compare: async (a, b) => {
    const one = split(Buffer.from(await readWhole(a.chunks(), MOST_BYTES)).toString("latin1"))
    const two = split(Buffer.from(await readWhole(b.chunks(), MOST_BYTES)).toString("latin1"))
    const findings = new Findings()
    for (const name of new Set([...one.metadata.keys(), ...two.metadata.keys()])) {
      const [x, y] = [one.metadata.get(name), two.metadata.get(name)]
      if (x !== y) findings.add(name, x, y)
    }
    const fields = findings.count
    const rest = await compareBytes(sourceOf(one.rest), sourceOf(two.rest))
    findings.addAll("beside the metadata", rest)
    const said = fields === 0 ? "the same metadata" : `${fields} fields of the metadata differ`
    return comparison("pdf", findings, { summary: `${said}; beside them ${rest.summary}` })
  },
}

interface SplitDocument {
  /** Each field with all its values, in the order of the file. */
  readonly metadata: ReadonlyMap<string, string>
  /** The file with an empty place where each of the values stood. */
  readonly rest: string
}

/** Strings may have escaped parentheses; ids come in hexadecimal digits. Metadata as XML says the same times again. */
const FIELDS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ...["CreationDate", "ModDate", "Producer", "Creator", "Title", "Author"].map(
    (name) =>
      [name, new RegExp(`/${name}\\s*(\\((?:[^()\\\\]|\\\\.){0,1000}\\)|<[0-9A-Fa-f\\s]{0,2000}>)`, "g")] as const,
  ),
  ["ID", /\/ID\s*(\[\s*(?:<[0-9A-Fa-f]{0,200}>\s*){1,2}\])/g],
  ["xmp:CreateDate", /<xmp:CreateDate>([^<]{0,100})</g],
  ["xmp:ModifyDate", /<xmp:ModifyDate>([^<]{0,100})</g],
  ["xmp:MetadataDate", /<xmp:MetadataDate>([^<]{0,100})</g],
  ["xmpMM:DocumentID", /<xmpMM:DocumentID>([^<]{0,100})</g],
  ["xmpMM:InstanceID", /<xmpMM:InstanceID>([^<]{0,100})</g],
]

function split(text: string): SplitDocument {
  const metadata = new Map<string, string>()
  let rest = text
  for (const [name, pattern] of FIELDS) {
    const values: string[] = []
    rest = rest.replaceAll(pattern, (whole: string, value: string) => {
      values.push(value)
      const at = whole.lastIndexOf(value)
      return whole.slice(0, at) + whole.slice(at + value.length)
    })
    // Apart from each other, so that nothing may move from one to the next unseen.
    if (values.length > 0) metadata.set(name, values.length === 1 ? String(values[0]) : JSON.stringify(values))
  }
  return { metadata, rest }
}

function sourceOf(text: string) {
  return {
    name: "rest",
    async *chunks() {
      yield Buffer.from(text, "latin1")
    },
  }
}
