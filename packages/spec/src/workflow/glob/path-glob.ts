import { GeartrainError } from "../../errors/geartrain-error.ts"
import { StepBudget, StepBudgetSpent } from "../../pattern/step-budget.ts"
import { compileGlob, type GlobInstruction } from "./compile-glob.ts"
import type { GlobFault, GlobNode } from "./glob-node.ts"
import { GlobMatch } from "./match-glob.ts"
import { GlobProblem, parseGlob } from "./parse-glob.ts"

/** A pattern for paths in a folder. */
export interface PathGlob {
  readonly source: string
  /** What each path begins with that it matches: look nowhere else. */
  readonly prefix: string
  /** How many groups it has. */
  readonly groups: number
  /**
   * Whether the path as a whole fits, and what the groups caught, in the order in which they open; those that took no part the empty text.
   *
   * @throws {GeartrainError} GLOB_TOO_COSTLY when that would take too many steps: with nested `!(…)` over long paths only.
   */
  match(path: string): readonly string[] | undefined
}

export type PathGlobResult =
  | { readonly ok: true; readonly glob: PathGlob }
  | { readonly ok: false; readonly fault: GlobFault }

/**
 * Reads a pattern of paths as Pachyderm has them: `*` takes anything within a name, `**` also `/`, `?` one character, `[a-z]` and `[!a-z]` one of
 * a set, `{a,b}` one of several, `\` makes the next character stand for itself. Groups catch what they take: `(…)` and `@(…)` one of the
 * alternatives between `|`, `?(…)` one or none, `*(…)` any number, `+(…)` one or more, `!(…)` anything within a name that is none of them.
 *
 * A slash at the beginning or the end means nothing, of the pattern and of the path: `/` is the folder itself.
 *
 * @throws {GeartrainError} GLOB_INVALID, which says where and what to write instead.
 * @see https://github.com/pachyderm/ohmyglob, "Syntax"
 * @example
 *   compilePathGlob("/foo?1").match("/foo31") // => []
 *   compilePathGlob("test/a*(a|b)/*(*).go").match("test/aaaa/x.go") // => ["aaa", "x"]
 *   compilePathGlob("(*)_R(1|2).fastq").match("lung/a_R1.fastq") // => undefined
 */
export function compilePathGlob(source: string): PathGlob {
  const result = readPathGlob(source)
  if (result.ok) return result.glob
  const { at, problem, hint } = result.fault
  throw new GeartrainError("GLOB_INVALID", `Cannot use glob ${JSON.stringify(source)}: at ${at + 1}, ${problem}`, {
    hint,
    details: { at },
  })
}

/**
 * As `compilePathGlob`, for whoever collects faults.
 *
 * @example
 *   readPathGlob("sub-[0-9").fault.problem // => "it has a [ without ]"
 */
export function readPathGlob(source: string): PathGlobResult {
  try {
    const trimmed = withoutOuterSlashes(source)
    const { node, groups } = parseGlob(trimmed)
    return { ok: true, glob: new CompiledGlob({ source, prefix: prefixOf(node), groups }, compileGlob(node)) }
  } catch (error) {
    if (!(error instanceof GlobProblem)) throw error
    const { fault } = error
    return { ok: false, fault: source.startsWith("/") ? { ...fault, at: fault.at + 1 } : fault }
  }
}

class CompiledGlob implements PathGlob {
  readonly source: string
  readonly prefix: string
  readonly groups: number
  readonly #program: readonly GlobInstruction[]

  constructor(
    { source, prefix, groups }: { readonly source: string; readonly prefix: string; readonly groups: number },
    program: readonly GlobInstruction[],
  ) {
    this.source = source
    this.prefix = prefix
    this.groups = groups
    this.#program = program
  }

  match(path: string): readonly string[] | undefined {
    const whole = withoutOuterSlashes(path)
    if (!whole.startsWith(this.prefix)) return undefined
    const places = this.#places(whole)
    if (places === undefined) return undefined
    return Array.from({ length: this.groups }, (_, index) => {
      const [from = -1, to = -1] = [places[2 * index + 2], places[2 * index + 3]]
      return from < 0 || to < 0 ? "" : whole.slice(from, to)
    })
  }

  #places(path: string): readonly number[] | undefined {
    try {
      return new GlobMatch(this.#program, path, new StepBudget()).places(2 * this.groups + 2)
    } catch (error) {
      if (!(error instanceof StepBudgetSpent)) throw error
      throw new GeartrainError(
        "GLOB_TOO_COSTLY",
        `Cannot match glob ${JSON.stringify(this.source)}: it takes too many steps for a path of ${path.length} characters`,
        { hint: "Use fewer !(…) in each other" },
      )
    }
  }
}

function withoutOuterSlashes(path: string): string {
  const from = path.startsWith("/") ? 1 : 0
  // An escape is not cut in two: `\/` at the end is a slash.
  const to = path.endsWith("/") && !path.endsWith("\\/") ? path.length - 1 : path.length
  return to > from ? path.slice(from, to) : ""
}

/** The text that everything begins with that the node matches. */
function prefixOf(node: GlobNode): string {
  if (node.kind === "text") return node.text
  const first = node.kind === "sequence" ? node.parts[0] : undefined
  return first?.kind === "text" ? first.text : ""
}
