/** Extended attributes that count: name to value, in hexadecimal digits. */
export type ListedXattrs = Readonly<Record<string, string>>

/** One line of a canonical tree listing, as `treeLine` of the specification writes it. */
export type ListedEntry =
  | {
      readonly type: "f"
      readonly path: string
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly hex: string
      readonly sizeBytes: number
      readonly mtimeS: number
      readonly xattrs: ListedXattrs
    }
  | {
      readonly type: "d" | "p"
      readonly path: string
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly xattrs: ListedXattrs
    }
  | {
      readonly type: "c" | "b"
      readonly path: string
      readonly mode: number
      readonly uid: number
      readonly gid: number
      readonly major: number
      readonly minor: number
      readonly xattrs: ListedXattrs
    }
  | {
      readonly type: "l"
      readonly path: string
      readonly uid: number
      readonly gid: number
      readonly target: string
      readonly xattrs: ListedXattrs
    }

/** Splits bytes into lines, without their line feeds. Gives whole batches, since a promise a line would cost more than the line. */
export async function* lineBatches(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(0x0a)
    if (end < 0) {
      rest = Buffer.concat([rest, chunk])
      continue
    }
    const text = Buffer.concat([rest, chunk.subarray(0, end)]).toString("utf8")
    rest = Buffer.from(chunk.subarray(end + 1))
    yield text.split("\n")
  }
  if (rest.length > 0) yield [rest.toString("utf8")]
}

/**
 * Reads a line of a listing.
 *
 * @throws {SyntaxError | RangeError} for what is no such line.
 * @see tree-listing.ts of the specification
 */
export function parseListingLine(line: string): ListedEntry {
  const fields: unknown = JSON.parse(line)
  if (!Array.isArray(fields)) throw new RangeError("A line of the listing is no array")
  const last: unknown = fields.at(-1)
  const xattrs = typeof last === "object" && last !== null ? (last as ListedXattrs) : {}
  const [path, type, ...rest] = fields as readonly unknown[]
  const numbers = rest.filter((field) => typeof field === "number")
  const texts = rest.filter((field) => typeof field === "string")
  if (typeof path !== "string" || path === "") throw new RangeError("A line of the listing has no path")
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN, fourth = Number.NaN, fifth = Number.NaN] = numbers
  const common = { path, mode: first, uid: second, gid: third, xattrs }
  switch (type) {
    case "f":
      return { ...common, type, hex: texts[0] ?? "", sizeBytes: fourth, mtimeS: fifth }
    case "d":
    case "p":
      return { ...common, type }
    case "c":
    case "b":
      return { ...common, type, major: fourth, minor: fifth }
    case "l":
      return { type, path, uid: first, gid: second, target: texts[0] ?? "", xattrs }
    default:
      throw new RangeError(`A line of the listing has the type ${JSON.stringify(type)}`)
  }
}
