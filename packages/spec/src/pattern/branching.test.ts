import assert from "node:assert/strict"
import { test } from "node:test"
import { type Branching, type Writing, writeAnyNumber, writeChoice, writeOptional } from "./branching.ts"

type Step = Branching | { readonly op: "letter"; readonly letter: string }

/** A program while it is written, in letters and branches. */
function open(): Writing & { readonly program: Step[]; readonly letter: (letter: string) => void } {
  const program: Step[] = []
  const push = <Kind extends Branching>(instruction: Kind): Kind => {
    program.push(instruction)
    return instruction
  }
  return { program, length: () => program.length, push, letter: (letter) => program.push({ op: "letter", letter }) }
}

/** All texts of at most so many letters that lead through the program, in the order in which a machine prefers them. */
function texts(program: readonly Step[], most = 3): readonly string[] {
  const found: string[] = []
  const follow = (at: number, text: string, seen: ReadonlySet<number>): void => {
    const step = program[at]
    if (step === undefined) {
      assert.equal(at, program.length, "a target lies beyond the end")
      if (!found.includes(text)) found.push(text)
      return
    }
    if (seen.has(at)) return
    if (step.op === "letter") {
      if (text.length < most) follow(at + 1, text + step.letter, new Set())
      return
    }
    const targets = step.op === "split" ? [step.first, step.second] : [step.to]
    for (const target of targets) follow(target, text, new Set([...seen, at]))
  }
  follow(0, "", new Set())
  return found
}

test("of branches each is a way, the first before the others, and all go on at one place", () => {
  const writing = open()
  writeChoice(writing, ["a", "b", "c"], (letter) => writing.letter(letter))
  writing.letter("!")
  assert.deepEqual(texts(writing.program), ["a!", "b!", "c!"])
})

test("a choice of one is that one alone, and a choice of none is nothing", () => {
  const writing = open()
  writeChoice(writing, ["a"], (letter) => writing.letter(letter))
  assert.deepEqual(writing.program, [{ op: "letter", letter: "a" }])
  const none = open()
  writeChoice(none, [], () => assert.fail("there is nothing to write"))
  assert.deepEqual(none.program, [])
})

test("a branch with nothing in it lets the rest follow at once", () => {
  const writing = open()
  writeChoice(writing, ["a", ""], (letter) => {
    if (letter !== "") writing.letter(letter)
  })
  writing.letter("!")
  assert.deepEqual(texts(writing.program), ["a!", "!"])
})

test("a body may come as often as it goes, the more the better, or not at all", () => {
  const writing = open()
  writeAnyNumber(writing, () => writing.letter("a"))
  assert.deepEqual(texts(writing.program), ["aaa", "aa", "a", ""])
})

test("a body that may be left out is rather taken, and the writer tells where the rest begins", () => {
  const writing = open()
  const split = writeOptional(writing, () => writing.letter("a"))
  assert.equal(split.second, writing.length())
  writing.letter("b")
  assert.deepEqual(texts(writing.program), ["ab", "b"])
  split.second = writing.length()
  assert.deepEqual(texts(writing.program), ["ab", ""])
})

test("branches in branches keep their targets", () => {
  const writing = open()
  writeAnyNumber(writing, () =>
    writeChoice(writing, ["a", "b"], (letter) => writeOptional(writing, () => writing.letter(letter))),
  )
  writing.letter("!")
  assert.deepEqual(texts(writing.program, 2).toSorted(), ["!", "a!", "b!"])
})
