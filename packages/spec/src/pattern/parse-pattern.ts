import { anyCharacter, type CaseFlags, characterSet, type SetItem, wordCharacter } from "./character-set.ts"
import { type Anchor, type PatternNode, PatternProblem, widthOf } from "./pattern-node.ts"

// Real patterns have some dozen characters. What a longer one says, `enum` or a program says better.
const LONGEST_PATTERN = 4_000
const DEEPEST_PATTERN = 100

interface Flags extends CaseFlags {
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly verbose: boolean
}

const NO_FLAGS: Flags = { ignoreCase: false, ascii: false, multiline: false, dotAll: false, verbose: false }

const FLAG_LETTERS: Readonly<Record<string, keyof Flags | undefined>> = {
  i: "ignoreCase",
  a: "ascii",
  m: "multiline",
  s: "dotAll",
  x: "verbose",
}

/**
 * Reads a regular expression as Python's `re` does, since that is what the pattern of a gear manifest is written for.
 *
 * @throws {PatternProblem} for what is no pattern, and for what cannot be matched in time that grows with the length of the text: references
 *   back to a group, conditions on one, atomic groups and possessive repeats.
 * @see Python library reference 3.11, "Regular Expression Syntax"
 */
export function parsePattern(source: string): PatternNode {
  const characters = [...source]
  if (characters.length > LONGEST_PATTERN) {
    throw new PatternProblem("unsupported", `it is longer than ${LONGEST_PATTERN} characters`)
  }
  return new PatternParser(characters).parse()
}

/** A part of a sequence, with what decides whether it may be repeated. */
interface Item {
  readonly node: PatternNode
  readonly role: "atom" | "anchor" | "repeat"
}

class PatternParser {
  readonly #characters: readonly string[]
  readonly #names = new Set<string>()
  #offset = 0

  constructor(characters: readonly string[]) {
    this.#characters = characters
  }

  parse(): PatternNode {
    const node = this.#parseChoice(this.#takeGlobalFlags(), 0)
    if (!this.#isAtEnd()) throw invalid("it has a ) without (")
    return node
  }

  #isAtEnd(): boolean {
    return this.#offset >= this.#characters.length
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#offset + ahead] ?? ""
  }

