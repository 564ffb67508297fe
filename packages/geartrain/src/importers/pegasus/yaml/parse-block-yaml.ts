import type { JsonValue } from "@geartrain/spec"
import { readBlockScalar } from "./block-scalar.ts"
import { MOST_LEVELS, readFlow, refuseMarks, setMember } from "./flow-value.ts"
import { LineCursor, type TextOf } from "./line-cursor.ts"
import { readPlain } from "./scalars.ts"

/** On which line each member of a mapping, and each item of a list, begins. Kept only when somebody asks where something stands. */
export type LineIndex = Map<object, Map<string, number>>

/**
 * Reads YAML as programs write it, in one pass and without a tree of its own: workflows of a hundred thousand jobs have fifty megabytes, and
 * a parser that keeps every token takes minutes and gigabytes for them.
 *
 * What YAML can and JSON cannot is refused: anchors, aliases, tags, keys that are no text, several documents.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line.
 */
export function parseBlockYaml(text: string, of: TextOf, lines?: LineIndex): JsonValue {
  const cursor = new LineCursor(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, of)
  if (isMarker(cursor, "---")) cursor.advance()
  if (cursor.done) return null
  const value = readNode({ cursor, lines }, 0)
  if (isMarker(cursor, "...")) cursor.advance()
  if (!cursor.done) {
    const problem = isMarker(cursor, "---")
      ? "a second document begins here"
      : "it is indented differently from what stands before it"
    throw cursor.fault(problem)
  }
  return value
}

interface Reading {
  readonly cursor: LineCursor
  readonly lines: LineIndex | undefined
}

function isMarker(cursor: LineCursor, marker: string): boolean {
  return cursor.indent === 0 && cursor.text.slice(cursor.start, cursor.end).trimEnd() === marker
}

function readNode(reading: Reading, level: number): JsonValue {
  const { cursor } = reading
  if (level > MOST_LEVELS) throw cursor.fault(`it is more than ${MOST_LEVELS} levels deep`)
  if (isItem(cursor)) return readList(reading, cursor.indent, level)
  if (keyEnd(cursor) !== -1) return readMap(reading, cursor.indent, level)
  return readValue(reading, { at: cursor.start, parent: cursor.indent - 1, level })
}

function isItem({ text, start, end }: LineCursor): boolean {
  if (text.charCodeAt(start) !== 0x2d) return false
  const next = text.charCodeAt(start + 1)
  return start + 1 === end || next === 0x20 || next === 0x09
}

function readList(reading: Reading, indent: number, level: number): JsonValue[] {
  const { cursor, lines } = reading
  const items: JsonValue[] = []
  const index = lines === undefined ? undefined : new Map<string, number>()
  if (index !== undefined) lines?.set(items, index)
  while (cursor.indent === indent && isItem(cursor)) {
    index?.set(String(items.length), cursor.line)
    const at = skipSpaces(cursor, cursor.start + 1)
    if (isBlank(cursor, at)) {
      cursor.advance()
      items.push(cursor.indent > indent ? readNode(reading, level + 1) : null)
      continue
    }
    const before = { start: cursor.start, indent: cursor.indent }
    cursor.reenter(at)
    if (isItem(cursor) || keyEnd(cursor) !== -1) {
      items.push(readNode(reading, level + 1))
      continue
    }
    cursor.start = before.start
    cursor.indent = before.indent
    items.push(readValue(reading, { at, parent: indent, level: level + 1 }))
  }
  return items
}

function readMap(reading: Reading, indent: number, level: number): JsonValue {
  const { cursor, lines } = reading
  const members: Record<string, JsonValue> = {}
  const index = lines === undefined ? undefined : new Map<string, number>()
  if (index !== undefined) lines?.set(members, index)
  while (cursor.indent === indent) {
    if (isMarker(cursor, "---") || isMarker(cursor, "...")) break
    const colon = keyEnd(cursor)
    if (colon === -1 || isItem(cursor)) {
      if (isItem(cursor)) throw cursor.fault("an item of a list stands where a name is expected")
      throw cursor.fault(`"${shorten(cursor)}" is no name with a colon and a space behind it`)
    }
    const key = readKey(cursor, colon)
    if (Object.hasOwn(members, key)) throw cursor.fault(`"${key}" is there twice`)
    index?.set(key, cursor.line)
    const at = skipSpaces(cursor, colon + 1)
    setMember(members, key, readMember(reading, at, { indent, level }))
  }
  return members
}

