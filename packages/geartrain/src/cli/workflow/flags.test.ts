import assert from "node:assert/strict"
import { resolve } from "node:path"
import { test } from "node:test"
import { stripVTControlCharacters } from "node:util"
import type { DatumRecord } from "../../workflows/pipelines/datums/datum-record.ts"
import type { Given } from "../command.ts"
import { createPaint } from "../output/paint.ts"
import { countsLine, datumLine } from "./pipeline/datum-lines.ts"
import { decideOptions } from "./pipeline/decide-flags.ts"
import { readPlanWish } from "./plan-flags.ts"
import { readRunWish } from "./run-flags.ts"

/** What was typed: a text, a list of texts, or a switch. */
function given(flags: Readonly<Record<string, string | readonly string[] | true>>): Given {
  const value = (flag: string) => (Object.hasOwn(flags, flag) ? flags[flag] : undefined)
  return {
    ...{ words: [], raw: [] },
    has: (flag) => value(flag) !== undefined,
    text: (flag) => {
      const found = value(flag)
      return typeof found === "string" ? found : undefined
    },
    list: (flag) => {
      const found = value(flag)
      return Array.isArray(found) ? found : []
    },
  }
}

test("without flags a plan reuses what it can, and keeps all files", () => {
  assert.deepEqual(readPlanWish("w.yaml", given({})), {
    ...{ file: "w.yaml", inputs: new Map(), parameters: [], reuse: "any", cleanup: "none" },
  })
})

test("files of one input are gathered, and may have an equals sign in their path", () => {
  const { inputs } = readPlanWish("w", given({ input: ["reads=a.fq", "ref=x=y.fa", "reads=b.fq", "__proto__=p"] }))
  assert.deepEqual(
    [...inputs],
    [
      ["reads", ["a.fq", "b.fq"]],
      ["ref", ["x=y.fa"]],
      ["__proto__", ["p"]],
    ],
  )
})

test("an input without a name or a path is refused as it was typed", () => {
  for (const pair of ["reads", "=a.fq", "reads=", "=", ""]) {
    assert.throws(() => readPlanWish("w", given({ input: [pair] })), {
      ...{ code: "USAGE", message: `Cannot read --input "${pair}": it has to be NAME=PATH` },
    })
  }
})

test("what may be reused is said once", () => {
  assert.equal(readPlanWish("w", given({ "no-reuse": true })).reuse, "none")
  assert.deepEqual(readPlanWish("w", given({ "reuse-from": "latest" })).reuse, { from: "latest" })
  assert.throws(() => readPlanWish("w", given({ "no-reuse": true, "reuse-from": "latest" })), { code: "USAGE" })
})

test("a clean-up is a word, or a size", () => {
  const cleanup = (word: string): unknown => readPlanWish("w", given({ cleanup: word })).cleanup
  for (const word of ["none", "leaf", "inplace"]) assert.equal(cleanup(word), word)
  assert.deepEqual(cleanup("1.5k"), { keepBytes: 1536 })
  for (const word of ["", "Leaf", "-1g", "0"]) assert.throws(() => cleanup(word), { code: "USAGE" }, word)
})

test("a run is told its bounds, and only those that were given", () => {
  assert.deepEqual(readRunWish(given({})), {})
  assert.deepEqual(readRunWish(given({ out: "results", jobs: "4", cpus: "1.5", memory: "1g", "keep-going": true })), {
    out: resolve("results"),
    limits: { jobs: 4, cpus: 1.5, memoryBytes: 1024 ** 3 },
    keepGoing: true,
  })
})

test("bounds that are none are refused by the flag's name", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["jobs", "0"],
    ["jobs", "1.5"],
    ["jobs", "-1"],
    ["jobs", "1e3"],
    ["cpus", "0.0"],
    ["cpus", "all"],
    ["memory", "lots"],
    ["memory", ""],
  ]
  for (const [flag, text] of cases) {
    assert.throws(() => readRunWish(given({ [flag]: text })), {
      code: "USAGE",
      message: new RegExp(`--${flag} "${text}"`),
    })
  }
})

test("what is done of datums is asked for by two switches", () => {
  assert.deepEqual(decideOptions(given({})), { all: false, retryRecovered: false })
  assert.deepEqual(decideOptions(given({ "retry-recovered": true })), { all: false, retryRecovered: true })
  assert.deepEqual(decideOptions(given({ all: true })), { all: true, retryRecovered: false })
})

test("datums are counted in a line, without what there is none of", () => {
  const none = { total: 0, kept: 0, reused: 0, run: 0, failed: 0, recovered: 0, removed: 0 }
  assert.equal(countsLine(none), "0 datums")
  assert.equal(countsLine({ ...none, total: 1, run: 1 }), "1 datum: 1 run")
  assert.equal(
    countsLine({ ...none, total: 5, kept: 3, failed: 2, removed: 1 }),
    "5 datums: 3 kept, 2 failed, 1 removed",
  )
})

test("a datum's line tells what became of it, and nothing in it moves the terminal", () => {
  const record: DatumRecord = {
    ...{ id: "i", key: "k", state: "complete", how: "run", why: "it is new", since: 1, place: "", outputs: [] },
    parts: [{ input: "scans", path: "sub-\u001b[2J01" }],
  }
  const plain = createPaint(false)
  const line = datumLine(record, plain)
  assert.match(line, /^run {7}scans:\/sub-/)
  assert.ok(!line.includes("\u001b"))
  assert.match(datumLine({ ...record, state: "failed", problem: "exit\ncode 3" }, plain), /^failed .*\n {4}exit/)
  assert.equal(datumLine({ ...record, state: "failed", problem: "a\nb" }, plain).split("\n").length, 2)
  // What was kept was told when it happened.
  assert.ok(!datumLine({ ...record, state: "recovered", how: "kept", problem: "old" }, plain).includes("old"))
  // Colours take no width.
  const shown = stripVTControlCharacters(datumLine({ ...record, state: "failed" }, createPaint(true)))
  assert.equal(shown, datumLine({ ...record, state: "failed" }, plain))
})
