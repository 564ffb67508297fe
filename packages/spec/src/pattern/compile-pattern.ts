import { type Branching, type Writing, writeAnyNumber, writeChoice, writeOptional } from "./branching.ts"
import { type Anchor, type CharacterSet, type PatternNode, PatternProblem } from "./pattern-node.ts"

/** One step of a pattern that is ready to be matched. Targets are indexes into the program. */
export type Instruction =
  | { readonly op: "set"; readonly matches: CharacterSet }
  | { readonly op: "anchor"; readonly anchor: Anchor; readonly isWord: CharacterSet }
  | Branching
  /** Goes on at `next` where the program from the next instruction on matches, or, negated, where it does not. */
  | { readonly op: "look"; readonly negated: boolean; readonly behind: number | undefined; next: number }
  | { readonly op: "match" }

// Repeats are written out, so that {1000} is a thousand instructions. Real patterns have below 600, for `.{1,255}`.
const LONGEST_PROGRAM = 20_000

/**
 * Turns a pattern into a program for a machine that follows all ways at once.
 *
 * @throws {PatternProblem} when the program would be too long.
 * @see Ken Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968
 */
export function compilePattern(node: PatternNode): readonly Instruction[] {
  const program: Instruction[] = []
  emit(program, node)
  push(program, { op: "match" })
  return program
}

function push<Kind extends Instruction>(program: Instruction[], instruction: Kind): Kind {
  if (program.length >= LONGEST_PROGRAM) throw new PatternProblem("unsupported", "it repeats too much")
  program.push(instruction)
  return instruction
}

function emit(program: Instruction[], node: PatternNode): void {
  switch (node.kind) {
    case "set":
      push(program, { op: "set", matches: node.matches })
      return
    case "anchor":
      push(program, { op: "anchor", anchor: node.anchor, isWord: node.isWord })
      return
    case "sequence":
      for (const part of node.parts) emit(program, part)
      return
    case "choice":
      writeChoice(writing(program), node.branches, (branch) => emit(program, branch))
      return
    case "repeat":
      emitRepeat(program, node)
      return
    case "look": {
      const look = push(program, { op: "look", negated: node.negated, behind: node.behind, next: 0 })
      emit(program, node.body)
      push(program, { op: "match" })
      look.next = program.length
      return
    }
  }
}

function writing(program: Instruction[]): Writing {
  return { length: () => program.length, push: (instruction) => push(program, instruction) }
}

function emitRepeat(program: Instruction[], node: PatternNode & { readonly kind: "repeat" }): void {
  for (let count = 0; count < node.min; count++) emitGrowing(program, node.body)
  const body = (): void => emit(program, node.body)
  if (node.max === Number.POSITIVE_INFINITY) {
    writeAnyNumber(writing(program), body)
    return
  }
  const splits: { second: number }[] = []
  for (let count = node.min; count < node.max; count++) splits.push(writeOptional(writing(program), body))
  // Where one is left out, so are all after it.
  for (const split of splits) split.second = program.length
}

/** Writes a body out once more. One that adds nothing, such as `(?:)`, would otherwise be written out without end. */
function emitGrowing(program: Instruction[], body: PatternNode): void {
  const before = program.length
  emit(program, body)
  if (program.length === before) push(program, { op: "jump", to: program.length + 1 })
}
