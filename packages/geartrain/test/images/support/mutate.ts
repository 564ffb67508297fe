import fc from "fast-check"

/** One damage, at a place that is a part of the whole: 0 the first byte, 1 behind the last. */
export interface Mutation {
  readonly kind: "byte" | "insert" | "cut" | "remove" | "repeat" | "block" | "field" | "splice"
  readonly at: number
  readonly to: number
  readonly value: number
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** A few damages, of which every other one gets past the checksums of a tar. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(["byte", "byte", "insert", "cut", "remove", "repeat", "block", "field", "field", "field", "splice"] as const),
    ),
    at: place,
    to: place,
    value: fc.nat(0xffff),
  }),
  { minLength: 1, maxLength: 4 },
)

/** Damages bytes. `splice` brings in a piece of the others. */
export function mutate(bytes: Buffer, changes: readonly Mutation[], others: Buffer): Buffer {
  return changes.reduce((changed, change) => apply(changed, change, others), bytes)
}

function apply(bytes: Buffer, { kind, at, to, value }: Mutation, others: Buffer): Buffer {
  const from = Math.floor(at * bytes.length)
  const end = Math.min(bytes.length, from + (value % 2000))
  const [before, after] = [bytes.subarray(0, from), bytes.subarray(from)]
  switch (kind) {
    case "byte": {
      const changed = Buffer.from(bytes)
      if (from < changed.length) changed[from] = value & 0xff
      return changed
    }
    case "insert":
      return Buffer.concat([before, Buffer.alloc(1 + (value % 600), value >> 8), after])
    case "cut":
      return Buffer.from(before)
    case "remove":
      return Buffer.concat([before, bytes.subarray(end)])
    case "repeat":
      return Buffer.concat([bytes.subarray(0, end), after])
    case "block": {
      const [one, two] = [blockAt(bytes, at), blockAt(bytes, to)]
      return Buffer.concat([bytes.subarray(0, one), bytes.subarray(two, two + 512), bytes.subarray(one)])
    }
    case "field":
      return changeField(bytes, blockAt(bytes, at), value)
    case "splice": {
      const start = Math.floor(to * others.length)
      return Buffer.concat([before, others.subarray(start, start + (value % 3000)), after])
    }
  }
}

function blockAt(bytes: Buffer, at: number): number {
  const place = Math.floor(at * bytes.length)
  return place - (place % 512)
}

/** Where fields of a header begin: name, mode, owners, size, time, type, target, magic, devices, prefix, and those of sparse files. */
const FIELDS = [0, 100, 108, 116, 124, 136, 156, 157, 257, 329, 345, 386, 398, 482, 483]
const VALUES = [
  "../../x",
  "/etc/passwd",
  "77777777777",
  "-1",
  "\x80\x7f",
  "5",
  "2",
  "1",
  "S",
  "x",
  "g",
  "L",
  "K",
  "0000000",
  "\0",
]

/** A field of a header, or of what stands where one may be, with the checksum made right. */
function changeField(bytes: Buffer, block: number, value: number): Buffer {
  const changed = Buffer.from(bytes)
  const header = changed.subarray(block, block + 512)
  if (header.length < 512) return changed
  header.write(VALUES[value % VALUES.length] ?? "", FIELDS[(value >> 8) % FIELDS.length] ?? 0, "latin1")
  header.fill(0x20, 148, 156)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return changed
}

const WORDS = [
  '"../../x"',
  "1e400",
  "-1",
  "null",
  "[]",
  "{}",
  "9007199254740993",
  '"sha256:0"',
  "true",
  '"\\u0000"',
  "[[[[[[",
]

/** Damages a document: a word of it becomes another, or its bytes change. */
export function mutateJson(text: string, changes: readonly Mutation[]): Buffer {
  let changed = text
  for (const { kind, at, value } of changes) {
    const words = [...changed.matchAll(/"[^"]*"|-?\d+|[[\]{}:,]/g)]
    const word = words[Math.floor(at * words.length)]
    if (word === undefined) break
    const by = kind === "cut" ? "" : kind === "byte" ? String.fromCharCode(value) : (WORDS[value % WORDS.length] ?? "")
    changed = changed.slice(0, word.index) + by + changed.slice(word.index + word[0].length)
  }
  return Buffer.from(changed)
}
