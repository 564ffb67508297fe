import type { JsonValue } from "@geartrain/spec"
import type { LineCursor } from "./line-cursor.ts"
import { foldLines, readPlain, unescapeDouble } from "./scalars.ts"

/** Levels of brackets and of indentation together. */
export const MOST_LEVELS = 64

/** Sets a member of a mapping, whatever it is called. */
export function setMember(map: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  map[key] = value
}

/**
 * Reads quotes or brackets that begin at an offset, over as many lines as they take.
 *
 * @returns the value, and the offset behind it.
 */
export function readFlow(
  cursor: LineCursor,
  start: number,
  level: number,
): { readonly value: JsonValue; readonly end: number } {
  const { text } = cursor
  let at = start

  function fault(problem: string): Error {
    const lines = text.slice(cursor.start, at).split("\n").length - 1
    return cursor.fault(problem, cursor.line + lines)
  }

  function skip(): void {
    for (; at < text.length; at++) {
      const letter = text.charAt(at)
      if (letter === "#" && /\s/.test(text.charAt(at - 1))) {
        const end = text.indexOf("\n", at)
        at = end === -1 ? text.length - 1 : end
        continue
      }
      if (letter !== " " && letter !== "\n" && letter !== "\r" && letter !== "\t") return
    }
  }

  function value(depth: number): JsonValue {
    if (depth > MOST_LEVELS) throw fault(`it is more than ${MOST_LEVELS} levels deep`)
    skip()
    const letter = text.charAt(at)
    if (letter === "[") return list(depth)
    if (letter === "{") return map(depth)
    if (letter === '"' || letter === "'") return quoted()
    refuseMarks(letter, fault)
    return readPlain(plain())
  }

  function list(depth: number): JsonValue[] {
    const items: JsonValue[] = []
    at++
    for (;;) {
      skip()
      if (at >= text.length) throw fault("a [ is never closed")
      if (text.charAt(at) === "]") break
      items.push(value(depth + 1))
      skip()
      if (text.charAt(at) === ",") at++
      else if (text.charAt(at) !== "]") throw fault("a comma or ] is missing")
    }
    at++
    return items
  }

  function map(depth: number): JsonValue {
    const members: Record<string, JsonValue> = {}
    at++
    for (;;) {
      skip()
      if (at >= text.length) throw fault("a { is never closed")
      if (text.charAt(at) === "}") break
      const letter = text.charAt(at)
      refuseMarks(letter, fault)
      const key = letter === '"' || letter === "'" ? quoted() : plain()
      skip()
      let member: JsonValue = null
      if (text.charAt(at) === ":") {
        at++
        skip()
        if (text.charAt(at) !== "," && text.charAt(at) !== "}") member = value(depth + 1)
      }
      if (Object.hasOwn(members, key)) throw fault(`"${key}" is there twice`)
      setMember(members, key, member)
      skip()
      if (text.charAt(at) === ",") at++
      else if (text.charAt(at) !== "}") throw fault("a comma or } is missing")
    }
    at++
    return members
  }

  function plain(): string {
    const from = at
    for (; at < text.length; at++) {
      const letter = text.charAt(at)
      if (letter === "," || letter === "]" || letter === "}" || letter === "[" || letter === "{") break
      if (letter === ":" && /^[\s,\]}]?$/.test(text.charAt(at + 1))) break
      if (letter === "#" && /\s/.test(text.charAt(at - 1))) break
    }
    if (at === from) throw fault("a value is missing")
    return foldLines(text.slice(from, at).trim())
  }

  function quoted(): string {
    const quote = text.charAt(at)
    const from = at + 1
    if (quote === "'") {
      for (at = from; ; at += 2) {
        at = text.indexOf("'", at)
        if (at === -1) throw unclosed()
        if (text.charAt(at + 1) !== "'") break
      }
      const inside = text.slice(from, at++)
      return foldLines(inside).replaceAll("''", "'")
    }
    for (at = from; text.charAt(at) !== '"'; at++) {
      if (at >= text.length) throw unclosed()
      if (text.charAt(at) === "\\") at++
    }
    const inside = unescapeDouble(text.slice(from, at))
    if (inside === undefined) throw fault("a backslash is followed by what YAML does not know")
    at++
    return inside
  }

  function unclosed(): Error {
    at = start
    return fault("a quote is never closed")
  }

  return { value: value(level), end: at }
}

/** A few lines of aliases can stand for gigabytes, and a tag for anything. */
export function refuseMarks(letter: string, fault: (problem: string) => Error): void {
  if (letter === "&") throw fault("it has an anchor; what it stands for has to be written out")
  if (letter === "*") throw fault("it has an alias; what it stands for has to be written out")
  if (letter === "!") throw fault("it has a tag; a document of Pegasus has none")
  if (letter === "@" || letter === "`" || letter === "%") throw fault(`a value cannot begin with ${letter}`)
}
