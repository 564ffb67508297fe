import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import type { JobDifference } from "../../provenance/diff-invocations.ts"
import type { Condition, ConditionName } from "../experiments/condition.ts"
import { runAsThen } from "./as-then.ts"
import { type DescribedDifference, looksLikeTime } from "./describe-differences.ts"
import { changeWords } from "./explain-invocations.ts"
import { type ChangeSearch, findChange } from "./find-change.ts"
import { orderByLooks } from "./order-by-looks.ts"
import { outcomeOf } from "./outcome.ts"
import { TrialRuns } from "./trial-runs.ts"

function job(files: Readonly<Record<string, string | number>>, more: Partial<JobRecord> = {}): JobRecord {
  return {
    exit: { code: 0 },
    outputs: Object.entries(files).map(([path, text]) => ({ path, digest: `sha256:${text}`, sizeBytes: 1 })),
    ...more,
  } as unknown as JobRecord
}

const change = (name: string): JobDifference => ({ part: "config", name, a: 1, b: 2 })

/** Searches among changes by these names, where a run comes out as B when the gear says so. */
async function search(
  names: readonly string[],
  isLikeB: (held: ReadonlySet<string>) => boolean,
  { most = 100, refused = [] as readonly string[] } = {},
): Promise<ChangeSearch & { readonly names: readonly string[] | undefined; readonly runs: readonly string[] }> {
  let left = most
  const found = await findChange(
    async (changes) => {
      if (left-- <= 0) return undefined
      const held = new Set(changes.map(({ name }) => name))
      if (refused.some((name) => held.has(name) && held.size < names.length)) return { why: "it is refused" }
      return { outcome: outcomeOf(job({ out: isLikeB(held) ? "b" : "a" })) }
    },
    names.map(change),
    outcomeOf(job({ out: "b" })),
  )
  return {
    ...found,
    names: found.cause?.map(({ name }) => name),
    runs: found.tried.map(({ changes }) => changes.map(({ name }) => name).join("")),
  }
}

test("a single change is the cause, and no run is needed to see that", async () => {
  const { names, runs, isCut } = await search(["k"], () => assert.fail("it was run"))
  assert.deepEqual([names, runs, isCut], [["k"], [], false])
})

test("the first change that does it alone is the cause, and nothing after it is tried", async () => {
  const { names, runs } = await search(["a", "b", "c"], (held) => held.has("b"))
  assert.deepEqual([names, runs], [["b"], ["a", "b"]])
})

test("changes that only do it together are found without those that are not needed", async () => {
  const { names, runs, isCut } = await search(["a", "b", "c", "d"], (held) => held.has("b") && held.has("d"))
  assert.deepEqual([names, isCut], [["b", "d"], false])
  assert.deepEqual(runs, ["a", "b", "c", "d", "bcd", "cd", "bd"])
})

test("where every change is needed, all of them are the cause", async () => {
  const { names } = await search(["a", "b", "c"], (held) => held.size === 3)
  assert.deepEqual(names, ["a", "b", "c"])
})

test("a run that cannot be is told with its reason, and is not like B", async () => {
  const { tried, names } = await search(["a", "b"], (held) => held.has("a"), { refused: ["a"] })
  assert.deepEqual(tried[0], { changes: [change("a")], why: "it is refused", isLikeB: false })
  assert.deepEqual(names, ["a", "b"])
})

test("with no run left there is no cause, and that is said", async () => {
  for (const most of [0, 2, 3]) {
    const { names, isCut, runs } = await search(["a", "b", "c"], (held) => held.size > 1, { most })
    assert.deepEqual([names, isCut, runs.length], [undefined, true, most])
  }
})

test("an outcome that differs in another file too is not like B", async () => {
  const run = async () => ({ outcome: outcomeOf(job({ out: "b", log: "x" })) })
  const { tried } = await findChange(run, [change("a"), change("b")], outcomeOf(job({ out: "b" })))
  assert.ok(tried.length > 0 && tried.every(({ isLikeB }) => !isLikeB))
})

