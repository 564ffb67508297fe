import { characterSet, type SetItem } from "../../pattern/character-set.ts"
import type { CharacterSet } from "../../pattern/pattern-node.ts"
import type { GlobFault, GlobNode, GroupKind } from "./glob-node.ts"

// A path has at most 4,096 bytes, and what people write has some dozen characters.
const LONGEST_GLOB = 1_000
const DEEPEST_GLOB = 20

/** Thrown while a glob is read, and caught where it is. */
export class GlobProblem extends Error {
  readonly fault: GlobFault

  constructor(at: number, problem: string, hint: string) {
    super(problem)
    this.fault = { at, problem, hint }
  }
}

/**
 * Reads a glob as a tree.
 *
 * @throws {GlobProblem} for what is none.
 */
export function parseGlob(source: string): { readonly node: GlobNode; readonly groups: number } {
  const characters = [...source]
  if (characters.length > LONGEST_GLOB) {
    throw new GlobProblem(LONGEST_GLOB, `it is longer than ${LONGEST_GLOB} characters`, "Say less, or use several")
  }
  return new GlobParser(characters).parse()
}

const GROUP_KINDS: ReadonlyMap<string, GroupKind> = new Map<string, GroupKind>([
  ["@", "one"],
  ["*", "any-number"],
  ["+", "some"],
  ["?", "optional"],
  ["!", "not"],
])

const NOT_SLASH: CharacterSet = (code) => code !== 0x2f

/** What ends a sequence, where it stands in a group, in braces, or in neither. */
const ENDS: Readonly<Record<"(" | "{" | "", ReadonlySet<string>>> = {
  "(": new Set(["|", ")"]),
  "{": new Set([",", "}"]),
  "": new Set(),
}

class GlobParser {
  readonly #characters: readonly string[]
  #offset = 0
  #groups = 0

  constructor(characters: readonly string[]) {
    this.#characters = characters
  }

  parse(): { readonly node: GlobNode; readonly groups: number } {
    const node = this.#parseSequence("", 0)
    return { node, groups: this.#groups }
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#offset + ahead] ?? ""
  }

  #parseSequence(inside: "(" | "{" | "", depth: number): GlobNode {
    if (depth > DEEPEST_GLOB) {
      throw new GlobProblem(this.#offset, "its groups lie too deep in each other", "Use fewer parentheses and braces")
    }
    const parts: GlobNode[] = []
    let text = ""
    const flush = () => {
      if (text !== "") parts.push({ kind: "text", text })
      text = ""
    }
    while (this.#peek() !== "" && !ENDS[inside].has(this.#peek())) {
      const node = this.#parseSpecial(depth)
      if (typeof node === "string") text += node
      else {
        flush()
        parts.push(node)
      }
    }
    flush()
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : { kind: "sequence", parts }
  }

  /** Takes what stands next: something with a meaning, or the character that stands for itself. */
  #parseSpecial(depth: number): GlobNode | string {
    const at = this.#offset
    const character = this.#peek()
    this.#offset++
    const how = GROUP_KINDS.get(character)
    if (how !== undefined && this.#peek() === "(") {
      this.#offset++
      return this.#parseGroup(how, { at, depth })
    }
    switch (character) {
      case "(":
        return this.#parseGroup("one", { at, depth })
      case "{":
        return { kind: "choice", branches: this.#parseBranches("{", { at, depth }) }
      case "[":
        return { kind: "set", matches: this.#parseSet(at) }
      case "?":
        return { kind: "set", matches: NOT_SLASH }
      case "*":
        return this.#parseStar()
      case "\\":
        return this.#takeEscaped(at)
      case ")":
      case "}":
        throw new GlobProblem(
          at,
          `it has a ${character} that nothing opens`,
          `Write \\${character} for the character itself`,
        )
      default:
        return character
    }
  }

  #parseStar(): GlobNode {
    let crosses = false
    // `***` is `**` and `*`, and `**(a)` is `*` and `*(a)`.
    while (this.#peek() === "*" && this.#peek(1) !== "(") {
      crosses = true
      this.#offset++
    }
    return { kind: "star", crosses }
  }

  #takeEscaped(at: number): string {
    const character = this.#peek()
    if (character === "") throw new GlobProblem(at, "it ends with a \\", "Write \\\\ for a backslash")
    this.#offset++
    return character
  }

