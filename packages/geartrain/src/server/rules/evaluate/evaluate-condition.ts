import type { StepBudget } from "@geartrain/spec"
import {
  FILE_PROPERTIES,
  type FileProperty,
  type RuleCondition,
  readVersionRange,
  type TextTest,
  type WantedGear,
} from "@geartrain/spec/rules"
import type { Explained } from "./explained.ts"
import type { FileFacts, RuleFacts } from "./rule-facts.ts"
import { testMetadata } from "./test-metadata.ts"
import { readyText } from "./test-text.ts"

/** What conditions are evaluated with. */
export interface Evaluation {
  readonly facts: RuleFacts
  /** Bounds all matching of one evaluation together. */
  readonly budget: StepBudget
}

/**
 * Finds out whether a file fits a condition, and why. Every part is looked at, also when the verdict is plain before: people want to see all of it.
 *
 * @throws {GeartrainError} RULE_TOO_COSTLY
 */
export function evaluateCondition(condition: RuleCondition, file: FileFacts, evaluation: Evaluation): Explained {
  const inside = (part: RuleCondition): Explained => evaluateCondition(part, file, evaluation)
  if ("all" in condition) {
    const parts = condition.all.map(inside)
    const failed = parts.filter((part) => !part.holds).length
    const says = failed === 0 ? `all ${parts.length} conditions hold` : `${failed} of ${parts.length} conditions fail`
    return { test: "all", holds: failed === 0, says, parts }
  }
  if ("any" in condition) {
    const parts = condition.any.map(inside)
    const held = parts.filter((part) => part.holds).length
    const says = held === 0 ? `none of ${parts.length} conditions holds` : `${held} of ${parts.length} conditions hold`
    return { test: "any", holds: held > 0, says, parts }
  }
  if ("not" in condition) {
    const part = inside(condition.not)
    const says = part.holds ? "what must not be is the case" : "what must not be is not the case"
    return { test: "not", holds: !part.holds, says, parts: [part] }
  }
  if ("holds" in condition) return testHolds(condition.holds, file, evaluation)
  if ("metadata" in condition) return testMetadata(condition, file, evaluation)
  if ("job" in condition) return testJob(condition.job, file, evaluation)
  if ("madeBy" in condition) return testMadeBy(condition.madeBy, file)
  const property = FILE_PROPERTIES.find((name) => name in condition)
  if (property === undefined) throw new TypeError("A stored rule has a condition that is none")
  return testProperty(property, (condition as Readonly<Record<string, TextTest>>)[property] ?? "", {
    file,
    ...evaluation,
  })
}

interface PropertyWords {
  /** What there is, for a sentence. */
  readonly is: string
  readonly none: string
  readonly values: (file: FileFacts) => readonly string[]
}

const PROPERTIES: Readonly<Record<FileProperty, PropertyWords>> = {
  type: { is: "its type is", none: "it has no type", values: ({ type }) => (type === undefined ? [] : [type]) },
  name: { is: "its name is", none: "it has no name", values: ({ name }) => [name] },
  modality: {
    is: "its modality is",
    none: "it has no modality",
    values: ({ modality }) => (modality === undefined ? [] : [modality]),
  },
  classification: {
    is: "its classification is",
    none: "it has no classification",
    values: ({ classification }) => Object.values(classification).flat(),
  },
  tag: { is: "it is tagged", none: "it has no tag", values: ({ tags }) => tags },
  zipMember: {
    is: "its members are",
    none: "it is no zip file with members",
    values: ({ zipMembers }) => zipMembers ?? [],
  },
}

function testProperty(
  property: FileProperty,
  test: TextTest,
  { file, budget }: Evaluation & { readonly file: FileFacts },
): Explained {
  const { is, none, values } = PROPERTIES[property]
  const ready = readyText(test, { budget, glob: property === "name" || property === "zipMember" })
  const all = values(file)
  const fitting = all.find((value) => ready.matches(value))
  const holds = fitting !== undefined
  const found = all.length === 0 ? undefined : quoted(holds ? [fitting] : all)
  return {
    test: property,
    holds,
    says: holds ? `${is} ${found}` : `${found === undefined ? none : `${is} ${found}`}, wanted ${ready.wanted}`,
    wanted: ready.wanted,
    ...(found === undefined ? {} : { found }),
  }
}

function testHolds(condition: RuleCondition, file: FileFacts, evaluation: Evaluation): Explained {
  const files = evaluation.facts.files.filter(({ place }) => place === file.place)
  let nearest: Explained | undefined
  for (const other of files) {
    const part = evaluateCondition(condition, other, evaluation)
    if (part.holds)
      return {
        test: "holds",
        holds: true,
        says: `the place holds "${other.name}", which fits`,
        found: `"${other.name}"`,
        parts: [part],
      }
    if (other.id === file.id) nearest = part
  }
  const says = `none of the ${files.length} files of the place fits what it has to hold`
  return { test: "holds", holds: false, says, ...(nearest === undefined ? {} : { parts: [nearest] }) }
}

function testJob(
  job: WantedGear & { readonly state: "complete" | "failed" },
  file: FileFacts,
  { facts }: Evaluation,
): Explained {
  const wanted = `a ${job.state} job of ${gearWords(job)}`
  const here = facts.jobs.filter(({ destination, inputs }) => destination === file.place || inputs.includes(file.id))
  const ofGear = here.filter((found) => found.gear === job.gear)
  const fitting = ofGear.find((found) => found.state === job.state && inRange(job, found.version))
  if (fitting !== undefined) {
    const found = `job ${fitting.id} of ${fitting.gear} ${fitting.version}`
    return { test: "job", holds: true, says: `${found} is ${fitting.state}`, wanted, found }
  }
  const last = ofGear.at(-1)
  const found =
    last === undefined ? undefined : `job ${last.id} of ${last.gear} ${last.version}, which is ${last.state}`
  const says =
    found === undefined
      ? `no job of ${job.gear} has ended here, wanted ${wanted}`
      : `there is ${found}, wanted ${wanted}`
  return { test: "job", holds: false, says, wanted, ...(found === undefined ? {} : { found }) }
}

function testMadeBy(gear: WantedGear, file: FileFacts): Explained {
  const wanted = `an output of ${gearWords(gear)}`
  const { madeBy } = file
  const holds = madeBy !== undefined && madeBy.gear === gear.gear && inRange(gear, madeBy.version)
  const found = madeBy === undefined ? undefined : `an output of ${madeBy.gear} ${madeBy.version}`
  const is = found === undefined ? "it is no output of a job" : `it is ${found}`
  return {
    test: "madeBy",
    holds,
    says: holds ? is : `${is}, wanted ${wanted}`,
    wanted,
    ...(found === undefined ? {} : { found }),
  }
}

function inRange({ versions }: WantedGear, version: string): boolean {
  return versions === undefined || readVersionRange(versions)?.(version) === true
}

function gearWords({ gear, versions }: WantedGear): string {
  return versions === undefined ? gear : `${gear} ${versions}`
}

function quoted(values: readonly string[]): string {
  const shown = values
    .slice(0, MOST_VALUES)
    .map((value) => `"${value}"`)
    .join(", ")
  return values.length > MOST_VALUES ? `${shown} and ${values.length - MOST_VALUES} more` : shown
}

const MOST_VALUES = 5