  #takeIf(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#offset, this.#offset + text.length)
        .join("")
        .startsWith(text)
    )
      return false
    this.#offset += text.length
    return true
  }

  #takeWhile(accepts: RegExp, most = Number.POSITIVE_INFINITY): string {
    let taken = ""
    while (taken.length < most && accepts.test(this.#peek())) {
      taken += this.#peek()
      this.#offset++
    }
    return taken
  }

  /** `(?i)` and the like, which Python allows at the start only. */
  #takeGlobalFlags(): Flags {
    let flags = NO_FLAGS
    for (;;) {
      const match = /^\(\?([a-zA-Z]+)\)/.exec(this.#characters.slice(this.#offset, this.#offset + 20).join(""))
      if (match === null) return flags
      flags = withFlags(flags, match[1] ?? "", true)
      this.#offset += match[0].length
    }
  }

  #parseChoice(flags: Flags, depth: number): PatternNode {
    if (depth > DEEPEST_PATTERN) throw new PatternProblem("unsupported", "its groups lie too deep in each other")
    const branches = [this.#parseSequence(flags, depth)]
    while (this.#takeIf("|")) branches.push(this.#parseSequence(flags, depth))
    const [only] = branches
    return branches.length === 1 && only !== undefined ? only : { kind: "choice", branches }
  }

  #parseSequence(flags: Flags, depth: number): PatternNode {
    const items: Item[] = []
    for (;;) {
      if (flags.verbose) this.#skipVerboseSpace()
      const next = this.#peek()
      if (next === "" || next === "|" || next === ")") break
      const bounds = this.#takeRepeat()
      if (bounds !== undefined) items.push(this.#repeatLast(items.pop(), bounds))
      else {
        const item = this.#parseItem(flags, depth)
        if (item !== undefined) items.push(item)
      }
    }
    return { kind: "sequence", parts: items.map((item) => item.node) }
  }

  #skipVerboseSpace(): void {
    for (;;) {
      this.#takeWhile(/^[ \t\n\r\v\f]$/)
      if (this.#peek() !== "#") return
      this.#takeWhile(/^[^\n]$/)
    }
  }

  /** Takes `*`, `+`, `?` or `{m,n}`. A brace that begins none of the four forms stands for itself. */
  #takeRepeat(): { readonly min: number; readonly max: number } | undefined {
    if (this.#takeIf("*")) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (this.#takeIf("+")) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (this.#takeIf("?")) return { min: 0, max: 1 }
    const match = /^\{(?:(\d*),(\d*)|(\d+))\}/.exec(this.#characters.slice(this.#offset, this.#offset + 50).join(""))
    if (match === null) return undefined
    this.#offset += match[0].length
    const [, low, high, exact] = match
    const min = Number((exact ?? low) || 0)
    const max = exact !== undefined ? min : high ? Number(high) : Number.POSITIVE_INFINITY
    if (min >= MOST_REPEATS || (Number.isFinite(max) && max >= MOST_REPEATS))
      throw invalid("a repeat number is too large")
    if (max < min) throw invalid("a repeat has a lower most than its least")
    return { min, max }
  }

  #repeatLast(item: Item | undefined, bounds: { readonly min: number; readonly max: number }): Item {
    if (item === undefined || item.role === "anchor") throw invalid("it repeats nothing")
    if (item.role === "repeat") throw invalid("it repeats a repeat")
    // A lazy repeat matches the same texts as an eager one.
    if (!this.#takeIf("?") && this.#takeIf("+")) throw new PatternProblem("unsupported", "it has a possessive repeat")
    return { role: "repeat", node: { kind: "repeat", body: item.node, ...bounds } }
  }

  #parseItem(flags: Flags, depth: number): Item | undefined {
    const character = this.#peek()
    if (character === "(") return this.#parseGroup(flags, depth)
    this.#offset++
    if (character === "[") return atom({ kind: "set", matches: this.#parseSet(flags) })
    if (character === ".") return atom({ kind: "set", matches: anyCharacter(flags.dotAll) })
    if (character === "^") return anchorItem(flags.multiline ? "line-start" : "text-start", flags)
    if (character === "$") return anchorItem(flags.multiline ? "line-end" : "text-end-or-final-line-feed", flags)
    if (character === "\\") return this.#parseEscape(flags)
    return literal(codeOf(character), flags)
  }

  #parseEscape(flags: Flags): Item {
    const letter = this.#peek()
    const anchor = ESCAPED_ANCHORS.get(letter)
    if (anchor !== undefined) {
      this.#offset++
      return anchorItem(anchor, flags)
    }
    if (/^[1-9]$/.test(letter) && !this.#isThreeOctal())
      throw new PatternProblem("unsupported", "it refers back to a group")
    return atom({ kind: "set", matches: characterSet([this.#takeEscape(false)], { ...flags, negated: false }) })
  }

  /** Whether three octal digits stand here: those are a character and no group. */
  #isThreeOctal(): boolean {
    return /^[0-7]{3}$/.test(this.#characters.slice(this.#offset, this.#offset + 3).join(""))
  }

  /** Takes what follows a backslash, where that is one character or a class of them. */
  #takeEscape(inSet: boolean): SetItem {
    const letter = this.#peek()
    if (letter === "") throw invalid("it ends with a backslash")
    if (/^[0-7]$/.test(letter)) return point(this.#takeOctal(inSet))
    this.#offset++
    if (/^[dDsSwW]$/.test(letter)) return { class: letter as "d" }
    const digits = HEX_DIGITS.get(letter)
    if (digits !== undefined) return point(this.#takeHex(digits))
    if (inSet && letter === "b") return point(0x08)
    const control = CONTROL_ESCAPES.get(letter)
    if (control !== undefined) return point(control)
    if (letter === "N") throw new PatternProblem("unsupported", "it calls a character by its Unicode name")
    if (/^[A-Za-z0-9]$/.test(letter)) throw invalid(`\\${letter} means nothing`)
    return point(codeOf(letter))
  }

  #takeOctal(inSet: boolean): number {
    const zero = this.#peek() === "0"
    const digits = this.#takeWhile(/^[0-7]$/, zero || inSet || this.#isThreeOctal() ? 3 : 1)
    const code = Number.parseInt(digits, 8)
    if (code > 0o377) throw invalid(`\\${digits} is above \\377`)
    return code
  }

  #takeHex(digits: number): number {
    const text = this.#takeWhile(/^[0-9a-fA-F]$/, digits)
    const code = Number.parseInt(text, 16)
    if (text.length < digits || code > 0x10ffff) throw invalid("a \\x, \\u or \\U is not followed by its digits")
    return code
  }

  #parseSet(flags: Flags) {
    const negated = this.#takeIf("^")
    const items: SetItem[] = []
    while (items.length === 0 || this.#peek() !== "]") {
      const low = this.#takeSetItem()
      if (this.#peek() !== "-" || this.#peek(1) === "]") items.push(low)
      else {
        this.#offset++
        items.push(rangeOf(low, this.#takeSetItem()))
      }
    }
    this.#offset++
    return characterSet(items, { ...flags, negated })
  }

  #takeSetItem(): SetItem {
    if (this.#isAtEnd()) throw invalid("it has a [ without ]")
    if (this.#takeIf("\\")) return this.#takeEscape(true)
    const character = this.#peek()
    this.#offset++
    return point(codeOf(character))
  }

  #parseGroup(flags: Flags, depth: number): Item | undefined {
    this.#offset++
    if (!this.#takeIf("?")) return atom(this.#closeGroup(flags, depth))
    if (this.#takeIf("#")) return this.#skipComment()
    if (this.#takeIf(":")) return atom(this.#closeGroup(flags, depth))
    if (this.#takeIf("=")) return this.#parseLook(flags, depth, { negated: false, behind: false })
    if (this.#takeIf("!")) return this.#parseLook(flags, depth, { negated: true, behind: false })
    if (this.#takeIf("<=")) return this.#parseLook(flags, depth, { negated: false, behind: true })
    if (this.#takeIf("<!")) return this.#parseLook(flags, depth, { negated: true, behind: true })
    if (this.#takeIf("P<")) return this.#parseNamedGroup(flags, depth)
    if (this.#takeIf("P=")) throw new PatternProblem("unsupported", "it refers back to a group")
    if (this.#takeIf("(")) throw new PatternProblem("unsupported", "it has a condition on a group")
    if (this.#takeIf(">")) throw new PatternProblem("unsupported", "it has an atomic group")
    return atom(this.#closeGroup(this.#takeGroupFlags(flags), depth))
  }

  #closeGroup(flags: Flags, depth: number): PatternNode {
    const body = this.#parseChoice(flags, depth + 1)
    if (!this.#takeIf(")")) throw invalid("it has a ( without )")
    return body
  }

  #skipComment(): undefined {
    this.#takeWhile(/^[^)]$/s)
    if (!this.#takeIf(")")) throw invalid("it has a ( without )")
    return undefined
  }

  #parseLook(flags: Flags, depth: number, how: { readonly negated: boolean; readonly behind: boolean }): Item {
    const body = this.#closeGroup(flags, depth)
    if (!how.behind) return atom({ kind: "look", negated: how.negated, body })
    const { min, max } = widthOf(body)
    if (min !== max) throw invalid("a look-behind has no fixed width")
    return atom({ kind: "look", negated: how.negated, body, behind: min })
  }

  #parseNamedGroup(flags: Flags, depth: number): Item {
    const name = this.#takeWhile(/^[\p{L}\p{N}_]$/u)
    if (!this.#takeIf(">") || name === "" || /^\p{N}/u.test(name)) throw invalid("a group has no proper name")
    if (this.#names.has(name)) throw invalid(`two groups are called "${name}"`)
    this.#names.add(name)
    return atom(this.#closeGroup(flags, depth))
  }

  /** `(?i-m:…)`. */
  #takeGroupFlags(flags: Flags): Flags {
    const on = this.#takeWhile(/^[a-zA-Z]$/)
    const hasOff = this.#takeIf("-")
    const off = hasOff ? this.#takeWhile(/^[a-zA-Z]$/) : ""
    if (on !== "" && !hasOff && this.#peek() === ")") throw invalid("its flags for the whole are not at the start")
    if (!this.#takeIf(":") || (on === "" && off === "") || (hasOff && off === "")) {
      throw invalid("it has an extension (?… that is not known")
    }
    if (/[auL]/.test(off) || /[auL].*[auL]/.test(on) || [...on].some((letter) => off.includes(letter))) {
      throw invalid("the flags of a group exclude each other")
    }
    return withFlags(withFlags(flags, on, true), off, false)
  }
}

// Python's MAXREPEAT.
const MOST_REPEATS = 4_294_967_295

const ESCAPED_ANCHORS: ReadonlyMap<string, Anchor> = new Map<string, Anchor>([
  ["A", "text-start"],
  ["Z", "text-end"],
  ["b", "word-boundary"],
  ["B", "no-word-boundary"],
])

const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
])

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["v", 0x0b],
])

function invalid(problem: string): PatternProblem {
  return new PatternProblem("invalid", problem)
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

function point(code: number): SetItem {
  return { from: code, to: code }
}

function rangeOf(low: SetItem, high: SetItem): SetItem {
  if (!("from" in low && "from" in high)) throw invalid("a class such as \\d is the end of a range")
  if (high.from < low.from) throw invalid("a range in [ ] runs backwards")
  return { from: low.from, to: high.from }
}

function atom(node: PatternNode): Item {
  return { node, role: "atom" }
}

function anchorItem(anchor: Anchor, flags: Flags): Item {
  return { node: { kind: "anchor", anchor, isWord: wordCharacter(flags.ascii) }, role: "anchor" }
}

function literal(code: number, flags: Flags): Item {
  return atom({ kind: "set", matches: characterSet([point(code)], { ...flags, negated: false }) })
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  let result = flags
  for (const letter of letters) {
    const flag = FLAG_LETTERS[letter]
    // `u` is how Python matches text anyway, and takes back an `a`.
    if (letter === "u") result = { ...result, ascii: false }
    else if (flag === undefined) throw invalid(`it has a flag "${letter}" that is not known`)
    else result = { ...result, [flag]: value }
  }
  return result
}
