import assert from "node:assert/strict"
import { test } from "node:test"
import { contextOf, givenOf, HOSTILE, hasControls } from "../../../test/cli/told.ts"
import { digest, job, jobId } from "../../../test/stores/records/sample-records.ts"
import type { Explanation } from "../../engine/explain/explanation.ts"
import { type Outcome, outcomeOf, varyingParts } from "../../engine/explain/outcome.ts"
import { createPaint } from "../output/paint.ts"
import { explanationData } from "./explanation-data.ts"
import { componentLines, explanationLines } from "./explanation-lines.ts"
import { readCount, tellExplanation } from "./watch-explain.ts"

const PLAIN = createPaint(false)
const bytes = (path: string, number: number) => ({ path, digest: digest(number), sizeBytes: 1 })
/** A run that put out these bytes as `a`, and ended with this exit code. */
const ran = (number: number, content: number, code = 0): Outcome =>
  outcomeOf(job(number, { state: "complete", exit: { code }, outputs: [bytes("a", content)] }))

const series = (outcomes: readonly Outcome[], says: string, more: object = {}) => ({
  ...{ conditions: [{ name: says, says }], outcomes, varying: varyingParts(outcomes) },
  ...more,
})

function explained(members: object = {}): Explanation {
  const base = {
    verdict: "same",
    job: job(1),
    differing: [],
    components: [],
    circumstances: [],
    unavailable: [],
    runs: 0,
  }
  return { ...base, ...members } as unknown as Explanation
}

const DIFFERENT = [ran(2, 1), ran(3, 2)]
const observed = { outcomes: DIFFERENT, varying: varyingParts(DIFFERENT) }

function linesOf(members: object): string {
  return explanationLines(explained(members), PLAIN).join("\n")
}

test("each experiment is a row that says whether the runs agreed", () => {
  const tried = [
    series([ran(4, 1), ran(5, 1)], "one thread"),
    series([ran(4, 1), ran(5, 2)], "a fixed clock"),
    series([ran(4, 1)], "a fixed seed"),
    series([ran(4, 1), ran(5, 2)], "UTC", { isCut: true }),
    series([ran(4, 1, 9)], "fixed memory", { refused: ran(4, 1, 9) }),
  ]
  const rows = linesOf({ observed, search: { tried } })
    .split("\n")
    .flatMap((line) => (/ {2,}\d /.test(line) ? [line.trim().split(/ {2,}/)] : []))
  assert.deepEqual(rows, [
    ["nothing", "2", "2 different outcomes: a"],
    ["one thread", "2", "all the same"],
    ["a fixed clock", "2", "2 different outcomes: a"],
    ["a fixed seed", "1", "one alone says nothing"],
    ["UTC", "2", "2 different outcomes; then no more runs were allowed: a"],
    ["fixed memory", "1", "the gear does not bear it: exit code 9"],
  ])
})

test("of many outputs and paths the first are named, and the rest counted", () => {
  const differing = Array.from({ length: 7 }, (_, at) => ({ path: `${HOSTILE}${at}` }))
  const text = linesOf({ verdict: "unexplained", differing, pair: [job(1), job(2)], search: { tried: [] } })
  assert.equal(text.match(/other bytes$/gm)?.length, 5)
  assert.match(text, /… and 2 more outputs/)
  assert.ok(!hasControls(text))
  const paths = ["", "b", "c", "d", "e"]
  const varied = linesOf({ observed: { outcomes: DIFFERENT, varying: paths } })
  assert.match(varied, /: the exit code, b, c and 2 more$/m)
})

test("chance is told as one in so many, and weak evidence is called that", () => {
  const cause = (chance: number) => ({ series: series([ran(4, 1), ran(5, 1)], "one thread"), chance })
  const lines = (chance: number) =>
    linesOf({ verdict: "explained", observed, search: { tried: [], cause: cause(chance) } })
  assert.match(lines(1 / 70), /makes no difference: 1 in 70$/m)
  assert.match(lines(0.05), /1 in 20$/m)
  assert.match(lines(0.051), /1 in 20\. That is weak evidence/)
  assert.match(lines(1), /1 in 1\. That is weak/)
})

