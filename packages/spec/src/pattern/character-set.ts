import type { CharacterSet } from "./pattern-node.ts"

/** The flags of Python's `re` that change what a character matches. */
export interface CaseFlags {
  readonly ignoreCase: boolean
  readonly ascii: boolean
}

type ClassLetter = "d" | "D" | "s" | "S" | "w" | "W"

/** Part of a set: a code point, a range, or one of the classes of `\d`, `\s` and `\w`. */
export type SetItem = { readonly from: number; readonly to: number } | { readonly class: ClassLetter }

/**
 * Makes the set of characters of `[…]`, or of a single character.
 *
 * @example
 *   characterSet([{ from: 97, to: 102 }], { negated: false, ignoreCase: true, ascii: false })(70) // => true
 */
export function characterSet(
  items: readonly SetItem[],
  options: CaseFlags & { readonly negated: boolean },
): CharacterSet {
  const tests = items.map((item) => ("class" in item ? inClass(item.class, options) : inRange(item, options)))
  const inside = (code: number) => tests.some((test) => test(code))
  const folded = options.ignoreCase ? (code: number) => caseVariants(code, options.ascii).some(inside) : inside
  return withTable(options.negated ? (code) => !folded(code) : folded)
}

/** What `.` matches. */
export function anyCharacter(dotAll: boolean): CharacterSet {
  return dotAll ? () => true : (code) => code !== 0x0a
}

/** What `\w` matches. */
export function wordCharacter(ascii: boolean): CharacterSet {
  return ascii ? ASCII_WORD : WORD
}

const DIGIT = withTable((code) => /\p{Nd}/u.test(String.fromCodePoint(code)))
const WORD = withTable((code) => code === 0x5f || /[\p{L}\p{N}]/u.test(String.fromCodePoint(code)))
const ASCII_DIGIT: CharacterSet = (code) => code >= 0x30 && code <= 0x39
const ASCII_WORD: CharacterSet = (code) => code < 0x80 && WORD(code)
const ASCII_SPACE: CharacterSet = (code) => code === 0x20 || (code >= 0x09 && code <= 0x0d)

/** Python's `str.isspace`: ASCII white space, the four separators of information, and Unicode's spaces. */
const SPACE: CharacterSet = (code) =>
  ASCII_SPACE(code) ||
  (code >= 0x1c && code <= 0x1f) ||
  code === 0x85 ||
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000

function inRange(range: { readonly from: number; readonly to: number }, flags: CaseFlags): CharacterSet {
  const { from, to } = range
  if (from < to || !flags.ignoreCase) return (code) => code >= from && code <= to
  // The way from `s` does not lead to the long `ſ`, though the way from `ſ` leads to `s`.
  const variants = caseVariants(from, flags.ascii)
  return (code) => variants.includes(code)
}

function inClass(letter: ClassLetter, flags: CaseFlags): CharacterSet {
  const positive = positiveClass(letter.toLowerCase(), flags.ascii)
  return letter === letter.toLowerCase() ? positive : (code) => !positive(code)
}

function positiveClass(letter: string, ascii: boolean): CharacterSet {
  if (letter === "d") return ascii ? ASCII_DIGIT : DIGIT
  if (letter === "s") return ascii ? ASCII_SPACE : SPACE
  return wordCharacter(ascii)
}

/** The characters that are the same but for case, the given one first. */
function caseVariants(code: number, ascii: boolean): readonly number[] {
  if (ascii && code >= 0x80) return [code]
  const character = String.fromCodePoint(code)
  const upper = character.toUpperCase()
  const variants = [code, single(character.toLowerCase()), single(upper), single(upper.toLowerCase())]
  return variants.filter((variant) => variant !== undefined && !(ascii && variant >= 0x80)) as number[]
}

/** The code point of a text of one character; others, such as the SS of ß, have none. */
function single(text: string): number | undefined {
  const code = text.codePointAt(0) ?? 0
  return text.length === (code > 0xffff ? 2 : 1) ? code : undefined
}

/** The same set, with the answers for ASCII worked out once, when the first is asked for: most programs that load this ask for none. */
function withTable(set: CharacterSet): CharacterSet {
  let table: readonly boolean[] | undefined
  return (code) => {
    if (code >= 0x80) return set(code)
    table ??= Array.from({ length: 0x80 }, (_, ascii) => set(ascii))
    return table[code] === true
  }
}
