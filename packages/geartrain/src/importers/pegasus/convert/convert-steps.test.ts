import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { AbstractJob } from "../workflow/abstract-workflow.ts"
import { convertStep } from "./convert-steps.ts"
import { convertSubWorkflow } from "./convert-sub-workflow.ts"
import type { ReadFile } from "./join-files.ts"
import { missingSubWorkflow, notConvertible } from "./not-convertible.ts"
import type { TakenOver } from "./take-over.ts"

type Use = AbstractJob["uses"][number]

function use(lfn: string, type: Use["type"], more: Partial<Use> = {}): Use {
  const plain = { stageOut: true, register: false, optional: false, bypass: false, metadata: {} }
  return { lfn, type, ...plain, ...more } as Use
}

function jobOf(more: Partial<AbstractJob> = {}): AbstractJob {
  const plain = { type: "job", id: "ID1", name: "tool", arguments: [], uses: [], profiles: {}, hooks: [], metadata: {} }
  return { ...plain, ...more } as unknown as AbstractJob
}

const read = (lfn: string, called = lfn, more: Partial<ReadFile> = {}): ReadFile =>
  ({ lfn, called, isChanged: false, source: { from: `inputs.${called}` }, ...more }) as ReadFile

function converted(job: Partial<AbstractJob>, reads: readonly ReadFile[] = [], after: readonly string[] = []) {
  const rows: TakenOver[] = []
  const step = convertStep(jobOf(job), { gear: "./gears/tool", profiles: {}, reads, after, from: "w.yml", rows })
  return { step, config: step.config ?? {}, rows: rows.map(({ what, taken }) => `${what}: ${taken}`) }
}

test("a job of nothing is a step of its gear alone", () => {
  const { step, rows } = converted({})
  assert.deepEqual([step, rows], [{ gear: "./gears/tool", config: {} }, []])
})

test("a job's label, its standard streams and who it waits for are those of the step", () => {
  const { step } = converted({ label: "Count", stdin: "a", stdout: "b", stderr: "c" }, [], ["other"])
  assert.deepEqual(step, {
    ...{ description: "Count", gear: "./gears/tool", after: ["other"] },
    config: { stdin: "a", stdout: "b", stderr: "c" },
  })
})

test("arguments are lines, and one that is empty is not lost", () => {
  assert.equal(converted({ arguments: ["-i", "a"] }).config["arguments"], "-i\na")
  assert.equal(converted({ arguments: ["-i", '""', "a"] }).config["arguments"], "-i\n\na\n")
})

test("files are given under their own names, each with the name that the job knows it by", () => {
  const { step, config } = converted({}, [read("data/a.txt", "a.txt"), read("b.txt")])
  assert.deepEqual(step.inputs, { files: [{ from: "inputs.a.txt" }, { from: "inputs.b.txt" }] })
  assert.equal(config["files"], "a.txt\tdata/a.txt\nb.txt\tb.txt")
})

test("files that would have one name are numbered, all of them, and one that the job changes is a copy", () => {
  const reads = [read("x/a.txt", "a.txt"), read("y/a.txt", "a.txt", { isChanged: true }), read("b.txt")]
  assert.equal(
    converted({}, reads).config["files"],
    "0000-a.txt\tx/a.txt\n0001-a.txt\ty/a.txt\tcopy\n0002-b.txt\tb.txt",
  )
})

test("of many files those that keep their name need no line", () => {
  const many = Array.from({ length: 4000 }, (_, index) => read(`${"x".repeat(20)}-${index}.txt`))
  const layout = converted({}, [...many, read("deep/other.txt", "other.txt")]).config["files"]
  assert.equal(layout, "other.txt\tdeep/other.txt")
})

test("what has to be there in the end is what a job writes, but what may be missing and checkpoints", () => {
  const uses = [
    use("a", "output"),
    use("b", "inout"),
    use("c", "input"),
    use("d", "output", { optional: true }),
    use("e", "checkpoint"),
  ]
  assert.equal(converted({ uses }).config["outputs"], "a\nb")
})

test("more outputs than a program can be told are told of as a change, and not named", () => {
  const uses = Array.from({ length: 10_000 }, (_, index) => use(`output-number-${index}`, "output"))
  const { config, rows } = converted({ uses })
  assert.equal(config["outputs"], undefined)
  assert.deepEqual(rows, ["outputs of ID1: changed"])
})

test("arguments that no program can be given are refused, with their bytes and not their characters", () => {
  const most = 128 * 1024 - 1024
  assert.equal(String(converted({ arguments: ["x".repeat(most)] }).config["arguments"]).length, most)
  const refuse = (text: string, bytes: number) =>
    assert.throws(
      () => converted({ arguments: [text] }),
      (error) => {
        assert.ok(isGeartrainError(error, "PEGASUS_NOT_CONVERTIBLE"), String(error))
        assert.match(error.message, new RegExp(`^Cannot take over "w.yml": the arguments of ID1 take ${bytes} bytes`))
        return true
      },
    )
  refuse("x".repeat(most + 1), most + 1)
  refuse("é".repeat(most / 2 + 1), most + 2)
})

test("what is taken over otherwise, or not at all, is told once each", () => {
  const uses = [
    use("a", "output", { stageOut: false, register: true }),
    use("b", "output", { stageOut: false }),
    use("c", "checkpoint"),
    use("d", "input", { bypass: true }),
  ]
  const { rows } = converted({ uses, hooks: [{}] as never, metadata: { who: "me" } })
  assert.deepEqual(rows.toSorted(), [
    ...["bypass of staging: changed", "checkpoint file: no", "hooks of a job: no", "metadata of a job: no"],
    ...["registerReplica: changed", "stageOut: false: yes"],
  ])
})

test("a workflow that is a job is a sub-workflow, and what is said of its planning is told", () => {
  const rows: TakenOver[] = []
  const job = jobOf({
    ...{ type: "pegasusWorkflow", name: "inner.yml", label: "Inner", arguments: ["--cluster", "label"] },
    ...{ profiles: { dagman: { retry: "3" }, env: { A: "1" } }, hooks: [{}] as never },
  })
  const step = convertSubWorkflow(job, { file: "inner_ID1", inputs: { a: { from: "inputs.a" } }, after: ["b"], rows })
  assert.deepEqual(step, {
    ...{ description: "Inner", workflow: "inner_ID1.yaml", inputs: { a: { from: "inputs.a" } }, after: ["b"] },
  })
  assert.deepEqual(
    rows.map(({ what, taken }) => `${what}: ${taken}`),
    [
      ...["workflow inner.yml of ID1: yes", "arguments of ID1: changed", "profile dagman.retry of ID1: no"],
      ...["profile env.A of ID1: no", "hooks of ID1: no"],
    ],
  )
  const plain = convertSubWorkflow(jobOf(), { file: "x", inputs: {}, after: [], rows: [] })
  assert.deepEqual(plain, { workflow: "x.yaml" })
})

test("what cannot be taken over, and what is not here, say the file and what to do", () => {
  const cannot = notConvertible("w.yml", "it has a circle")
  assert.deepEqual(
    [cannot.message, cannot.hint],
    ['Cannot take over "w.yml": it has a circle', "Take it over in parts"],
  )
  const missing = missingSubWorkflow("w.yml", { id: "ID7", name: "in ner.yml" })
  assert.ok(isGeartrainError(missing, "PEGASUS_FILE_MISSING"))
  assert.equal(missing.message, 'Cannot take over "w.yml": the workflow of ID7, "in ner.yml", is not on this machine')
  assert.deepEqual(missing.details, { file: "w.yml", job: "ID7", lfn: "in ner.yml" })
})
