import assert from "node:assert/strict"
import { test } from "node:test"
import { type GearManifest, JOB_STATES } from "@geartrain/spec"
import fc from "fast-check"
import { addUp, endedState, isOpen, TARGET_OUTCOMES, type TargetCount } from "./accounts/batch-accounts.ts"
import { type Candidate, matchInputs, type TargetMatch } from "./preflight/match-inputs.ts"

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