function readMember(
  reading: Reading,
  at: number,
  { indent, level }: { readonly indent: number; readonly level: number },
): JsonValue {
  const { cursor } = reading
  if (!isBlank(cursor, at)) return readValue(reading, { at, parent: indent, level: level + 1 })
  cursor.advance()
  if (cursor.indent > indent) return readNode(reading, level + 1)
  // A list may stand as far left as the name that it belongs to.
  return cursor.indent === indent && isItem(cursor) ? readList(reading, indent, level + 1) : null
}

/** A value that begins on this line: quotes, brackets, a text of several lines, or as it is. Leaves the cursor on the line behind it. */
function readValue(
  { cursor }: Reading,
  { at, parent, level }: { readonly at: number; readonly parent: number; readonly level: number },
): JsonValue {
  const letter = cursor.text.charAt(at)
  if (letter === "|" || letter === ">") return readBlockScalar(cursor, cursor.text.slice(at, cursor.end).trim(), parent)
  if (letter === '"' || letter === "'" || letter === "[" || letter === "{") {
    const { value, end } = readFlow(cursor, at, level)
    if (!cursor.resumeAfter(end)) throw cursor.fault("something follows a value that has ended")
    cursor.advance()
    return value
  }
  refuseMarks(letter, (problem) => cursor.fault(problem))
  if (letter === "?" && /\s/.test(cursor.text.charAt(at + 1))) throw cursor.fault("a name is a text on one line")
  const text = readPlainText(cursor, at, parent)
  return readPlain(text)
}

function readPlainText(cursor: LineCursor, at: number, parent: number): string {
  let text = withoutComment(cursor, at)
  if (text.includes(": ")) throw cursor.fault("a value has a colon and a space in it; put it in quotes")
  let line = cursor.line
  cursor.advance()
  while (cursor.indent > parent && !cursor.done && !isMarker(cursor, "---") && !isMarker(cursor, "...")) {
    if (keyEnd(cursor) !== -1)
      throw cursor.fault("a name stands within a text; quote the text, or indent the name as its neighbours")
    const blanks = cursor.line - line - 1
    text += (blanks === 0 ? " " : "\n".repeat(blanks)) + withoutComment(cursor, cursor.start)
    line = cursor.line
    cursor.advance()
  }
  return text
}

/** Looked for within the line: searching the text for what it does not have would read all of it for each line. */
function withoutComment({ text, end }: LineCursor, at: number): string {
  const line = text.slice(at, end)
  for (let hash = line.indexOf("#", 1); hash !== -1; hash = line.indexOf("#", hash + 1)) {
    const before = line.charCodeAt(hash - 1)
    if (before === 0x20 || before === 0x09) return line.slice(0, hash).trimEnd()
  }
  return line.trimEnd()
}

/** Offset of the colon behind the name that the line begins with; -1 where there is none. */
function keyEnd({ text, start, end }: LineCursor): number {
  const first = text.charAt(start)
  if (first === '"' || first === "'") {
    for (let at = start + 1; at < end; at++) {
      const letter = text.charAt(at)
      if (letter === "\\" && first === '"') at++
      else if (letter === first && first === "'" && text.charAt(at + 1) === "'") at++
      else if (letter === first) return colonAt(text, skipBlanks(text, at + 1, end), end)
    }
    return -1
  }
  if (first === "[" || first === "{" || first === "#" || first === "|" || first === ">") return -1
  for (let at = start; at < end; at++) {
    const letter = text.charCodeAt(at)
    if (letter === 0x3a && colonAt(text, at, end) !== -1) return at
    if (letter === 0x23 && at > start && text.charCodeAt(at - 1) === 0x20) return -1
  }
  return -1
}

function colonAt(text: string, at: number, end: number): number {
  if (at >= end || text.charCodeAt(at) !== 0x3a) return -1
  const next = text.charCodeAt(at + 1)
  return at + 1 === end || next === 0x20 || next === 0x09 ? at : -1
}

function readKey(cursor: LineCursor, colon: number): string {
  const letter = cursor.text.charAt(cursor.start)
  if (letter === '"' || letter === "'") return String(readFlow(cursor, cursor.start, 0).value)
  refuseMarks(letter, (problem) => cursor.fault(problem))
  if (letter === "?" && cursor.text.charAt(cursor.start + 1) === " ") throw cursor.fault("a name is a text on one line")
  return cursor.text.slice(cursor.start, colon).trimEnd()
}

function skipSpaces({ text, end }: LineCursor, at: number): number {
  return skipBlanks(text, at, end)
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from
  while (at < end && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at++
  return at
}

function isBlank({ text, end }: LineCursor, at: number): boolean {
  return at >= end || text.charCodeAt(at) === 0x23
}

function shorten({ text, start, end }: LineCursor): string {
  return text.slice(start, Math.min(end, start + 40))
}
