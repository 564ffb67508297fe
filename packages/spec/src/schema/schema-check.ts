import type { JsonPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"
import { type PatternResult, readPythonPattern } from "../pattern/python-pattern.ts"
import { StepBudget } from "../pattern/step-budget.ts"
import type { SchemaViolation } from "./schema-violation.ts"

export interface SchemaOptions {
  /**
   * The number at a path of the value as it is written, where that is known (`JsonDocument.numberText`). With it `1.0` is no integer, as draft 4
   * has it and as Python's validator answers; without it a whole number is an integer.
   */
  readonly numberText?: (path: JsonPath) => string | undefined
  /** Answers what is wrong with a text of a `format`, or nothing. Without it no format is checked, as Python's validator does by default. */
  readonly checkFormat?: (format: string, text: string) => string | undefined
  readonly budget?: StepBudget
}

/** Applies the keywords of one schema to what a check is at. Given from outside, so that the keywords need not import each other. */
export type ApplySchema = (schema: JsonValue, check: SchemaCheck) => void

/** What one validation has in common in all its parts. */
export interface SchemaRun {
  readonly options: SchemaOptions
  readonly budget: StepBudget
  readonly patterns: Map<string, PatternResult>
  readonly apply: ApplySchema
}

// Schemas applied within each other. A value is at most 64 deep, and a schema takes some applications for each of its levels.
const DEEPEST_CHECK = 400

// A value with more violations than these has been given the wrong schema.
const MOST_VIOLATIONS = 1_000

// What one application of a schema costs, in steps of the budget, each some 25 ns.
const APPLICATION_STEPS = 60

/** Where a check is. */
interface CheckPlace {
  readonly value: JsonValue
  /** What `#` stands for in the schema. */
  readonly root: JsonValue
  readonly violations: SchemaViolation[]
  /** The check that led to this one, with the steps that it took in schema and value. */
  readonly parent?: SchemaCheck
  readonly schemaSteps?: JsonPath
  readonly step?: string | number | undefined
}

/** One value held against one schema: where both are, and the violations found. */
export class SchemaCheck {
  readonly run: SchemaRun
  readonly value: JsonValue
  readonly root: JsonValue
  readonly violations: SchemaViolation[]
  readonly #place: CheckPlace
  readonly #depth: number

  constructor(run: SchemaRun, place: CheckPlace) {
    this.run = run
    this.value = place.value
    this.root = place.root
    this.violations = place.violations
    this.#place = place
    this.#depth = place.parent === undefined ? 0 : place.parent.#depth + 1
  }

  /** Where in the value. Put together only when it is asked for, since most checks find nothing. */
  get path(): JsonPath {
    return this.#trail(({ step }) => (step === undefined ? [] : [step]))
  }

  get schemaPath(): JsonPath {
    return this.#trail(({ schemaSteps }) => schemaSteps ?? [])
  }

  /** The same place, where a schema begins that is a document of its own. */
  withRoot(root: JsonValue): SchemaCheck {
    return new SchemaCheck(this.run, { ...this.#place, root })
  }

  #trail(stepsOf: (place: CheckPlace) => JsonPath): JsonPath {
    const steps: JsonPath[] = []
    for (let check: SchemaCheck | undefined = this; check !== undefined; check = check.#place.parent) {
      steps.push(stepsOf(check.#place))
    }
    return steps.reverse().flat()
  }

  fail(
    keyword: string,
    problem: string,
    more: Partial<Pick<SchemaViolation, "wanted" | "names" | "branches" | "culprit">> = {},
  ): void {
    if (this.violations.length >= MOST_VIOLATIONS) return
    this.run.budget.spend(APPLICATION_STEPS + 8 * this.#depth)
    const { wanted = null, names = [], branches = [], culprit = "value" } = more
    const schemaPath = [...this.schemaPath, keyword]
    this.violations.push({ path: this.path, keyword, schemaPath, wanted, problem, names, branches, culprit })
  }

  /** Holds the value, or the part of it at `step`, against another schema; its violations count as this one's. */
  descend(
    schema: JsonValue,
    schemaSteps: JsonPath,
    part?: { readonly step: string | number; readonly value: JsonValue },
  ): void {
    this.#apply(schema, schemaSteps, { part, violations: this.violations })
  }

  /** Holds the value against another schema, and only answers what that finds. */
  branch(schema: JsonValue, schemaSteps: JsonPath): readonly SchemaViolation[] {
    const violations: SchemaViolation[] = []
    this.#apply(schema, schemaSteps, { violations })
    return violations
  }

  /** Goes on in another document, whose root the schema is a part of. */
  refer(schema: JsonValue, root: JsonValue, schemaSteps: JsonPath): void {
    this.#apply(schema, schemaSteps, { violations: this.violations, root })
  }

  /** Whether the value is an integer: by how it is written where that is known. */
  isInteger(): boolean {
    if (typeof this.value !== "number") return false
    const text = this.run.options.numberText?.(this.path)
    return text === undefined ? Number.isInteger(this.value) : /^-?[0-9]+$/.test(text)
  }

  /** Whether a pattern of the schema matches a text. One that cannot be used is a violation of keyword `keyword`, and matches nothing. */
  search(keyword: string, source: string, text: string): boolean | undefined {
    const { patterns, budget } = this.run
    let result = patterns.get(source)
    if (result === undefined) {
      result = readPythonPattern(source)
      patterns.set(source, result)
      budget.spend(10 * (result.ok ? result.pattern.instructions : source.length))
    }
    if (result.ok) return result.pattern.search(text, budget)
    this.fail(keyword, `the pattern ${JSON.stringify(source)} cannot be used: ${result.problem}`, {
      wanted: source,
      culprit: "schema",
    })
    return undefined
  }

  #apply(
    schema: JsonValue,
    schemaSteps: JsonPath,
    how: {
      readonly violations: SchemaViolation[]
      readonly part?: { readonly step: string | number; readonly value: JsonValue } | undefined
      readonly root?: JsonValue
    },
  ): void {
    this.run.budget.spend(APPLICATION_STEPS)
    const check = new SchemaCheck(this.run, {
      value: how.part === undefined ? this.value : how.part.value,
      root: how.root ?? this.root,
      violations: how.violations,
      parent: this,
      schemaSteps,
      step: how.part?.step,
    })
    if (check.#depth > DEEPEST_CHECK) {
      check.fail("$ref", "the schema refers to itself without end", { culprit: "schema" })
    } else this.run.apply(schema, check)
  }

  /** Notes that the check could not be ended, whatever else was found. */
  giveUp(problem: string): void {
    const { path, schemaPath } = this
    const rest = { wanted: null, names: [], branches: [], culprit: "schema" } as const
    this.violations.push({ path, keyword: "$schema", schemaPath, problem, ...rest })
  }
}

export function newRun(options: SchemaOptions, apply: ApplySchema): SchemaRun {
  return { options, apply, budget: options.budget ?? new StepBudget(), patterns: new Map() }
}
