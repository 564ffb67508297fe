import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import type { ProvenCase } from "../../compose/proof/prove.ts"
import { createPaint } from "../output/paint.ts"
import { matrixData, matrixLines, matrixRows } from "./proof-matrix.ts"

const paint = createPaint(false)

function job(outputs: Readonly<Record<string, string>>): JobRecord {
  const files = Object.entries(outputs).map(([path, digit]) => ({
    path,
    digest: `sha256:${digit.padEnd(64, digit[0])}`,
    ...(digit.endsWith("x") ? { executable: true } : {}),
  }))
  return { outputs: files, provider: { name: "crun" } } as unknown as JobRecord
}

const first = job({ a: "1", b: "2" })

function caseOf(...runs: ProvenCase["runs"]): ProvenCase {
  return { first, problems: [], runs }
}

test("outputs stand beside one another, with those that differ, are missing, or are not known marked", () => {
  const cases = [
    caseOf(
      { provider: "crun", verdict: "first", job: first },
      { provider: "runc", verdict: "different", job: job({ a: "3", c: "4" }) },
      { provider: "bubblewrap", verdict: "undecided", why: "no" },
    ),
  ]
  assert.deepEqual(matrixLines(cases, paint), [
    "OUTPUT  CRUN          RUNC          BUBBLEWRAP",
    "a       111111111111  333333333333  undecided",
    "b       222222222222  missing       undecided",
    "c       missing       444444444444  undecided",
  ])
})

test("a recorded job has a column of its own, and what is undecided makes no row differ", () => {
  const cases = [
    caseOf(
      { provider: "crun", verdict: "identical", job: first },
      { provider: "runc", verdict: "undecided", why: "no" },
    ),
  ]
  assert.match(matrixLines(cases, paint)[0] ?? "", /^OUTPUT {2}THEN, crun +CRUN +RUNC$/)
  assert.deepEqual(
    matrixRows(cases).map(({ differs }) => differs),
    [false, false],
  )
})

test("the same bytes that have become a program differ", () => {
  const changed = job({ a: "1", b: "2" })
  const program = { ...changed, outputs: changed.outputs.map((file) => ({ ...file, executable: true as const })) }
  const cases = [
    caseOf(
      { provider: "crun", verdict: "first", job: first },
      { provider: "runc", verdict: "different", job: program as JobRecord },
    ),
  ]
  assert.match(matrixLines(cases, paint)[1] ?? "", /^a +1{12} +1{12} \+x$/)
})

test("of very many outputs those that differ are told, and how many are left out", () => {
  const names = Array.from({ length: 200 }, (_, index) => `f${String(index).padStart(3, "0")}`)
  const one = job(Object.fromEntries(names.map((name) => [name, "1"])))
  const other = job(Object.fromEntries(names.map((name, index) => [name, index < 100 ? "1" : "2"])))
  const runs = [
    { provider: "crun", verdict: "first", job: one },
    { provider: "runc", verdict: "different", job: other },
  ] as const
  const lines = matrixLines([{ first: one, problems: [], runs }], paint)
  assert.equal(lines.length, 62)
  assert.equal(lines.at(-1), "and 140 more rows, 40 of which differ: --json has them")
  const data = matrixData([{ first: one, problems: [], runs }]) as unknown as { readonly outputs: readonly object[] }
  assert.equal(data.outputs.length, 200)
})
