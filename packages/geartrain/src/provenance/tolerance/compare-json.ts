import { canonicalJson, type JsonValue } from "@geartrain/spec"

/**
 * A JSON document as text of one value a line, without the fields that do not count, so that it can be compared like any other text.
 *
 * @param fields  JSON pointers in which `*` is any name or index, such as `/runs/*`+`/date`.
 * @returns undefined when it is no JSON.
 * @see RFC 6901
 * @example
 *   jsonLines('{"b":[1],"date":"now"}', ["/date"]) // => '/b/0 1\n'
 */
export function jsonLines(text: string, fields: readonly string[]): string | undefined {
  const ignored = fields.map((field) => field.split("/").slice(1))
  let document: JsonValue
  try {
    document = JSON.parse(text) as JsonValue
  } catch {
    // Whoever asked compares the text as it is.
    return undefined
  }
  const lines: string[] = []
  list(document, [], { ignored, lines })
  return lines.map((line) => `${line}\n`).join("")
}

interface Listing {
  readonly ignored: readonly (readonly string[])[]
  readonly lines: string[]
}

function list(value: JsonValue, path: readonly string[], listing: Listing): void {
  if (listing.ignored.some((pattern) => matches(pattern, path))) return
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    listing.lines.push(`${path.map((name) => `/${name}`).join("")} ${canonicalJson(value)}`)
    return
  }
  const members: readonly (readonly [string, JsonValue | undefined])[] = Array.isArray(value)
    ? value.map((item: JsonValue, index) => [String(index), item])
    : Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, member] of members)
    if (member !== undefined) list(member, [...path, name.replaceAll("~", "~0").replaceAll("/", "~1")], listing)
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((name, index) => name === "*" || name === path[index])
}
