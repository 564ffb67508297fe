import type { BoxConstraint } from "@geartrain/ports"
import type { ConfigItem, JobRecord, JsonObject, JsonValue } from "@geartrain/spec"
import type { Condition, UnavailableCondition } from "./condition.ts"
import {
  FIXED_RANDOM_SEED,
  FIXED_SEED,
  FIXED_TIME,
  FIXED_TIME_SECONDS,
  isSeedName,
  isThreadName,
  THREAD_VARIABLES,
} from "./fixed-values.ts"

/** What a run of a gear can be held to here, and what it cannot. */
export interface Conditions {
  /** In the order of `CONDITION_NAMES`. */
  readonly available: readonly Condition[]
  readonly unavailable: readonly UnavailableCondition[]
}

/** What decides which conditions there are. */
export interface ConditionMeans {
  /** Of the gear's manifest: what its config values may be. */
  readonly declared: Readonly<Record<string, ConfigItem>>
  /** The config of the run. */
  readonly config: JsonObject
  readonly constraints: readonly BoxConstraint[]
  /** libfaketime on this machine, or why it cannot be used with the gear. */
  readonly clockLibrary: { readonly path: string } | { readonly why: string }
  /** The job that is repeated; absent: there is none yet. */
  readonly job?: JobRecord["id"]
}

/**
 * All conditions that a run of a gear can be held to.
 *
 * A value of the gear's config is set where its name says that it is a number of threads or a seed, and the manifest lets it be.
 */
export function knownConditions(means: ConditionMeans): Conditions {
  const { clockLibrary } = means
  const library = "path" in clockLibrary ? clockLibrary.path : undefined
  const available: Condition[] = [
    threads(means),
    ...(library === undefined ? [] : [clock(library)]),
    {
      name: "source-date",
      says: "SOURCE_DATE_EPOCH set",
      environment: { SOURCE_DATE_EPOCH: String(FIXED_TIME_SECONDS) },
    },
    { name: "hash", says: "hashes that are not randomised", environment: HASH_VARIABLES },
    ...(means.constraints.includes("fixed-addresses") ? [ADDRESSES] : []),
    seed(means, library),
    ...(means.job === undefined ? [] : [path(means.job)]),
    { name: "time-zone", says: "the time zone UTC", environment: { TZ: "UTC0" } },
    { name: "locale", says: "the locale C.UTF-8", environment: { LC_ALL: "C.UTF-8", LANG: "C.UTF-8", LANGUAGE: "" } },
  ]
  return {
    available,
    unavailable: [
      ...("why" in clockLibrary ? [{ name: "clock" as const, why: clockLibrary.why }] : []),
      ...(means.constraints.includes("fixed-addresses")
        ? []
        : [{ name: "addresses" as const, why: "this machine cannot hold a box to fixed addresses" }]),
    ],
  }
}

/** @see python(1), PYTHONHASHSEED; perlrun(1), PERL_HASH_SEED and PERL_PERTURB_KEYS */
const HASH_VARIABLES = { PYTHONHASHSEED: "0", PERL_HASH_SEED: "0", PERL_PERTURB_KEYS: "0" }

const ADDRESSES: Condition = {
  name: "addresses",
  says: "fixed memory addresses",
  constraints: ["fixed-addresses"],
}

function threads({ declared, config, constraints }: ConditionMeans): Condition {
  const values = valuesFor({ declared, config }, isThreadName, (value) => (value === 1 ? undefined : 1))
  const isOneCpu = constraints.includes("one-cpu")
  return {
    name: "threads",
    says: `one thread${namedValues(values)}`,
    config: values,
    environment: Object.fromEntries(THREAD_VARIABLES.map((name) => [name, "1"])),
    ...(isOneCpu ? { constraints: ["one-cpu"] } : {}),
  }
}

/** The clock stands still, but for the one that only counts on: programs that wait for some time to pass would wait for ever. */
function clock(library: string): Condition {
  return {
    name: "clock",
    says: "a fixed clock",
    environment: { FAKETIME: FIXED_TIME, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    preload: library,
  }
}

/** A seed that the user chose is one already; those that are absent, zero or negative mean chance in many a gear. */
function seed({ declared, config }: ConditionMeans, library: string | undefined): Condition {
  const values = valuesFor({ declared, config }, isSeedName, (value) =>
    typeof value === "number" && value > 0 ? undefined : FIXED_SEED,
  )
  return {
    name: "seed",
    says: `a fixed seed${namedValues(values)}`,
    config: values,
    environment: { ...SEED_VARIABLES, ...(library === undefined ? {} : { FAKERANDOM_SEED: FIXED_RANDOM_SEED }) },
    ...(library === undefined ? {} : { preload: library }),
  }
}

/** Read by some programs and by many scripts of laboratories; a program that knows none of them is not changed by them. */
const SEED_VARIABLES = Object.fromEntries(
  [
    "SEED",
    "RANDOM_SEED",
    "RNG_SEED",
    "PYTHONSEED",
    "PL_GLOBAL_SEED",
    "FSL_SEED",
    "GSL_RNG_SEED",
    "MRTRIX_RNG_SEED",
  ].map((name) => [name, String(FIXED_SEED)]),
)

function path(job: JobRecord["id"]): Condition {
  return { name: "path", says: "the same job folder and job id", seenAs: job }
}

function valuesFor(
  { declared, config }: Pick<ConditionMeans, "declared" | "config">,
  isMeant: (name: string) => boolean,
  wanted: (value: JsonValue | undefined) => number | undefined,
): JsonObject {
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, item]) => {
      const value = isMeant(name) ? wanted(config[name]) : undefined
      return value !== undefined && mayBe(item, value) ? [[name, value] as const] : []
    }),
  )
}

/** Whether a manifest lets a config value be this number. What else it asks for is found out by trying. */
function mayBe(item: ConfigItem, value: number): boolean {
  const { type, minimum, maximum, enum: list } = item
  const types: readonly JsonValue[] = Array.isArray(type) ? type : [type ?? "number"]
  if (!types.includes("integer") && !types.includes("number")) return false
  if (typeof minimum === "number" && (value < minimum || (value === minimum && item["exclusiveMinimum"] === true)))
    return false
  if (typeof maximum === "number" && value > maximum) return false
  return !Array.isArray(list) || list.includes(value)
}

function namedValues(values: JsonObject): string {
  const said = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return said.length === 0 ? "" : ` (${said.join(", ")})`
}
