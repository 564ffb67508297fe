import assert from "node:assert/strict"
import { test } from "node:test"
import type { ProbeCondition } from "@geartrain/spec"
import { judgeProbe, type ProbeCell, RUNS_NEEDED } from "./judge-probe.ts"

const EIGHT = Array<number>(RUNS_NEEDED).fill(0)
const OTHER = Array<number>(RUNS_NEEDED).fill(1)
const MIXED = [0, 1, 0, 0, 2, 0, 0, 0]

/** The cells of one test, by condition. */
function cells(answers: Partial<Record<ProbeCondition, readonly number[]>>, name = "a"): readonly ProbeCell[] {
  return Object.entries(answers).map(([condition, given]) => ({
    ...{ test: name, condition: condition as ProbeCondition, answers: given, undecided: 0 },
  }))
}

const judge = (...all: Parameters<typeof cells>): ReturnType<typeof judgeProbe> => judgeProbe(["a"], cells(...all))

test("the same answers, whatever is held, need nothing held", () => {
  assert.deepEqual(judge({ "as-asked": EIGHT, "one-thread": [0], "fixed-clock": [0] }), {
    kind: "holds",
    condition: "as-asked",
  })
})

test("answers that differ until there is one thread need one thread", () => {
  const racing = { "as-asked": MIXED, "one-thread": EIGHT, "fixed-clock": MIXED }
  assert.deepEqual(judge({ ...racing, "one-thread-and-fixed-clock": [0, 0] }), {
    kind: "holds",
    condition: "one-thread",
  })
})

test("a gear that answers the same all day, and otherwise at another time, needs a fixed clock", () => {
  assert.deepEqual(
    judge({ "as-asked": EIGHT, "one-thread": EIGHT, "fixed-clock": OTHER, "one-thread-and-fixed-clock": [1] }),
    { kind: "holds", condition: "fixed-clock" },
  )
})

test("a gear whose answer depends on the number of threads is no deterministic one, though each number gives one answer", () => {
  assert.deepEqual(
    judge({ "as-asked": EIGHT, "one-thread": OTHER, "fixed-clock": [0, 0], "one-thread-and-fixed-clock": [1, 1] }),
    { kind: "holds", condition: "one-thread" },
  )
})

test("two causes need both held", () => {
  assert.deepEqual(
    judge({ "as-asked": MIXED, "one-thread": OTHER, "fixed-clock": MIXED, "one-thread-and-fixed-clock": EIGHT }),
    { kind: "holds", condition: "one-thread-and-fixed-clock" },
  )
})

test("chance is helped by nothing", () => {
  const all = { "as-asked": MIXED, "one-thread": MIXED, "fixed-clock": [0, 1], "one-thread-and-fixed-clock": [0, 1] }
  assert.deepEqual(judge(all), { kind: "differs" })
})

test("too few runs are not called the same, and it is told how many there were", () => {
  assert.deepEqual(judge({ "as-asked": [0, 0, 0], "one-thread": [0] }), {
    kind: "too-few",
    condition: "as-asked",
    runs: 3,
  })
  assert.deepEqual(judge({ "as-asked": [0, 1] }), { kind: "differs" })
})

test("one test that differs is enough, and one that was never run leaves all undecided", () => {
  const good = cells({ "as-asked": EIGHT })
  assert.equal(judgeProbe(["a", "b"], [...good, ...cells({ "as-asked": MIXED }, "b")]).kind, "differs")
  assert.deepEqual(judgeProbe(["a", "b"], good), { kind: "not-run", test: "b" })
  assert.deepEqual(judgeProbe([], []), { kind: "not-run", test: "" })
})

test("a condition that one test does not bear does not hold for the gear", () => {
  const a = cells({ "as-asked": MIXED, "one-thread": EIGHT })
  assert.equal(judgeProbe(["a", "b"], [...a, ...cells({ "as-asked": MIXED }, "b")]).kind, "differs")
})
