import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020 from "ajv/dist/2020.js"
import ajvFormats from "ajv-formats"
import type { DeterminismBadge } from "../job/determinism-badge.ts"
import type { JsonObject } from "../json/json-value.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { BADGE_SCHEMA } from "./badge-schema.ts"

const ajv = new ajv2020.default({ strict: true, strictTypes: false, strictRequired: false })
ajvFormats.default(ajv)
const byAjv = ajv.compile(BADGE_SCHEMA)

const DIGEST = `sha256:${"0".repeat(64)}` as const
const BADGE: DeterminismBadge = {
  name: "bet",
  version: "1.0.0",
  platform: "linux/amd64",
  verdict: "one-thread",
  sameness: "declared",
  counts: { tests: 2, failedTests: 1, runs: 30, undecided: 1 },
  tests: [
    {
      name: "simple",
      invocation: DIGEST,
      problems: ["output a is not there"],
      conditions: [{ condition: "one-thread", runs: 9, undecided: 0, answers: 1, results: [DIGEST] }],
    },
  ],
  untried: [{ what: "fixed-clock", why: "libfaketime is not installed here" }],
  providers: [{ name: "crun", version: "1.8.1" }],
  host: { architecture: "x86_64", kernel: "6.1.0", processor: "", cpus: 2 },
  engine: { version: "0.1.0", node: "24.0.0" },
  at: "2026-01-02T03:04:05.678Z",
}

/** Both validators have to agree. */
function isValid(badge: JsonObject): boolean {
  const valid = validateDraft04(BADGE_SCHEMA, badge).length === 0
  assert.equal(byAjv(badge), valid, JSON.stringify(badge).slice(0, 200))
  return valid
}

test("a badge with every member is valid", () => {
  assert.equal(isValid(BADGE as unknown as JsonObject), true)
})

test("a badge that says more, less or something else is refused", () => {
  const badge = BADGE as unknown as JsonObject
  for (const change of [
    { verdict: "perfect" },
    { sameness: "almost" },
    { counts: { tests: 1 } },
    { counts: { tests: -1, failedTests: 0, runs: 0, undecided: 0 } },
    { at: "yesterday" },
    { extra: 1 },
    { untried: [{ what: "x" }] },
    { tests: Array.from({ length: 101 }, () => BADGE.tests[0]) },
    { name: "n".repeat(300) },
  ] as unknown as readonly JsonObject[])
    assert.equal(isValid({ ...badge, ...change }), false, JSON.stringify(change).slice(0, 100))
  const { verdict: _, ...without } = badge
  assert.equal(isValid(without), false)
})
