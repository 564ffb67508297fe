/** A part of a text such as `${scans.1}/`: a text as it is, or what a datum has. Group 0 is the whole path. */
export type PlacePart = string | { readonly input: string; readonly group: number }

/**
 * Reads where the outputs of a datum go.
 *
 * @example
 *   readPlace("out/${scans.1}") // => ["out/", { input: "scans", group: 1 }]
 */
export function readPlace(text: string): readonly PlacePart[] {
  const parts: PlacePart[] = []
  let from = 0
  for (const match of text.matchAll(/\$\{([A-Za-z0-9][A-Za-z0-9._-]*?)(?:\.(\d{1,3}))?\}/g)) {
    if (match.index > from) parts.push(text.slice(from, match.index))
    parts.push({ input: match[1] ?? "", group: Number(match[2] ?? 0) })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
}
