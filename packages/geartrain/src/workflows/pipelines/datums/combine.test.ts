import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { PipelineInput } from "@geartrain/spec/workflow"
import type { TreeFile } from "../folders/commit.ts"
import { listDatums } from "./combine.ts"
import { matchFolder } from "./match-folder.ts"

function file(path: string): TreeFile {
  return { path, digest: `sha256:${"0".repeat(64)}`, sizeBytes: 1 }
}

const FIFTY = Array.from({ length: 50 }, (_, index) => file(`foo${index}`)).sort((a, b) => (a.path < b.path ? -1 : 1))

function list(input: PipelineInput, files: readonly TreeFile[] = FIFTY): readonly string[] {
  const datums = listDatums(input, (folder) => matchFolder(folder, { files }))
  return [...datums].map((datum) => datum.map(({ path }) => `/${path}`).join(""))
}

/** As Pachyderm's own test compares: the datums in any order, and the paths of each in any order. */
function alike(datums: readonly string[]): readonly string[] {
  return datums.map((datum) => datum.split("/").sort().join("/")).sort()
}

function foo(glob: string, more: Partial<PipelineInput> = {}): PipelineInput {
  return { folder: "./data", glob, ...more }
}

const ONES = foo("/foo?1")
const TWOS = foo("/foo*2")
const NONE = foo("!(**)")
const TENS = (tail: (ten: number) => string) => [1, 2, 3, 4].map(tail)

test("a folder is cut into what its glob fits", () => {
  assert.deepEqual(list(ONES), ["/foo11", "/foo21", "/foo31", "/foo41"])
  assert.deepEqual(list(TWOS), ["/foo12", "/foo2", "/foo22", "/foo32", "/foo42"])
  assert.deepEqual(list(NONE), [])
  assert.deepEqual(list(foo("/")), ["/"])
})

test("a union has one after the other, and a cross each with each", () => {
  assert.deepEqual(list({ union: [ONES, TWOS] }), [...list(ONES), ...list(TWOS)])
  assert.deepEqual(
    list({ cross: [ONES, TWOS] }),
    list(ONES).flatMap((one) => list(TWOS).map((two) => `${one}${two}`)),
  )
})

test("a cross with nothing is nothing, however deep", () => {
  const empty: PipelineInput = { cross: [{ union: [ONES, TWOS] }, NONE, TWOS, { cross: [ONES, TWOS] }] }
  assert.deepEqual(list(empty), [])
  assert.deepEqual(list({ cross: [empty, ONES] }), [])
})

const BY_DIGITS = foo("/foo(?)(?)", { joinOn: "$1$2" })
const BY_DIGITS_TURNED = foo("/foo(?)(?)", { joinOn: "$2$1" })

test("a join has those whose key is the same", () => {
  const wanted = TENS((one) => one.toString()).flatMap((one) => TENS((two) => `/foo${one}${two}/foo${two}${one}`))
  assert.deepEqual(alike(list({ join: [BY_DIGITS, BY_DIGITS_TURNED] })), alike(wanted))
})

test("an outer join has also what the other has nothing for", () => {
  const outer = { joinOn: "$1", outerJoin: true }
  const wanted = ["/foo11/foo11", "/foo12/foo21", "/foo13/foo31", "/foo14/foo41"]
  const alone = [0, 5, 6, 7, 8, 9].map((digit) => `/foo1${digit}`)
  const both = list({ join: [foo("/foo1(?)", outer), foo("/foo(?)1", outer)] })
  assert.deepEqual(alike(both), alike([...wanted, ...alone]))
  const left = list({ join: [foo("/foo1(?)", outer), foo("/foo(?)1", { joinOn: "$1" })] })
  assert.deepEqual(alike(left), alike([...wanted, ...alone]))
  assert.deepEqual(
    alike(list({ join: [foo("/foo1(?)", { joinOn: "$1" }), foo("/foo(?)1", { joinOn: "$1" })] })),
    wanted,
  )
})

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const ROW = (ten: number) => DIGITS.map((digit) => `/foo${ten}${digit}`).join("")
const COLUMN = (digit: number) => TENS((ten) => `/foo${ten}${digit}`).join("")

