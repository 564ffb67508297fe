import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import type { Condition, ConditionName } from "../experiments/condition.ts"
import { chanceOfAgreement, chanceOfLikeness } from "./chance.ts"
import { type CauseSearch, findCause } from "./find-cause.ts"
import { countOutcomes, EXIT, outcomeOf, varyingParts } from "./outcome.ts"
import { TrialRuns } from "./trial-runs.ts"

const NAMES: readonly ConditionName[] = ["threads", "clock", "seed", "hash"]
const CONDITIONS: readonly Condition[] = NAMES.map((name) => ({ name, says: name }))

/** A gear that is only pretended: what each output is depends on what is not held still. */
type Pretended = (held: ReadonlySet<string>, run: number) => Readonly<Record<string, string | number>>

function job(files: Readonly<Record<string, string | number>>): JobRecord {
  const { exit = 0, ...outputs } = files
  return {
    exit: { code: exit },
    outputs: Object.entries(outputs).map(([path, text]) => ({ path, digest: `sha256:${text}`, sizeBytes: 1 })),
  } as unknown as JobRecord
}

async function search(
  gear: Pretended,
  { repeat = 4, most = 100 }: { readonly repeat?: number; readonly most?: number } = {},
): Promise<CauseSearch & { readonly count: number }> {
  let count = 0
  const runs = new TrialRuns({
    most,
    runOnce: async (conditions) => {
      count += 1
      return outcomeOf(job(gear(new Set(conditions.map(({ name }) => name)), count)))
    },
  })
  const observed = await runs.observe(repeat)
  return { ...(await findCause(runs, observed, { conditions: CONDITIONS, repeat })), count }
}

function found({ cause }: CauseSearch): readonly string[] | undefined {
  return cause?.series.conditions.map(({ name }) => name)
}

test("the one condition under which all runs agree is the cause, and what helps nothing costs two runs", async () => {
  const result = await search((held, run) => ({ a: held.has("seed") ? "same" : run, b: "steady" }))
  assert.deepEqual(found(result), ["seed"])
  assert.deepEqual(result.observed.varying, ["a"])
  assert.deepEqual(
    result.tried.map(({ conditions, outcomes }) => [conditions[0]?.name, outcomes.length]),
    [
      ["threads", 2],
      ["clock", 2],
      ["seed", 4],
    ],
  )
  assert.equal(result.cause?.chance, 1 / 70)
  assert.equal(result.count, 12)
})

test("two outputs with a cause each need both conditions, and no third", async () => {
  const result = await search((held, run) => ({
    a: held.has("threads") ? 0 : run,
    b: held.has("seed") ? 0 : run,
    c: "steady",
  }))
  assert.deepEqual(found(result), ["threads", "seed"])
  assert.deepEqual(result.tried[0]?.varying, ["b"])
})

test("two causes in one output are found together, without the conditions that are not needed", async () => {
  const result = await search((held, run) => ({ a: `${held.has("clock") ? 0 : run} ${held.has("hash") ? 0 : run}` }))
  assert.deepEqual(found(result), ["clock", "hash"])
})

test("where nothing helps there is no cause, and all was tried, together as well", async () => {
  const result = await search((_, run) => ({ a: run }))
  assert.equal(result.cause, undefined)
  assert.equal(result.isCut, false)
  assert.deepEqual(
    result.tried.map(({ conditions }) => conditions.length),
    [1, 1, 1, 1, 4],
  )
})

test("a condition that the gear does not bear is no cause, and is left out where all are tried together", async () => {
  const result = await search((held, run) => ({ exit: held.has("clock") ? 3 : 0, a: held.has("clock") ? 0 : run }))
  assert.equal(result.cause, undefined)
  assert.equal(result.tried[1]?.refused?.parts.get(EXIT), "3")
  assert.deepEqual(
    result.tried.at(-1)?.conditions.map(({ name }) => name),
    ["threads", "seed", "hash"],
  )
})

test("an exit code that varies is a difference like any", async () => {
  const result = await search((held, run) => ({ exit: held.has("hash") ? 0 : run % 2 }))
  assert.deepEqual(found(result), ["hash"])
  assert.deepEqual(result.observed.varying, [EXIT])
})

test("runs that agree by chance are looked at longer, and are no cause", async () => {
  // Of the runs without it, only every fourth is another.
  const result = await search((held, run) => ({ a: held.has("seed") ? 0 : run % 4 === 0 ? 1 : 0 }), { repeat: 4 })
  const threads = result.tried.filter(({ conditions }) => conditions[0]?.name === "threads")
  assert.ok(threads.every(({ varying }) => varying.length > 0))
  assert.deepEqual(found(result), ["seed"])
  assert.ok((result.cause?.series.outcomes.length ?? 0) > 4)
  assert.ok((result.cause?.chance ?? 1) <= 0.05 || result.cause?.series.outcomes.length === 12)
})

test("with no run left nothing is said that was not seen", async () => {
  const result = await search((held, run) => ({ a: held.has("hash") ? 0 : run }), { most: 9 })
  assert.equal(result.cause, undefined)
  assert.equal(result.isCut, true)
  assert.equal(result.count, 9)
})

test("outputs that are missing, or that become programs, are other outcomes", () => {
  const one = outcomeOf(job({ a: 1 }))
  const two = outcomeOf(job({ a: 1, b: 2 }))
  assert.deepEqual(varyingParts([one, two]), ["b"])
  assert.equal(countOutcomes([one, two, one]), 2)
  const program = {
    ...job({ a: 1 }),
    outputs: job({ a: 1 }).outputs.map((file) => ({ ...file, executable: true as const })),
  }
  assert.deepEqual(varyingParts([one, outcomeOf(program)]), ["a"])
})

test("the chance of agreement is the share of choices in which all agree", () => {
  assert.equal(chanceOfAgreement(["a", "b", "c"], ["d", "d", "d"]), 1 / 20)
  assert.equal(chanceOfAgreement(["a", "a", "b", "b"], ["a", "a", "a", "a"]), 15 / 70)
  assert.equal(chanceOfAgreement([], ["a", "a"]), 1)
  assert.equal(chanceOfLikeness(["a", "a", "b"], ["b", "b"], "b"), 3 / 10)
  assert.equal(chanceOfLikeness(["a", "a"], ["a", "b"], "b"), 0)
})
