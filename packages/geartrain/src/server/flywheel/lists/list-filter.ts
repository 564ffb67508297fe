import { GeartrainError, StepBudget } from "@geartrain/spec"
import { anchoredPattern } from "@geartrain/spec/rules"

/** Whether something of a list is wanted. */
export type ListTest = (item: unknown) => boolean

const MOST_CONDITIONS = 50
const CONDITION = /^([\w.-]{1,200})(=~|!=|<=|>=|=|<|>)(.*)$/s

/**
 * Reads the `filter` of a list: conditions with commas between them, all of which have to hold, such as `label=T1w,created>2024-01-01`. Values
 * may stand between quotes; `=~` is a regular expression that is searched for; `null`, `true` and `false` are those values.
 *
 * @throws {GeartrainError} REQUEST_INVALID
 * @see Flywheel core 10, `filter` of its lists
 */
export function readFilter(texts: readonly string[]): { readonly test: ListTest; readonly conditions: Conditions } {
  const conditions = texts.flatMap(splitConditions).map(readCondition)
  if (conditions.length > MOST_CONDITIONS) throw invalid(`it has more than ${MOST_CONDITIONS} conditions`)
  const budget = new StepBudget()
  const tests = conditions.map((condition) => testOf(condition, budget))
  return { test: (item) => tests.every((test) => test(item)), conditions }
}

export type Conditions = readonly Condition[]

interface Condition {
  readonly path: string
  readonly comparison: string
  readonly value: string
}

/** At commas that are not between quotes. */
function splitConditions(text: string): readonly string[] {
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/gs) ?? []).map((part) => part.trim()).filter((part) => part !== "")
}

function readCondition(text: string): Condition {
  const [, path, comparison, value] = CONDITION.exec(text) ?? []
  if (path === undefined || comparison === undefined || value === undefined) {
    throw invalid(`${JSON.stringify(text.slice(0, 100))} is no condition`)
  }
  return { path, comparison, value: /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : value }
}

function testOf({ path, comparison, value }: Condition, budget: StepBudget): ListTest {
  const matches = comparison === "=~" ? search(value, budget) : undefined
  const holds = (found: unknown): boolean => {
    if (matches !== undefined) return typeof found === "string" && matches(found)
    const order = compareWith(found, value)
    switch (comparison) {
      case "=":
        return order === 0
      case "!=":
        return order !== 0
      case "<":
        return order !== undefined && order < 0
      case "<=":
        return order !== undefined && order <= 0
      case ">":
        return order !== undefined && order > 0
      default:
        return order !== undefined && order >= 0
    }
  }
  return (item) => {
    const found = valueAtPath(item, path)
    if (!Array.isArray(found)) return holds(found)
    // One of several values is enough; to differ, all have to.
    return comparison === "!=" ? found.every(holds) : found.some(holds)
  }
}

function search(pattern: string, budget: StepBudget): (text: string) => boolean {
  const reading = anchoredPattern(`(?:.|\\n)*(?:${pattern})`, { ignoreCase: false })
  if (!reading.ok)
    throw invalid(`${JSON.stringify(pattern.slice(0, 100))} is no regular expression: ${reading.problem}`)
  return (text) => {
    try {
      return reading.pattern.search(text, budget)
    } catch (error) {
      throw new GeartrainError("REQUEST_INVALID", "Cannot filter the list: the regular expression takes too long", {
        hint: "Write a simpler one, or filter what comes back",
        cause: error,
      })
    }
  }
}

/** Below 0 when what was found comes first; undefined when the two cannot be compared. */
function compareWith(found: unknown, value: string): number | undefined {
  switch (typeof found) {
    case "number":
      return value.trim() === "" || Number.isNaN(Number(value)) ? undefined : found - Number(value)
    case "boolean":
      return value === "true" || value === "false" ? Number(found) - Number(value === "true") : undefined
    case "string":
      return compareTexts(found, value)
    default:
      return (found === null || found === undefined) && value === "null" ? 0 : undefined
  }
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What a path with dots leads to. */
export function valueAtPath(item: unknown, path: string): unknown {
  let value = item
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function invalid(because: string): GeartrainError {
  return new GeartrainError("REQUEST_INVALID", `Cannot filter the list: ${because}`, {
    hint: 'Write for example filter=label=T1w,created>2024-01-01, with values that have commas in them between "',
  })
}
