import assert from "node:assert/strict"
import { test } from "node:test"
import { type GearManifest, JOB_STATES } from "@geartrain/spec"
import fc from "fast-check"
import { addUp, endedState, isOpen, TARGET_OUTCOMES, type TargetCount } from "./accounts/batch-accounts.ts"
import { groupFailures, groupOf } from "./failures/group-failures.ts"
import { normaliseMessage } from "./failures/normalise-message.ts"
import { type Candidate, matchInputs, type TargetMatch } from "./preflight/match-inputs.ts"

test("messages that tell of the same are alike", () => {
  const alike = (messages: readonly string[], as: string) => {
    for (const message of messages) assert.equal(normaliseMessage(message), as)
  }
  alike(
    ["Cannot read /data/sub-01/t1.nii.gz: 512 bytes of 1,024.5", "Cannot read ../other/x: 1 bytes of 2e9"],
    "Cannot read <path>: <n> bytes of <n>",
  )
  alike(
    [
      "job 65f0c1a2b3c4d5e6f7a8b9c0 ended at 2026-01-02T03:04:05.678Z",
      "job 00f0c1a2b3c4d5e6f7a8b9c1 ended at 2025-11-12 23:04:05",
    ],
    "job <id> ended at <time>",
  )
  alike(["see https://a.example/x?y=1", "see s3://bucket/key"], "see <address>")
  alike(["sub-01 at 12:30:01 in 0x7ffd12", "sub-22 at 1:02 in 0x1"], "sub-<n> at <time> in <id>")
  alike(
    ["sha256:ab12 and 123e4567-e89b-12d3-a456-426614174000", "sha1:ff and 00000000-0000-0000-0000-000000000000"],
    "<id> and <id>",
  )
  assert.equal(normaliseMessage("No space\n  left on device"), "No space left on device")
  assert.equal(normaliseMessage("and/or facade"), "and/or facade")
})

test("making a message alike again changes nothing, whatever it is", () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      "/a/b",
      "12:03",
      "2026-01-02",
      "0xff",
      "<n>",
      "65f0c1a2b3c4d5e6",
      "https://x/1",
      "sub-01/ses-2",
      "1e9",
      "~",
    ),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const once = normaliseMessage(parts.join(" "))
      assert.equal(normaliseMessage(once), once)
    }),
    { numRuns: 2000 },
  )
  // A long one takes no longer than its length asks.
  assert.ok(normaliseMessage("a/".repeat(100_000)).length > 0)
})

test("failures are grouped, the largest group first, each with an example", () => {
  const failures = [1, 2, 3].map((n) => ({
    n,
    path: `sub-${n}`,
    job: `j${n}`,
    reason: "GEAR_FAILED",
    message: `Exit code ${n}`,
  }))
  const other = { n: 9, path: "x", reason: "OUT_OF_MEMORY", message: "It needed 5 GiB" }
  const groups = groupFailures([other, ...failures])
  assert.deepEqual(
    groups.map(({ count, reason, message, example }) => [count, reason, message, example.n]),
    [
      [3, "GEAR_FAILED", "Exit code <n>", 1],
      [1, "OUT_OF_MEMORY", "It needed <n> GiB", 9],
    ],
  )
  assert.equal(groupOf(other), groups[1]?.group)
})

const count = fc.record({
  outcome: fc.constantFrom(...TARGET_OUTCOMES),
  refused: fc.boolean(),
  state: fc.option(fc.constantFrom(...JOB_STATES), { nil: undefined }),
  count: fc.integer({ min: 0, max: 1000 }),
})

test("accounts always add up, or no number is shown", () => {
  fc.assert(
    fc.property(fc.array(count), (counts: readonly TargetCount[]) => {
      const targets = counts.reduce((sum, one) => sum + one.count, 0)
      const accounts = addUp(targets, counts)
      const jobs = Object.values(accounts.jobs).reduce((sum, one) => sum + one, 0)
      assert.equal(
        Object.values(accounts.outcomes).reduce((sum, one) => sum + one, 0),
        accounts.targets,
      )
      assert.equal(jobs + accounts.notSubmitted + accounts.refused, accounts.outcomes["will-run"])
      assert.throws(() => addUp(targets + 1, counts), TypeError)
      const state = endedState(accounts, false)
      assert.equal(state === "complete", accounts.jobs.complete === accounts.outcomes["will-run"])
      assert.equal(isOpen(accounts), accounts.notSubmitted + accounts.jobs.pending + accounts.jobs.running > 0)
    }),
  )
})