  #parseGroup(how: GroupKind, place: { readonly at: number; readonly depth: number }): GlobNode {
    this.#groups++
    const group = this.#groups
    return { kind: "group", group, how, branches: this.#parseBranches("(", place) }
  }

  #parseBranches(open: "(" | "{", place: { readonly at: number; readonly depth: number }): readonly GlobNode[] {
    const [between, close] = open === "(" ? ["|", ")"] : [",", "}"]
    const branches = [this.#parseSequence(open, place.depth + 1)]
    while (this.#peek() === between) {
      this.#offset++
      branches.push(this.#parseSequence(open, place.depth + 1))
    }
    if (this.#peek() !== close) {
      throw new GlobProblem(
        place.at,
        `it has a ${open} without ${close}`,
        `Close it, or write \\${open} for the character itself`,
      )
    }
    this.#offset++
    return branches
  }

  #parseSet(at: number): CharacterSet {
    const negated = this.#peek() === "!" || this.#peek() === "^"
    if (negated) this.#offset++
    const items: SetItem[] = []
    while (items.length === 0 || this.#peek() !== "]") items.push(...this.#takeSetItems(at))
    this.#offset++
    const set = characterSet(items, { negated, ignoreCase: false, ascii: false })
    // A set is of a name: it never takes the slash between two.
    return (code) => code !== 0x2f && set(code)
  }

  #takeSetItems(at: number): readonly SetItem[] {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#characters.slice(this.#offset, this.#offset + 14).join(""))
    if (posix !== null) return this.#takeClass(posix[2] ?? "", { turned: posix[1] === "^", length: posix[0].length })
    const low = this.#takeSetCharacter(at)
    if (this.#peek() !== "-" || this.#peek(1) === "]") return [{ from: low, to: low }]
    this.#offset++
    const high = this.#takeSetCharacter(at)
    if (high < low) throw new GlobProblem(at, "a range in [ ] runs backwards", "Write the lower character first")
    return [{ from: low, to: high }]
  }

  #takeClass(name: string, how: { readonly turned: boolean; readonly length: number }): readonly SetItem[] {
    const ranges = POSIX_CLASSES.get(name)
    if (ranges === undefined) {
      throw new GlobProblem(
        this.#offset,
        `it has a class [:${name}:] that is not known`,
        `Use one of ${[...POSIX_CLASSES.keys()].join(", ")}`,
      )
    }
    this.#offset += how.length
    const items = Array.from({ length: ranges.length / 2 }, (_, index) => ({
      from: codeOf(ranges[index * 2] ?? ""),
      to: codeOf(ranges[index * 2 + 1] ?? ""),
    }))
    return how.turned ? outside(items) : items
  }

  #takeSetCharacter(at: number): number {
    const character = this.#peek()
    if (character === "") throw new GlobProblem(at, "it has a [ without ]", "Close it, or write \\[ for the character")
    this.#offset++
    return codeOf(character === "\\" ? this.#takeEscaped(this.#offset - 1) : character)
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

/** What lies between ranges that are in order. */
function outside(items: readonly { readonly from: number; readonly to: number }[]): readonly SetItem[] {
  const between: SetItem[] = []
  let next = 0
  for (const { from, to } of items) {
    if (from > next) between.push({ from: next, to: from - 1 })
    next = to + 1
  }
  return [...between, { from: next, to: 0x10ffff }]
}

/** First and last character of each range, in order: POSIX's classes in its own locale, which is ASCII. */
const POSIX_CLASSES: ReadonlyMap<string, string> = new Map([
  ["alnum", "09AZaz"],
  ["alpha", "AZaz"],
  ["blank", "\t\t  "],
  ["cntrl", "\0\x1f\x7f\x7f"],
  ["digit", "09"],
  ["graph", "!~"],
  ["lower", "az"],
  ["print", " ~"],
  ["punct", "!/:@[`{~"],
  ["space", "\t\r  "],
  ["upper", "AZ"],
  ["word", "09AZ__az"],
  ["xdigit", "09AFaf"],
])