test("a change is told as what it makes of the invocation", () => {
  assert.equal(changeWords({ part: "config", name: "k", a: 1, b: { x: [1] } }), 'config k={"x":[1]}')
  assert.equal(changeWords({ part: "network", name: "", a: "none", b: "outbound" }), "network outbound")
  assert.equal(changeWords({ part: "config", name: "k", a: 1, b: null }), "config k=null")
  assert.equal(changeWords({ part: "environment", name: "TZ", a: "UTC" }), "no environment TZ")
})

const conditions = (...names: readonly ConditionName[]): readonly Condition[] =>
  names.map((name) => ({ name, says: name }))

function differing(a: string | undefined, b: string | undefined): DescribedDifference {
  const difference = { place: "line 1", ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) }
  return {
    path: "out",
    comparison: { format: "text", same: false, summary: "", differences: [difference], omitted: 0 },
  }
}

test("a date or a time on both sides looks like the clock, and a number or a version does not", () => {
  const looks = (a: string | undefined, b: string | undefined): boolean => {
    const { comparison } = differing(a, b)
    return comparison !== undefined && looksLikeTime(comparison)
  }
  for (const [a, b] of [
    ["at 12:34:56", "at 9:01"],
    ["2026-01-02", "20260103"],
    ["1767225600", "1767225601.5"],
    ["1767225600123", "1767225600124"],
  ])
    assert.equal(looks(a, b), true, `${a} ${b}`)
  for (const [a, b] of [
    ["at 12:34", "at noon"],
    ["2026-01-02", undefined],
    ["1.2.3", "1.2.4"],
    ["12026-01-02", "12026-01-03"],
    ["2667225600", "2667225601"],
    ["17672256001", "17672256002"],
  ])
    assert.equal(looks(a, b), false, `${a} ${b}`)
})

test("the clock is tried first where what differs looks like it, and the order of the others stays", () => {
  const names = (differences: readonly DescribedDifference[]) =>
    orderByLooks(conditions("threads", "clock", "seed", "source-date"), differences).map(({ name }) => name)
  const plain = ["threads", "clock", "seed", "source-date"]
  assert.deepEqual(names([]), plain)
  assert.deepEqual(names([{ path: "gone" }, differing("1", "2")]), plain)
  assert.deepEqual(names([differing("1", "2"), differing("10:00", "10:01")]), [
    "clock",
    "source-date",
    "threads",
    "seed",
  ])
})

interface Then {
  readonly held: readonly (readonly Condition[])[]
  readonly found: Awaited<ReturnType<typeof runAsThen>>
}

/** Runs a job with the clock of then; `with` is what comes out under it. */
async function asThen(outcomes: readonly string[], more: Partial<JobRecord> = {}, most = 9): Promise<Then> {
  const held: (readonly Condition[])[] = []
  const runs = new TrialRuns({
    most,
    runOnce: async (some) => {
      held.push(some)
      return outcomeOf(job({ out: outcomes[held.length - 1] ?? "none" }))
    },
  })
  const observed = { outcomes: ["now", "now", "now"].map((text) => outcomeOf(job({ out: text }))), varying: [] }
  const [clock] = conditions("clock")
  const then = job({ out: "then" }, { created: "2026-03-04T05:06:07.890Z", ...more })
  return { held, found: await runAsThen(runs, then, { observed, clock: clock ?? assert.fail() }) }
}

test("a job that comes out as then with the clock of then hung on the day", async () => {
  const { held, found } = await asThen(["then", "then"])
  assert.equal(held.length, 2)
  assert.deepEqual(held[0]?.[0]?.environment, { TZ: "UTC", FAKETIME: "2026-03-04 05:06:07" })
  assert.equal(held[0]?.[0]?.says, "the clock of 2026-03-04 05:06:07 UTC")
  assert.equal(found.cause?.chance, 1 / 10)
})

test("the clock stands at when the job was started, where that is known", async () => {
  const { held } = await asThen(["then", "then"], { started: "2026-03-05T00:00:00.000Z" })
  assert.equal(held[0]?.[0]?.environment?.["FAKETIME"], "2026-03-05 00:00:00")
})

test("runs that do not all come out as then show nothing, nor does one run for want of others", async () => {
  assert.equal((await asThen(["then", "now"])).found.cause, undefined)
  assert.equal((await asThen(["other", "other"])).found.cause, undefined)
  const { found } = await asThen(["then"], {}, 1)
  assert.deepEqual([found.cause, found.isCut], [undefined, true])
})
