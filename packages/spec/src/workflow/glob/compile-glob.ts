import { type Branching, type Writing, writeAnyNumber, writeChoice, writeOptional } from "../../pattern/branching.ts"
import type { CharacterSet } from "../../pattern/pattern-node.ts"
import type { GlobNode } from "./glob-node.ts"
import { GlobProblem } from "./parse-glob.ts"

/** One step of a glob that is ready to be matched. Targets are indexes into the program. */
export type GlobInstruction =
  | { readonly op: "set"; readonly matches: CharacterSet }
  /** A text as it is. */
  | { readonly op: "text"; readonly text: string }
  /** A split goes on at `first`, and at `second` if nothing comes of that. */
  | Branching
  /** Notes the place: slot 2 × group for where it opens, one more for where it closes. */
  | { readonly op: "save"; readonly slot: number }
  /** Takes as much of a name as the alternatives, whose program begins next, do not take; goes on at `next`. */
  | { readonly op: "not"; next: number }
  | { readonly op: "match" }

const LONGEST_PROGRAM = 4_000

/**
 * Turns the tree of a glob into a program.
 *
 * @throws {GlobProblem} when it would be too long.
 */
export function compileGlob(node: GlobNode): readonly GlobInstruction[] {
  const program: GlobInstruction[] = []
  emit(program, node)
  push(program, { op: "match" })
  return program
}

function push<Kind extends GlobInstruction>(program: GlobInstruction[], instruction: Kind): Kind {
  if (program.length >= LONGEST_PROGRAM) throw new GlobProblem(0, "it is too long", "Say less, or use several")
  program.push(instruction)
  return instruction
}

const IN_NAME: CharacterSet = (code) => code !== 0x2f
const IN_PATH: CharacterSet = () => true

function emit(program: GlobInstruction[], node: GlobNode): void {
  switch (node.kind) {
    case "text":
      push(program, { op: "text", text: node.text })
      return
    case "set":
      push(program, { op: "set", matches: node.matches })
      return
    case "star":
      writeAnyNumber(writing(program), () => push(program, { op: "set", matches: node.crosses ? IN_PATH : IN_NAME }))
      return
    case "sequence":
      for (const part of node.parts) emit(program, part)
      return
    case "choice":
      emitChoice(program, node.branches)
      return
    case "group":
      push(program, { op: "save", slot: 2 * node.group })
      emitGroup(program, node)
      push(program, { op: "save", slot: 2 * node.group + 1 })
      return
  }
}

function emitGroup(program: GlobInstruction[], node: GlobNode & { readonly kind: "group" }): void {
  const body = () => emitChoice(program, node.branches)
  switch (node.how) {
    case "one":
      body()
      return
    case "some":
      emitSome(program, body)
      return
    case "any-number":
      writeAnyNumber(writing(program), body)
      return
    case "optional":
      writeOptional(writing(program), body)
      return
    case "not": {
      const not = push(program, { op: "not", next: 0 })
      body()
      push(program, { op: "match" })
      not.next = program.length
      return
    }
  }
}

function emitChoice(program: GlobInstruction[], branches: readonly GlobNode[]): void {
  writeChoice(writing(program), branches, (branch) => emit(program, branch))
}

function writing(program: GlobInstruction[]): Writing {
  return { length: () => program.length, push: (instruction) => push(program, instruction) }
}

/** The body once, and then, as long as it goes, again. */
function emitSome(program: GlobInstruction[], body: () => void): void {
  const start = program.length
  body()
  push(program, { op: "split", first: start, second: program.length + 1 })
}