test("a group has all of one key in one datum", () => {
  assert.deepEqual(list({ group: [foo("/foo(?)(?)", { groupBy: "$1" })] }), TENS(ROW))
  const doubles = list({ group: [foo("/foo(?)(?)", { groupBy: "$1" }), foo("/foo(?)(?)", { groupBy: "$2" })] })
  const wanted = DIGITS.map((digit) => (digit >= 1 && digit <= 4 ? ROW(digit) : "") + COLUMN(digit))
  assert.deepEqual(alike(doubles), alike(wanted))
})

test("a group of a join, and a union with a group", () => {
  const joined: PipelineInput = {
    join: [
      { ...BY_DIGITS, groupBy: "$1" },
      { ...BY_DIGITS_TURNED, groupBy: "$2" },
    ],
  }
  const wanted = TENS((one) => TENS((two) => `/foo${one}${two}/foo${two}${one}`).join(""))
  assert.deepEqual(alike(list({ group: [joined] })), alike(wanted))
  const mixed = list({ union: [foo("/foo(?)(?)"), { group: [foo("/foo(?)(?)", { groupBy: "$2" })] }] })
  const alone = TENS((ten) => ten.toString()).flatMap((ten) => DIGITS.map((digit) => `/foo${ten}${digit}`))
  assert.deepEqual(alike(mixed), alike([...alone, ...DIGITS.map(COLUMN)]))
})

const TREE = ["a-b/x", "a/x", "a/y/z", "b.txt", "ä ö/漢 字.txt"].map(file)

test("folders are matched as well, each once, with all that is in them", () => {
  assert.deepEqual(list(foo("/*"), TREE), ["/a-b", "/a", "/b.txt", "/ä ö"])
  assert.deepEqual(list(foo("/a/*"), TREE), ["/a/x", "/a/y"])
  assert.deepEqual(list(foo("/*/*"), TREE), ["/a-b/x", "/a/x", "/a/y", "/ä ö/漢 字.txt"])
  const [whole] = listDatums(foo("/a"), (folder) => matchFolder(folder, { files: TREE }))
  assert.deepEqual(
    whole?.flatMap(({ files }) => files.map(({ path }) => path)),
    ["a/x", "a/y/z"],
  )
})

test("a million and one datums are refused, without making them all at once", () => {
  const many = Array.from({ length: 101 }, (_, index) => file(`f${index}`))
  const all = foo("/*")
  assert.throws(
    () => {
      for (const _ of listDatums({ cross: [all, all, all] }, (folder) => matchFolder(folder, { files: many })));
    },
    (error) => isGeartrainError(error, "PIPELINE_TOO_LARGE"),
  )
})

/** Small numbers that look like chance and are the same each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state >>> 8
  }
}

test("whatever the folders hold, combinators keep their laws", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = numbers(seed)
    const files = [...new Set(Array.from({ length: next() % 30 }, () => `${next() % 5}-${next() % 5}`))]
      .sort()
      .map(file)
    const left = foo("(*)-(*)", { joinOn: "$1", groupBy: "$1" })
    const right = foo("(*)-(*)", { joinOn: "$2", groupBy: "$1" })
    const count = (input: PipelineInput) => list(input, files).length
    assert.equal(count({ cross: [left, right] }), count(left) * count(right))
    assert.equal(count({ union: [left, right, left] }), 2 * count(left) + count(right))
    const pairs = files.flatMap((one) =>
      files.filter((two) => one.path.split("-")[0] === two.path.split("-")[1]).map((two) => `/${one.path}/${two.path}`),
    )
    assert.deepEqual(alike(list({ join: [left, right] }, files)), alike(pairs))
    const grouped = list({ group: [left] }, files)
    assert.equal(grouped.length, new Set(files.map(({ path }) => path.split("-")[0])).size)
    assert.deepEqual(
      grouped
        .flatMap((datum) => datum.slice(1).split("/"))
        .filter((path) => path !== "")
        .sort(),
      files.map(({ path }) => path),
    )
    assert.deepEqual(
      alike(list({ cross: [{ cross: [left, right] }, left] }, files)),
      alike(list({ cross: [left, { cross: [right, left] }] }, files)),
    )
  }
})
