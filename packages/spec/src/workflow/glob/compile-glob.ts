import type { CharacterSet } from "../../pattern/pattern-node.ts"
import type { GlobNode } from "./glob-node.ts"
import { GlobProblem } from "./parse-glob.ts"

/** One step of a glob that is ready to be matched. Targets are indexes into the program. */
export type GlobInstruction =
  | { readonly op: "set"; readonly matches: CharacterSet }
  /** A text as it is. */
  | { readonly op: "text"; readonly text: string }
  /** Goes on at `first`, and at `second` if nothing comes of that. */
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
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
      emitAnyNumber(program, () => push(program, { op: "set", matches: node.crosses ? IN_PATH : IN_NAME }))
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
      emitAnyNumber(program, body)
      return
    case "optional": {
      const split = push(program, { op: "split", first: program.length + 1, second: 0 })
      body()
      split.second = program.length
      return
    }
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
  const jumps: { to: number }[] = []
  for (const [index, branch] of branches.entries()) {
    if (index === branches.length - 1) emit(program, branch)
    else {
      const split = push(program, { op: "split", first: program.length + 1, second: 0 })
      emit(program, branch)
      jumps.push(push(program, { op: "jump", to: 0 }))
      split.second = program.length
    }
  }
  for (const jump of jumps) jump.to = program.length
}

function emitAnyNumber(program: GlobInstruction[], body: () => void): void {
  const start = program.length
  const split = push(program, { op: "split", first: start + 1, second: 0 })
  body()
  push(program, { op: "jump", to: start })
  split.second = program.length
}

/** The body once, and then, as long as it goes, again. */
function emitSome(program: GlobInstruction[], body: () => void): void {
  const start = program.length
  body()
  push(program, { op: "split", first: start, second: program.length + 1 })
}