test("a batch is complete only when every job that was to run is", () => {
  const of = (counts: Partial<Record<(typeof JOB_STATES)[number], number>>, cancelled = false) =>
    endedState(
      addUp(
        Object.values(counts).reduce((sum, one) => sum + one, 0),
        Object.entries(counts).map(([state, count]) => ({
          outcome: "will-run",
          refused: false,
          state: state as "failed",
          count,
        })),
      ),
      cancelled,
    )
  assert.equal(of({ complete: 3 }), "complete")
  assert.equal(of({ complete: 3, failed: 1 }), "partly failed")
  assert.equal(of({ failed: 1 }), "failed")
  assert.equal(of({ complete: 1, cancelled: 1 }, true), "cancelled")
  assert.equal(of({ complete: 2 }, true), "complete")
})

const MANIFEST = {
  name: "g",
  version: "1",
  label: "",
  description: "",
  author: "",
  license: "MIT",
  url: "",
  source: "",
  config: { needed: { type: "string" } },
  inputs: {
    t1: { base: "file", type: { enum: ["nifti"] } },
    mask: { base: "file", optional: true, type: { enum: ["nifti"] } },
    many: { base: "file", optional: true },
  },
  custom: { geartrain: { inputs: { many: { takes: "files" } } } },
} as unknown as GearManifest

function candidate(name: string, type = "nifti", tags: readonly string[] = []): Candidate {
  return { id: name, version: 1, name, digest: `sha256:${name}`, tags, path: "", object: { type, name } }
}

function match(
  candidates: readonly Candidate[],
  request: Parameters<typeof matchInputs>[0]["request"] = {},
  picks: Readonly<Record<string, string>> = {},
): TargetMatch {
  return matchInputs({ manifest: MANIFEST, request, picks }, candidates)
}

test("each input takes the one file that fits it", () => {
  const one = match([candidate("a.nii"), candidate("b.txt", "text")])
  assert.deepEqual([one.outcome, one.inputs["t1"]?.map(({ name }) => name)], ["fits", ["a.nii"]])
  const two = match([candidate("a.nii"), candidate("b.nii")])
  assert.deepEqual([two.outcome, two.says], ["ambiguous", '2 files fit input "t1": "a.nii", "b.nii"'])
  const none = match([candidate("b.txt", "text")])
  assert.equal(none.outcome, "no-match")
  assert.match(none.says, /^No file fits input "t1"; of 1 the nearest is "b.txt": .*type "text", wanted "nifti"/)
  assert.equal(none.matches[0]?.misses[0]?.name, "b.txt")
  assert.equal(match([]).says, 'There is no file at all for input "t1"')
})

test("patterns and picks choose, and optional inputs are as the policy says", () => {
  const files = [candidate("a_t1.nii"), candidate("b_mask.nii", "nifti", ["good"])]
  const names = (found: TargetMatch) =>
    Object.fromEntries(Object.entries(found.inputs).map(([input, all]) => [input, all.map(({ name }) => name)]))
  assert.deepEqual(names(match(files, { inputs: { t1: { name: "*T1*" } } })), { t1: ["a_t1.nii"] })
  assert.deepEqual(names(match(files, { inputs: { t1: { tag: "good" } } })), { t1: ["b_mask.nii"] })
  assert.deepEqual(names(match(files, {}, { t1: "b_mask.nii" })), { t1: ["b_mask.nii"] })
  assert.equal(match(files, {}, { t1: "gone" }).outcome, "no-match")
  const flexible = match([candidate("a.nii")], { optional: "flexible" })
  assert.deepEqual(names(flexible), { t1: ["a.nii"], mask: ["a.nii"], many: ["a.nii"] })
  assert.equal(
    match([candidate("a.txt", "text"), candidate("a.nii")], {
      optional: "require",
      inputs: { mask: { name: "mask*" } },
    }).outcome,
    "no-match",
  )
  assert.deepEqual(names(match(files, { inputs: { t1: { name: "a*" }, many: { type: "nifti" } } }))["many"], [
    "a_t1.nii",
    "b_mask.nii",
  ])
})
