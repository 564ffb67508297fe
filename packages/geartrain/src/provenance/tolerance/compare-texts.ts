import { type PatternResult, type PythonPattern, readPythonPattern, StepBudget, type Tolerance } from "@geartrain/spec"
import { type Cells, cellsOf, isWithin } from "./number-cells.ts"

/** How two texts compare under a tolerance. */
export interface TextComparison {
  readonly equivalent: boolean
  /** The first lines that are not equivalent. A side that is absent has no such line. */
  readonly differences: readonly TextDifference[]
  /** How many there are in all. */
  readonly total: number
}

export interface TextDifference {
  /** Number of the line in the text that has it, counted from 1: in the expected one, where that has it. */
  readonly line: number
  readonly expected?: string
  readonly found?: string
}

const MOST_KEPT = 10
/** More lines of one shape are not tried each against each. */
const MOST_TRIED = 2000

/**
 * Compares two texts line by line and tells whether they are equivalent: the same but for what the tolerance names.
 *
 * Lines that are ignored do not count on either side, so the others are compared in step. A carriage return before a line feed, and whether the
 * last line ends with one, do not count.
 *
 * @throws {RangeError} for a pattern that cannot be used: `unusablePattern` tells beforehand.
 * @throws {StepBudgetSpent} when the patterns take too long.
 * @example
 *   compareTexts("x 1.000\n", "x 1.001\n", { numbers: { absolute: 0.01 } }).equivalent // => true
 */
export function compareTexts(expected: string, found: string, tolerance: Tolerance): TextComparison {
  const ignored = (tolerance.ignore ?? []).map(patternOf)
  const budget = new StepBudget()
  const left = linesOf(expected, ignored, budget)
  const right = linesOf(found, ignored, budget)
  const differences = tolerance.order === "any" ? inAnyOrder(left, right, tolerance) : inStep(left, right, tolerance)
  return {
    equivalent: differences.length === 0,
    differences: differences.slice(0, MOST_KEPT),
    total: differences.length,
  }
}

/** Why a pattern of a tolerance cannot be used, as a sentence that begins with "it"; undefined when it can. */
export function unusablePattern(source: string): string | undefined {
  const result = readPythonPattern(source)
  return result.ok ? undefined : result.problem
}

interface Line {
  readonly number: number
  readonly text: string
}

function patternOf(source: string): PythonPattern {
  const result: PatternResult = readPythonPattern(source)
  if (!result.ok) throw new RangeError(`The pattern ${JSON.stringify(source)} cannot be used: ${result.problem}`)
  return result.pattern
}

function linesOf(text: string, ignored: readonly PythonPattern[], budget: StepBudget): readonly Line[] {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line))
  if (lines.at(-1) === "") lines.pop()
  const numbered = lines.map((line, index) => ({ number: index + 1, text: line }))
  return numbered.filter((line) => !ignored.some((pattern) => pattern.search(line.text, budget)))
}

function inStep(left: readonly Line[], right: readonly Line[], tolerance: Tolerance): readonly TextDifference[] {
  const differences: TextDifference[] = []
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const a = left[index]
    const b = right[index]
    if (a !== undefined && b !== undefined && isLike(a, b, tolerance)) continue
    differences.push(differenceOf(a, b))
  }
  return differences
}

function isLike(a: Line, b: Line, tolerance: Tolerance): boolean {
  if (a.text === b.text) return true
  if (tolerance.numbers === undefined) return false
  return isWithin(cellsOf(a.text), cellsOf(b.text), tolerance.numbers)
}

/** Lines of one shape, which is what is left of them without their numbers, are each other's candidates. */
function inAnyOrder(left: readonly Line[], right: readonly Line[], tolerance: Tolerance): readonly TextDifference[] {
  const candidates = new Map<string, Line[]>()
  for (const line of right) {
    const shape = shapeOf(line, tolerance)
    const known = candidates.get(shape)
    if (known === undefined) candidates.set(shape, [line])
    else known.push(line)
  }
  const unmatched: Line[] = []
  for (const line of left) {
    const among = candidates.get(shapeOf(line, tolerance)) ?? []
    const same = among.findIndex((other) => other.text === line.text)
    const at = same === -1 ? among.slice(0, MOST_TRIED).findIndex((other) => isLike(line, other, tolerance)) : same
    if (at === -1) unmatched.push(line)
    else among.splice(at, 1)
  }
  const leftOver = [...candidates.values()].flat().toSorted((a, b) => a.number - b.number)
  return [
    ...unmatched.map((line) => differenceOf(line, undefined)),
    ...leftOver.map((line) => differenceOf(undefined, line)),
  ]
}

function shapeOf(line: Line, tolerance: Tolerance): string {
  if (tolerance.numbers === undefined) return line.text
  const cells: Cells = cellsOf(line.text)
  return cells.texts.join("\u0000")
}

function differenceOf(a: Line | undefined, b: Line | undefined): TextDifference {
  return {
    line: a?.number ?? b?.number ?? 0,
    ...(a === undefined ? {} : { expected: a.text }),
    ...(b === undefined ? {} : { found: b.text }),
  }
}
