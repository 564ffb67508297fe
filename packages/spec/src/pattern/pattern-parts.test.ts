import assert from "node:assert/strict"
import { test } from "node:test"
import { anyCharacter, characterSet, wordCharacter } from "./character-set.ts"
import { compilePattern } from "./compile-pattern.ts"
import { parsePattern } from "./parse-pattern.ts"
import { PatternProblem, widthOf } from "./pattern-node.ts"
import { PatternSearch } from "./search-pattern.ts"
import { StepBudget } from "./step-budget.ts"

const PLAIN = { negated: false, ignoreCase: false, ascii: false }

function code(character: string): number {
  return character.codePointAt(0) ?? 0
}

test("a set is made of characters, ranges and classes, and may be turned round", () => {
  const set = characterSet([{ from: 97, to: 99 }, { class: "d" }], PLAIN)
  assert.deepEqual(
    ["a", "c", "d", "5", "٣", "A"].map((character) => set(code(character))),
    [true, true, false, true, true, false],
  )
  const negated = characterSet([{ class: "W" }], { ...PLAIN, negated: true })
  assert.deepEqual(
    ["a", "é", "-"].map((character) => negated(code(character))),
    [true, true, false],
  )
})

test("case is folded as Python folds it, to single characters only", () => {
  const folded = (character: string) =>
    characterSet([{ from: code(character), to: code(character) }], { ...PLAIN, ignoreCase: true })
  assert.equal(folded("s")(code("ſ")), true)
  assert.equal(folded("ſ")(code("S")), true)
  assert.equal(folded("k")(code("\u212a")), true)
  assert.equal(folded("ß")(code("S")), false)
  const ascii = characterSet([{ from: 107, to: 107 }], { ...PLAIN, ignoreCase: true, ascii: true })
  assert.deepEqual([ascii(code("K")), ascii(code("\u212a"))], [true, false])
})

test("a dot is no line feed, unless it is asked to be, and words have letters of all scripts", () => {
  assert.deepEqual([anyCharacter(false)(10), anyCharacter(true)(10), anyCharacter(false)(13)], [false, true, true])
  assert.deepEqual(
    [wordCharacter(false)(code("漢")), wordCharacter(true)(code("漢")), wordCharacter(true)(95)],
    [true, false, true],
  )
})

test("the width of a pattern is known without matching", () => {
  const width = (source: string) => widthOf(parsePattern(source))
  assert.deepEqual(width("a(?:bc|d)?"), { min: 1, max: 3 })
  assert.deepEqual(width("^(?=abc)$"), { min: 0, max: 0 })
  assert.deepEqual(width("a{2,}"), { min: 2, max: Number.POSITIVE_INFINITY })
  assert.deepEqual(width("(?:^)*"), { min: 0, max: 0 })
})

test("a program ends in a match, and is as long as its repeats are written out", () => {
  const program = compilePattern(parsePattern("a{3}b?"))
  assert.deepEqual(
    program.map(({ op }) => op),
    ["set", "set", "set", "split", "set", "match"],
  )
  assert.throws(() => compilePattern(parsePattern("(?:a{200}){200}")), PatternProblem)
})

test("a search costs no more than the text's length times the program's", () => {
  const program = compilePattern(parsePattern("^(a+)+$"))
  const text = "a".repeat(1_000)
  const steps = 10 * text.length * program.length
  assert.equal(new PatternSearch(program, `${text}b`, new StepBudget(steps)).search(), false)
})
