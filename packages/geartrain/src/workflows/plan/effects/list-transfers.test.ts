import assert from "node:assert/strict"
import { test } from "node:test"
import type { OutputFile } from "@geartrain/spec"
import type { PlannedInput, PlannedJob } from "@geartrain/spec/workflow"
import { digest } from "../../../../test/stores/records/sample-records.ts"
import type { Facts } from "../expand/scope.ts"
import { listTransfers } from "./list-transfers.ts"

function transfers(
  jobs: readonly { readonly action: string; readonly parts: readonly object[] }[],
  outputs: Readonly<Record<string, object>> = {},
  made: Readonly<Record<string, readonly OutputFile[] | "skipped">> = {},
) {
  const planned = jobs.map(({ action, parts }) => ({ action, inputs: { in: { parts } } })) as unknown as PlannedJob[]
  const facts: Facts = { outputsOf: (key) => made[key], keysOf: () => undefined }
  return listTransfers(planned, { outputs: outputs as Readonly<Record<string, PlannedInput>>, facts })
}

const file = (number: number, path: string) => ({ name: path, digest: digest(number), sizeBytes: number, path })

test("a file that several jobs read is brought once, from all places that it lies at, and the store last", () => {
  const found = transfers([
    { action: "run", parts: [file(1, "/a")] },
    { action: "await", parts: [file(1, "/b"), file(1, "/a"), file(2, "/c")] },
  ])
  assert.deepEqual(
    found.map(({ kind, sources, to }) => [kind, to, ...sources]),
    [
      ["stage-in", "box", "/a", "/b", `store:${digest(1)}`],
      ["stage-in", "box", "/c", `store:${digest(2)}`],
    ],
  )
})

test("nothing is brought for jobs that will not run, nor what another job makes, nor what is in the store alone", () => {
  const { path: _, ...stored } = file(3, "/x")
  assert.deepEqual(
    transfers([
      { action: "reuse", parts: [file(1, "/a")] },
      { action: "skip", parts: [file(1, "/a")] },
      { action: "run", parts: [stored, { jobs: ["k"] }] },
    ]),
    [],
  )
})

test("what the workflow delivers comes from where it is known to be, or from who will make it", () => {
  const outputs = {
    known: { parts: [file(1, "/a")] },
    open: { parts: [{ step: "scatter", files: "*.csv" }] },
    later: { parts: [{ jobs: ["later"], output: "table" }] },
    done: { parts: [{ jobs: ["done", "gone"], files: "*.csv" }] },
  }
  const made = {
    done: [
      { path: "b.csv", digest: digest(5), sizeBytes: 5 },
      { path: "b.txt", digest: digest(6), sizeBytes: 6 },
    ],
    gone: "skipped" as const,
  }
  assert.deepEqual(
    transfers([], outputs, made).map(({ kind, name, sources, to }) => [kind, to, name, ...sources]),
    [
      ["stage-out", "outputs/known", "/a", "/a"],
      ["stage-out", "outputs/open", "*.csv", "step:scatter"],
      ["stage-out", "outputs/later", "table", "job:later"],
      ["stage-out", "outputs/done", "b.csv", `store:${digest(5)}`],
    ],
  )
})
