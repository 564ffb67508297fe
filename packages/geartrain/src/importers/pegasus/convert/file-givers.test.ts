import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { NO_REPLICAS } from "../catalogs/replica-catalog.ts"
import { FileGivers, type Giver } from "./file-givers.ts"
import { collectOutsideFiles } from "./outside-files.ts"
import { splitArguments } from "./split-arguments.ts"
import type { TakenOver } from "./take-over.ts"

const giver = (job: string): Giver => ({ job, source: { from: `steps.${job}` }, isWanted: false })

test("a file is read as the last job before left it", () => {
  const givers = new FileGivers(["make", "read1", "change", "read2"])
  for (const job of ["make", "change"]) givers.add("f", giver(job), "said")
  const before = (job: string) => givers.before(job, "f", "said")?.job
  assert.deepEqual(["make", "read1", "change", "read2"].map(before), [undefined, "make", "make", "change"])
  assert.equal(givers.before("read2", "other", "said"), undefined)
  assert.equal(givers.before("read2", "f", "inner"), undefined)
})

test("of many jobs that write a file the one is found that a search of all would find", () => {
  const order = Array.from({ length: 30 }, (_, index) => `j${index}`)
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 29 })), fc.nat({ max: 29 }), (writers, reader) => {
      const givers = new FileGivers(order)
      for (const at of writers.toSorted((a, b) => a - b)) givers.add("f", giver(`j${at}`), "said")
      const expected = Math.max(-1, ...writers.filter((at) => at < reader))
      assert.equal(givers.before(`j${reader}`, "f", "said")?.job, expected === -1 ? undefined : `j${expected}`)
    }),
  )
})

test("in the end there is of each file what was written last, and of sub-workflows each its own", () => {
  const givers = new FileGivers(["a", "b"])
  for (const job of ["a", "b"]) {
    givers.add("f", giver(job), "said")
    givers.add("g", giver(job), "inner")
  }
  assert.deepEqual(
    [...givers.last()].map(([lfn, { job }]) => `${lfn} ${job}`),
    ["f b", "g a", "g b"],
  )
})

test("arguments are split at blanks outside of quotes, whatever the items were", () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], []],
    [[""], []],
    [
      ["-a b", "c"],
      ["-a", "b", "c"],
    ],
    [
      ["'a  b'", '"c\td"'],
      ["a  b", "c\td"],
    ],
    [["''"], [""]],
    [["a''b\"c\""], ["abc"]],
    [['"it\'s"'], ["it's"]],
    [["'open", "end"], ["open end"]],
    [["\n a\n"], ["a"]],
  ]
  for (const [items, words] of cases) assert.deepEqual(splitArguments(items), words, JSON.stringify(items))
})

test("a file from outside is one input, whoever asks for it, and is told once", () => {
  const rows: TakenOver[] = []
  const files = collectOutsideFiles({
    replicas: NO_REPLICAS,
    fed: new Set(["given"]),
    title: "w",
    rows,
  })
  const first = files.inputFor("data/a.txt")
  assert.equal(files.inputFor("data/a.txt"), first)
  assert.deepEqual([first.path, first.hasDefault], ["data/a.txt", false])
  assert.ok(files.has("data/a.txt") && files.has("given") && !files.has("never"))
  files.inputFor("given")
  assert.deepEqual(
    rows.map(({ what, taken }) => `${what} ${taken}`),
    ["file data/a.txt changed"],
  )
  assert.equal(new Set(["a.b", "a-b", "a_b", "a b"].map((lfn) => files.inputFor(lfn).name)).size, 4)
})
