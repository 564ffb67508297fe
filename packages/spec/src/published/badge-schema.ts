import {
  BADGE_VERDICTS,
  type DeterminismBadge,
  MOST_BADGE_RESULTS,
  MOST_BADGE_TESTS,
  PROBE_CONDITIONS,
  type ProbedCondition,
  type ProbedTest,
  type UntriedPart,
} from "../job/determinism-badge.ts"
import type { JsonObject } from "../json/json-value.ts"
import { listOf, objectOf } from "../schema/parts/object-schema.ts"
import { COUNT, DIGEST, described, oneOfWords, PLATFORM, SCHEMA_DIALECT, TIME } from "../schema/parts/value-schemas.ts"

/** A badge comes from anybody who may write to a catalogue, and what it says is shown. */
const SHORT: JsonObject = { type: "string", maxLength: 1000 }
const WORD: JsonObject = { type: "string", minLength: 1, maxLength: 256 }

const CONDITION = objectOf<ProbedCondition>("What came of a test under one condition, over all providers", {
  condition: { must: described(oneOfWords(PROBE_CONDITIONS), "What the runs were held to") },
  runs: { must: COUNT },
  undecided: { must: described(COUNT, "Runs that came to no end of the gear's own, beside those") },
  answers: { must: described(COUNT, "How many different answers there were") },
  results: {
    must: {
      ...listOf(DIGEST),
      maxItems: MOST_BADGE_RESULTS,
      description: "The first of them: digests over the exit code and the outputs' paths and digests",
    },
  },
})

const TEST = objectOf<ProbedTest>("What came of one test", {
  name: { must: WORD },
  invocation: { must: described(DIGEST, "Digest of the invocation of its runs as asked") },
  problems: { must: { ...listOf(SHORT), maxItems: 10, description: "What was otherwise than the test expects" } },
  conditions: { must: { ...listOf(CONDITION), maxItems: PROBE_CONDITIONS.length } },
})

const UNTRIED = objectOf<UntriedPart>("A part of the probe that could not be made", {
  what: { must: described(WORD, "A condition, or a provider") },
  why: { must: SHORT },
})

/** The schema of the predicate of a signed statement about a gear: `urn:geartrain:determinism:1`. */
export const BADGE_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "geartrain-badge/1",
  title: "What repeating a gear's own tests has shown of whether it answers the same again",
  ...objectOf<DeterminismBadge>("A badge of determinism", {
    name: { must: WORD },
    version: { must: WORD },
    platform: { must: PLATFORM },
    verdict: { must: described(oneOfWords(BADGE_VERDICTS), "With what the gear answers the same again") },
    sameness: {
      must: described(
        oneOfWords(["bytes", "declared"]),
        "The same bytes, or but for what the manifest declares as free",
      ),
    },
    counts: {
      must: objectOf<DeterminismBadge["counts"]>("Of all tests, under all conditions", {
        tests: { must: COUNT },
        failedTests: { must: described(COUNT, "Tests of which a run as asked was not as expected") },
        runs: { must: COUNT },
        undecided: { must: COUNT },
      }),
    },
    tests: {
      must: {
        ...listOf(TEST),
        maxItems: MOST_BADGE_TESTS,
        description: "Those that failed or answered differently first",
      },
    },
    untried: { must: { ...listOf(UNTRIED), maxItems: 20 } },
    providers: {
      must: {
        ...listOf(
          objectOf<DeterminismBadge["providers"][number]>("What isolated the gear", {
            name: { must: WORD },
            version: { must: WORD },
          }),
        ),
        maxItems: 20,
      },
    },
    host: {
      must: objectOf<DeterminismBadge["host"]>("What of the machine may change an answer", {
        architecture: { must: SHORT },
        kernel: { must: SHORT },
        processor: { must: described(SHORT, "Its model; empty where the kernel does not tell") },
        cpus: { must: COUNT },
      }),
    },
    engine: {
      must: objectOf<DeterminismBadge["engine"]>("The program that ran it", {
        version: { must: WORD },
        node: { must: WORD },
      }),
    },
    at: { must: TIME },
  }),
}
