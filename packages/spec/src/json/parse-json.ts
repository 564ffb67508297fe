import { JsonCursor, StopReading } from "./json-cursor.ts"
import { JsonDocument, type JsonNode } from "./json-document.ts"
import type { JsonFault } from "./json-fault.ts"
import type { JsonValue } from "./json-value.ts"
import { isNumberStart, readJsonNumber, readJsonWord } from "./read-json-scalar.ts"
import { isQuote, readJsonString } from "./read-json-string.ts"

/** What an outside text may cost. */
export interface JsonLimits {
  /** Bytes of the text in UTF-8. 4 MiB: the largest real manifest has 0.1 MiB. */
  readonly maxBytes?: number
  /** Objects and arrays in each other. 64: real manifests have at most 12. */
  readonly maxDepth?: number
  /** Values of all kinds. 500,000: they bound the memory, about 200 bytes each. */
  readonly maxValues?: number
}

export type JsonResult =
  | { readonly ok: true; readonly document: JsonDocument }
  | {
      readonly ok: false
      /** At least one, in the order of the text. */
      readonly faults: readonly JsonFault[]
      /** What was most probably meant, where the whole text could be read in spite of its faults. */
      readonly meant?: JsonDocument
    }

/**
 * Reads JSON that comes from outside: strictly by RFC 8259, within limits, and with all that is wrong told at once.
 *
 * Beyond RFC 8259, as its section 4 and RFC 7493 advise, duplicate keys, halves of surrogate pairs, numbers beyond the range of a double and
 * integers that a double cannot hold are faults: two programs would read them differently, and then one digest would name two things.
 * Reading goes on after a fault where what was meant is plain, so that all faults are found in one go.
 *
 * @example
 *   const result = parseJson('{"a": 1,}')
 *   result.ok // => false
 *   result.faults[0].problem // => "there is a comma after the last member of an object"
 *   result.faults[0].column // => 8
 */
export function parseJson(text: string, limits: JsonLimits = {}): JsonResult {
  const cursor = new JsonCursor(text)
  const reader = new Reader(cursor, limits)
  try {
    reader.checkSize()
    const root = reader.readWhole()
    const document = new JsonDocument(text, root, (offset) => cursor.position(offset))
    if (cursor.faults.length === 0) return { ok: true, document }
    return { ok: false, faults: inOrder(cursor.faults), meant: document }
  } catch (error) {
    if (error instanceof StopReading) return { ok: false, faults: inOrder(cursor.faults) }
    throw error
  }
}

function inOrder(faults: readonly JsonFault[]): readonly JsonFault[] {
  return faults.toSorted((a, b) => a.offset - b.offset)
}