test("what else was different is told only where the difference did not show again", () => {
  const circumstances = [{ part: "host", name: "kernel", a: "6.1", b: HOSTILE }]
  assert.match(
    linesOf({ verdict: "unseen", circumstances, observed }),
    /What else was different:[\s\S]*host kernel +"6\.1"/,
  )
  assert.ok(!hasControls(linesOf({ verdict: "unseen", circumstances, observed })))
  assert.doesNotMatch(linesOf({ verdict: "unexplained", circumstances, observed }), /What else/)
})

test("changes of one invocation towards the other say which made it come out as that one", () => {
  const changes = (value: number) => [{ part: "config", name: "k", a: 1, b: value }]
  const tried = [
    { changes: changes(2), isLikeB: true },
    { changes: changes(3), isLikeB: false },
    { changes: changes(4), isLikeB: false, why: `it is ${HOSTILE}` },
  ]
  const text = linesOf({ verdict: "explained", pair: [job(1), job(2)], change: { tried, cause: changes(2) } })
  assert.match(text, /config k: 2 instead of 1 +came out as B\n[^\n]*did not come out as B\n[^\n]*it is a/)
  assert.ok(!hasControls(text))
  assert.doesNotMatch(linesOf({ change: { tried } }), /A WITH/)
})

test("no component is no table, and conditions that could not be tried are told why", () => {
  assert.deepEqual(componentLines([]), [])
  assert.match(
    componentLines([{ part: "network", name: "", a: "none", b: "outbound" }])[1] ?? "",
    /^network +none +outbound$/,
  )
  assert.match(linesOf({ unavailable: [{ name: "clock", why: HOSTILE }] }), /\nnot tried: clock: a\\x1b/)
})

test("programs are told every run, and the exit code by a name of its own", () => {
  const outcomes = [ran(2, 1, 0), ran(3, 1, 1)]
  const data = Object(
    explanationData(
      explained({
        ...{ verdict: "explained", pair: [job(1), job(2)], observed: { outcomes, varying: varyingParts(outcomes) } },
        search: { tried: [series([ran(4, 1)], "one thread", { refused: ran(4, 1) })] },
        change: { tried: [{ changes: [], isLikeB: false, why: "no" }] },
      }),
    ),
  )
  assert.deepEqual(data.pair, [jobId(1), jobId(2)])
  assert.deepEqual(data.unchanged, {
    ...{ conditions: [], jobs: [jobId(2), jobId(3)], outcomes: 2, varying: ["exit code"], refused: null },
  })
  assert.equal(data.tried[0].refused, jobId(4))
  assert.deepEqual([data.changes, data.change], [[{ changes: [], isLikeB: false, job: null, why: "no" }], null])
  const bare = Object(explanationData(explained()))
  for (const absent of ["unchanged", "tried", "cause", "changes"]) assert.ok(!Object.hasOwn(bare, absent), absent)
  assert.equal(bare.pair, null)
})

test("what was explained is as good as nothing to explain; unexplained is no, and too few runs are undecided", () => {
  const codes = (["same", "repeats", "explained", "unexplained", "unseen", "undecided"] as const).map((verdict) => {
    const { context } = contextOf()
    const search = verdict === "explained" ? {} : { search: { tried: [] } }
    return tellExplanation(context, explained({ verdict, ...search })).exitCode
  })
  assert.deepEqual(codes, [undefined, undefined, undefined, 1, 6, 6])
})

test("the next step names the pair that differs, in short at a terminal and whole for programs", () => {
  const { context, err } = contextOf({ isTerminal: true })
  const members = { verdict: "unexplained", pair: [job(1), job(2)], search: { tried: [] } }
  const { error } = tellExplanation(context, explained(members))
  assert.equal(err(), `→ gear diff ${jobId(1).slice(0, 12)} ${jobId(2).slice(0, 12)}\n`)
  assert.equal(error?.fix, `gear diff ${jobId(1)} ${jobId(2)}`)
})

test("a count is a whole number within its limits, and the usual one where none is said", () => {
  const limits = { usual: 4, least: 2, most: 100 }
  const flags = { repeat: { type: "text", says: "" } } as const
  const count = (...args: readonly string[]) => readCount(givenOf(flags, args), "repeat", limits)
  assert.deepEqual([count(), count("--repeat=2"), count("--repeat=100"), count("--repeat=007")], [4, 2, 100, 7])
  for (const text of ["1", "101", "", "2.5", "-2", "1e2", "0x4", "00004", " 4"])
    assert.throws(() => count(`--repeat=${text}`), { code: "USAGE", hint: "Say how many: --repeat 4" }, text)
})
