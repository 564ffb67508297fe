import type { LineCursor } from "./line-cursor.ts"

/**
 * Reads what follows `|` or `>`: lines that are kept, or folded, as they are written.
 *
 * @param header  `|`, `>-`, `|2+` …
 * @param parent  How far the thing is indented that it belongs to.
 */
export function readBlockScalar(cursor: LineCursor, header: string, parent: number): string {
  const shape = /^([|>])(?:([1-9])([+-]?)|([+-])([1-9]?))?\s*(#.*)?$/.exec(header)
  if (shape === null) throw cursor.fault(`"${header}" is no way to begin a text of several lines`)
  const chomp = shape[3] || shape[4] || ""
  const digit = shape[2] || shape[5]
  const lines: string[] = []
  let indent = digit === undefined || digit === "" ? -1 : Math.max(parent, 0) + Number(digit)
  for (let next = cursor.peekRaw(); next !== undefined; next = cursor.peekRaw()) {
    const depth = next.search(/[^ ]/)
    if (depth === -1) {
      lines.push(indent === -1 ? "" : next.slice(indent))
    } else {
      if (indent === -1) {
        if (depth <= parent) break
        indent = depth
      }
      if (depth < indent) break
      lines.push(next.slice(indent))
    }
    cursor.rawLine()
  }
  cursor.advance()
  return chompEnd(shape[1] === "|" ? lines.join("\n") : fold(lines), lines.length > 0, chomp)
}

function chompEnd(text: string, has: boolean, chomp: string): string {
  if (!has) return ""
  if (chomp === "+") return `${text}\n`
  const trimmed = text.replace(/\n+$/, "")
  return chomp === "-" || trimmed === "" ? trimmed : `${trimmed}\n`
}

/** Single ends of line become spaces, but next to lines that are indented further. */
function fold(lines: readonly string[]): string {
  let text = ""
  let breaks = 0
  let begun = false
  let wasDeep = false
  for (const line of lines) {
    if (line === "") {
      breaks++
      continue
    }
    const isDeep = /^[ \t]/.test(line)
    if (!begun) text = "\n".repeat(breaks)
    else if (isDeep || wasDeep) text += "\n".repeat(breaks + 1)
    else text += breaks === 0 ? " " : "\n".repeat(breaks)
    text += line
    breaks = 0
    begun = true
    wasDeep = isDeep
  }
  return text + "\n".repeat(breaks)
}