// How a JSON value begins, or one in the spelling of another language.
const LIKE_JSON = /^(?:[{["'0-9+.-]|\p{Quotation_Mark}|(?:true|false|null|none|nan|inf|infinity|undefined)\b)/iu

class Reader {
  readonly #cursor: JsonCursor
  readonly #maxBytes: number
  readonly #maxDepth: number
  #valuesLeft: number

  constructor(cursor: JsonCursor, limits: JsonLimits) {
    this.#cursor = cursor
    this.#maxBytes = limits.maxBytes ?? 4 * 1024 * 1024
    this.#maxDepth = limits.maxDepth ?? 64
    this.#valuesLeft = limits.maxValues ?? 500_000
  }

  checkSize(): void {
    const { text } = this.#cursor
    // Three bytes are the most that one code unit can become.
    if (text.length * 3 <= this.#maxBytes) return
    const bytes = text.length > this.#maxBytes ? text.length : new TextEncoder().encode(text).length
    if (bytes <= this.#maxBytes) return
    this.#cursor.stop("too-large", 0, {
      problem: `the text has ${bytes} bytes or more, and at most ${this.#maxBytes} are read`,
      fix: "Move large data out of it",
    })
  }

  readWhole(): JsonNode {
    const cursor = this.#cursor
    cursor.skipSpace()
    if (cursor.isAtEnd()) {
      cursor.stop("empty", 0, { problem: "the text is empty", fix: "Write a JSON value, such as {}" })
    }
    if (!LIKE_JSON.test(cursor.text.slice(cursor.offset, cursor.offset + 20))) {
      cursor.stop("not-json", cursor.offset, {
        problem: `the text begins with ${JSON.stringify(cursor.peekCharacter())}, and so is no JSON`,
        fix: "Begin the text with { and end it with }",
      })
    }
    const root = this.#readValue(0)
    cursor.skipSpace()
    if (!cursor.isAtEnd()) this.#stopAtExtraText(root)
    return root
  }

  #stopAtExtraText(root: JsonNode): never {
    const cursor = this.#cursor
    const closing = cursor.peek() === "}" || cursor.peek() === "]"
    const whole = root.members !== undefined || root.items !== undefined
    return cursor.stop("extra-text", cursor.offset, {
      problem: `the text goes on after its end with ${JSON.stringify(cursor.peekCharacter())}`,
      fix: closing
        ? `Remove this ${cursor.peek()}, or one that closes too early above`
        : whole
          ? "Remove what follows"
          : "Begin the text with { and end it with }",
    })
  }

  #readValue(depth: number): JsonNode {
    const cursor = this.#cursor
    const start = cursor.offset
    if (--this.#valuesLeft < 0) {
      cursor.stop("too-many-values", start, {
        problem: "the text has more values than are read",
        fix: "Move large data out of it",
      })
    }
    const next = cursor.peek()
    if (next === "{" || next === "[") {
      if (depth >= this.#maxDepth) this.#stopTooDeep()
      return next === "{" ? this.#readObject(depth) : this.#readArray(depth)
    }
    const value = this.#readScalar()
    return { value, start, end: cursor.offset }
  }

  #readScalar(): JsonValue {
    const cursor = this.#cursor
    if (isQuote(cursor.peek())) return readJsonString(cursor)
    if (isNumberStart(cursor)) return readJsonNumber(cursor)
    if (/[+-]?[\p{L}_$]/uy.test(cursor.text.slice(cursor.offset, cursor.offset + 3))) return readJsonWord(cursor)
    if (/[,:}\]]/.test(cursor.peek())) {
      cursor.report("missing-value", cursor.offset, {
        problem: `a value is missing before ${cursor.peek()}`,
        fix: "Write a value here",
      })
      return null
    }
    if (cursor.isAtEnd()) this.#stopAtEnd("a value is missing", "Write a value here")
    return this.#stopAtCharacter()
  }

  #readArray(depth: number): JsonNode {
    const cursor = this.#cursor
    const start = cursor.offset
    const items: JsonNode[] = []
    cursor.offset++
    cursor.skipSpace()
    while (cursor.peek() !== "]") {
      if (cursor.isAtEnd()) this.#stopUnclosed("an array", start, "]")
      if (cursor.peek() === "}") this.#stopMismatched("an array", start, "]")
      items.push(this.#readValue(depth + 1))
      if (!this.#takeSeparator("]", "an array", "item")) break
    }
    cursor.offset++
    return { value: items.map((item) => item.value), start, end: cursor.offset, items }
  }

  #readObject(depth: number): JsonNode {
    const cursor = this.#cursor
    const start = cursor.offset
    const members = new Map<string, { readonly keyStart: number; readonly node: JsonNode }>()
    // Without a prototype, so that `__proto__` and `constructor` are keys like any other.
    const value: Record<string, JsonValue> = Object.create(null)
    cursor.offset++
    cursor.skipSpace()
    while (cursor.peek() !== "}") {
      if (cursor.isAtEnd()) this.#stopUnclosed("an object", start, "}")
      if (cursor.peek() === "]") this.#stopMismatched("an object", start, "}")
      const keyStart = cursor.offset
      const key = this.#readKey()
      this.#takeColon(key)
      const node = this.#readValue(depth + 1)
      const earlier = members.get(key)
      if (earlier !== undefined) this.#reportDuplicate(key, keyStart, earlier.keyStart)
      members.set(key, { keyStart, node })
      value[key] = node.value
      if (!this.#takeSeparator("}", "an object", "member")) break
    }
    cursor.offset++
    return { value, start, end: cursor.offset, members }
  }

  #readKey(): string {
    const cursor = this.#cursor
    if (isQuote(cursor.peek())) return readJsonString(cursor)
    const start = cursor.offset
    const bare = cursor.take(/[\p{L}\p{N}_$][\p{L}\p{N}_$.-]*/uy)
    if (bare === undefined) return this.#stopAtCharacter("the name of a member, in double quotes,")
    cursor.report("bad-key", start, {
      problem: `the name ${bare} is not in quotes`,
      fix: `Put it in double quotes: "${bare}"`,
      edit: { start, end: cursor.offset, text: JSON.stringify(bare) },
    })
    return bare
  }

  #takeColon(key: string): void {
    const cursor = this.#cursor
    cursor.skipSpace()
    if (cursor.peek() === ":") cursor.offset++
    else {
      if (cursor.isAtEnd()) this.#stopAtEnd(`a colon and a value are missing after "${key}"`, "Write them")
      cursor.report("bad-colon", cursor.offset, {
        problem: `there is no colon after "${key}"`,
        fix: `Write "${key}": and the value`,
      })
      cursor.take(/=>?/y)
    }
    cursor.skipSpace()
  }

  #reportDuplicate(key: string, keyStart: number, earlierStart: number): void {
    const earlier = this.#cursor.position(earlierStart)
    this.#cursor.report("duplicate-key", keyStart, {
      problem: `"${key}" stands here again; the first is in line ${earlier.line}`,
      fix: "Keep one of the two",
    })
  }

  /** Takes what stands between two parts. Answers false at the bracket that closes, which is left. */
  #takeSeparator(close: "]" | "}", container: string, part: string): boolean {
    const cursor = this.#cursor
    const end = cursor.offset
    cursor.skipSpace()
    if (cursor.peek() === close) return false
    if (cursor.peek() === "," || cursor.peek() === ";") {
      this.#takeCommas(close, container, part)
      return cursor.peek() !== close
    }
    // Another bracket, or the end of the text, is told by who reads the next part.
    if (!cursor.isAtEnd() && cursor.peek() !== "]" && cursor.peek() !== "}") this.#reportMissingComma(end, part)
    return true
  }

  #takeCommas(close: string, container: string, part: string): void {
    const cursor = this.#cursor
    const comma = cursor.offset
    if (cursor.peek() === ";") {
      cursor.report("bad-character", comma, { problem: "there is a semicolon", fix: "Write a comma" })
    }
    cursor.offset++
    cursor.skipSpace()
    if (cursor.peek() === close) {
      cursor.report("trailing-comma", comma, {
        problem: `there is a comma after the last ${part} of ${container}`,
        fix: "Remove the comma",
        edit: { start: comma, end: comma + 1, text: "" },
      })
    }
    while (cursor.peek() === ",") {
      cursor.report("missing-value", cursor.offset, { problem: "there are two commas", fix: "Remove one of them" })
      cursor.offset++
      cursor.skipSpace()
    }
  }

  #reportMissingComma(end: number, part: string): void {
    const cursor = this.#cursor
    if (!isQuote(cursor.peek()) && !/[\p{L}\p{N}_$[{+.-]/u.test(cursor.peekCharacter())) this.#stopAtCharacter()
    cursor.report("missing-comma", end, {
      problem: `there is no comma between this ${part} and the next`,
      fix: "Put a comma here",
      edit: { start: end, end, text: "," },
    })
  }

  #stopAtCharacter(wanted = "a value"): never {
    const cursor = this.#cursor
    if (cursor.isAtEnd()) return this.#stopAtEnd(`${wanted} is missing`, "Complete the text")
    return cursor.stop("bad-character", cursor.offset, {
      problem: `${JSON.stringify(cursor.peekCharacter())} stands where ${wanted} should`,
      fix: "Remove or replace it",
    })
  }

  #stopAtEnd(problem: string, fix: string): never {
    return this.#cursor.stop("unclosed", this.#cursor.offset, { problem: `the text ends, and ${problem}`, fix })
  }

  #stopUnclosed(container: string, start: number, close: string): never {
    const { line, column } = this.#cursor.position(start)
    return this.#cursor.stop("unclosed", this.#cursor.offset, {
      problem: `the text ends, and ${container} that begins in line ${line}, column ${column} is not closed`,
      fix: `Write the ${close} that is missing; perhaps the file was cut short`,
    })
  }

  #stopMismatched(container: string, start: number, close: string): never {
    const { line, column } = this.#cursor.position(start)
    return this.#cursor.stop("bad-character", this.#cursor.offset, {
      problem: `${this.#cursor.peek()} stands where ${container} that begins in line ${line}, column ${column} should be closed`,
      fix: `Write ${close}, or close what is open`,
    })
  }

  #stopTooDeep(): never {
    return this.#cursor.stop("too-deep", this.#cursor.offset, {
      problem: `more than ${this.#maxDepth} objects and arrays lie in each other`,
      fix: "Write it flatter",
    })
  }
}
