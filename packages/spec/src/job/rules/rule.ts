import type { JsonObject, JsonValue } from "../../json/json-value.ts"

/**
 * Which jobs data call for: a document of a project, which the server evaluates whenever files, metadata or jobs of the project change.
 *
 * @see docs/spec/rule.md
 */
export interface Rule {
  /** Version of the format. */
  readonly rule: 1
  /** One of its kind in its project. */
  readonly name: string
  /** What it is for, in a sentence. */
  readonly about?: string
  readonly gear: RuleGear
  /** What the file that it fires for has to be. Absent: any file does. */
  readonly when?: RuleCondition
  /** Files that the job takes together, by the gear's inputs. Absent: the file alone, for the one file input that the gear requires. */
  readonly inputs?: Readonly<Record<string, RuleCondition>>
  /** Where files are looked for together, and where outputs go. Default `place`: where the file lies. */
  readonly within?: RuleReach
  /** Files that are the same in every job, by input: each the id of a file, or its path. */
  readonly fixed?: Readonly<Record<string, string>>
  readonly config?: JsonObject
  /** Tags of the jobs. */
  readonly tags?: readonly string[]
  /** From -100 to 100; higher runs first. Default 0. */
  readonly priority?: number
  readonly disabled?: boolean
  /** At these times, over all files, instead of when something changes. */
  readonly schedule?: RuleSchedule
  readonly loops?: RuleLoops
}

/** A gear by name and version. */
export interface RuleGear {
  readonly name: string
  readonly version: string
  /** `pinned`: this version until somebody moves the rule. `name`: the newest version, as soon as the server has it. Default `pinned`. */
  readonly follows?: "pinned" | "name"
}

/** The place that a file lies in, or the one of that level around it. */
export type RuleReach = "place" | "session" | "subject" | "project"

export interface RuleSchedule {
  /** Five or six fields, as `cron` has them. */
  readonly cron: string
  /** A name of the IANA database, such as `Europe/Zurich`. Default `UTC`. */
  readonly timeZone?: string
  /** Path below the project that it is held to, such as `sub-01/ses-2`. Default: the whole project. */
  readonly below?: string
}

/** How far a rule may go on from what rules have made. */
export interface RuleLoops {
  /** Whether outputs of the gear may fire the rule again. Default: they may not. */
  readonly ownOutputs?: boolean
  /** At most so many jobs of rules in a row, this one counted. Default 8. */
  readonly depth?: number
}

/** A tree of tests: each object is one test, or puts others together. */
export type RuleCondition = AllOf | AnyOf | NotThis | HoldsFile | FileTest | MetadataTest | JobTest | MadeByTest

export interface AllOf {
  readonly all: readonly RuleCondition[]
}

export interface AnyOf {
  readonly any: readonly RuleCondition[]
}

export interface NotThis {
  readonly not: RuleCondition
}

/** Some file of the place, this one too, fits the condition. */
export interface HoldsFile {
  readonly holds: RuleCondition
}

/** What of a file a text is compared with; of what has several values, such as tags, one has to fit. */
export const FILE_PROPERTIES = ["type", "name", "modality", "classification", "tag", "zipMember"] as const

export type FileProperty = (typeof FILE_PROPERTIES)[number]

/**
 * A text that is compared without regard to case: the whole of it, in which `*`, `?` and `[…]` stand for others in names, or a regular
 * expression that has to match from the start.
 */
export type TextTest = string | { readonly regex: string }

export type FileTest = { readonly [Property in FileProperty]: Readonly<Record<Property, TextTest>> }[FileProperty]

/** A value of the file's or of a place's around it: `file.info.echo`, `subject.sex`, `session.info.scanner.model`. */
export interface MetadataTest {
  readonly metadata: string
  readonly exists?: boolean
  readonly equals?: JsonValue
  readonly differs?: JsonValue
  readonly below?: number | string
  readonly atMost?: number | string
  readonly above?: number | string
  readonly atLeast?: number | string
  /** A regular expression that has to match from the start, with regard to case. */
  readonly matches?: string
}

/** A job that ended here: its destination is the place of the file, or the file is one of its inputs. */
export interface JobTest {
  readonly job: WantedGear & { readonly state: "complete" | "failed" }
}

/** The file is an output of a job of this gear. */
export interface MadeByTest {
  readonly madeBy: WantedGear
}

/** A gear by name, and its version by a range such as `>=1.2 <2`. */
export interface WantedGear {
  readonly gear: string
  readonly versions?: string
}

/** Ways to compare a metadata value, of which a test has one. */
export const COMPARISONS = ["exists", "equals", "differs", "below", "atMost", "above", "atLeast", "matches"] as const

export type Comparison = (typeof COMPARISONS)[number]

/** Conditions in each other, at most. */
export const DEEPEST_CONDITION = 10
/** Conditions in a rule, at most. */
export const MOST_CONDITIONS = 200
