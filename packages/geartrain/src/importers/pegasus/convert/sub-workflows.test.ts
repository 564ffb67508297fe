import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { after, before, test } from "node:test"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import type { SubWorkflowStep } from "@geartrain/spec/workflow"
import { readWorkflowValue } from "@geartrain/spec/workflow-reading"
import { type Converted, convertWorkflow } from "./convert-workflow.ts"
import { loadPegasusFamily } from "./sub-workflows.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-family-"))
})
after(() => rm(folder, { recursive: true }))

async function converted(
  files: Readonly<Record<string, string>>,
  catalogs: readonly string[] = [],
): Promise<Converted> {
  const here = await mkdtemp(join(folder, "case-"))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(here, name)), { recursive: true })
    await writeFile(join(here, name), text)
  }
  const family = await loadPegasusFamily(join(here, "outer.yml"), {
    catalogs: catalogs.map((name) => join(here, name)),
  })
  const result = convertWorkflow(family, ({ name }) => `./gears/${name}`)
  for (const { workflow, file } of result.documents)
    assert.deepEqual(readWorkflowValue(workflow as never).faults, [], file)
  return result
}

const INNER = `name: inner
jobs:
- {id: A, name: cat, stdout: middle, uses: [{lfn: given, type: input}, {lfn: middle, type: output, stageOut: false}]}
- {id: B, name: cat, stdout: 2.txt, uses: [{lfn: middle, type: input}, {lfn: own.csv, type: input}]}
`

const outer = (uses: string, more = ""): string => `name: outer
jobs:
- {id: M, name: make, stdout: given}
- {id: S, type: pegasusWorkflow, file: inner.yml, arguments: [--input-dir, in, -vvv], uses: [{lfn: inner.yml, type: input, forPlanning: true}, ${uses}]}
- {id: R, name: cat, stdout: last, uses: [{lfn: 2.txt, type: input}]}
${more}`

const DEPENDENCIES = "jobDependencies: [{id: M, children: [S]}, {id: S, children: [R]}]\n"

test("a workflow that is a job is a file of its own, joined by its files", async () => {
  const uses = "{lfn: given, type: input}, {lfn: 2.txt, type: output, stageOut: false}"
  const { documents, gears } = await converted({ "outer.yml": outer(uses), "in/inner.yml": INNER, "in/own.csv": "" })
  assert.deepEqual(
    documents.map(({ file }) => file),
    ["inner", "workflow"],
  )
  const [inner, whole] = documents
  assert.deepEqual(whole?.workflow.steps["inner_S"], {
    workflow: "inner.yaml",
    inputs: { given: { from: "steps.make_M", files: "given" } },
  })
  assert.deepEqual(whole?.workflow.steps["cat_R"]?.inputs, { files: [{ from: "steps.inner_S.x2-txt" }] })
  // What is said to be on the way only is no output of the whole.
  assert.deepEqual(Object.keys(whole?.workflow.outputs ?? {}), ["given", "last"])
  assert.deepEqual(inner?.workflow.inputs?.["given"], { description: "given" })
  assert.match(String(inner?.workflow.inputs?.["own-csv"]?.default), /\/in\/own\.csv$/)
  assert.deepEqual(inner?.workflow.outputs, { "x2-txt": { from: "steps.cat_B", files: "2.txt" } })
  assert.deepEqual(gears.map(({ name }) => name).toSorted(), ["cat", "make"])
})

test("files that the job does not list are joined where it says who waits for whom", async () => {
  const files = { "outer.yml": outer("", DEPENDENCIES), "in/inner.yml": INNER, "in/own.csv": "" }
  const { whole } = await converted(files)
  assert.deepEqual((whole.workflow.steps["inner_S"] as SubWorkflowStep).inputs, {
    given: { from: "steps.make_M", files: "given" },
  })
  assert.deepEqual(whole.workflow.steps["cat_R"]?.inputs, { files: [{ from: "steps.inner_S.x2-txt" }] })
  assert.deepEqual(Object.keys(whole.workflow.outputs ?? {}).toSorted(), ["given", "last", "x2-txt"])
})

test("who waits for a workflow without a file of it waits all the same", async () => {
  const text = `name: outer
jobs:
- {id: S, type: pegasusWorkflow, file: in.yml}
- {id: T, type: pegasusWorkflow, file: in.yml}
- {id: E, name: echo}
jobDependencies: [{id: S, children: [T]}, {id: T, children: [E]}]
`
  const { whole, documents } = await converted({
    "outer.yml": text,
    "in.yml": "name: in\njobs: [{id: A, name: a, stdout: f}]\n",
  })
  assert.equal(documents.length, 2)
  assert.deepEqual(whole.workflow.steps["in_T"]?.after, ["in_S"])
  assert.deepEqual(whole.workflow.steps["echo_E"]?.after, ["in_T"])
  // Both deliver a file of one name.
  assert.equal(Object.keys(whole.workflow.outputs ?? {}).length, 2)
})

test("catalogs of the workflow around stand behind those of the one within, and differing programs are two gears", async () => {
  const catalog = (path: string): string =>
    `transformationCatalog: {transformations: [{name: tool, sites: [{name: local, pfn: ${path}}]}]}\n`
  const within = (name: string, more: string): string => `name: ${name}\n${more}jobs: [{id: A, name: tool}]\n`
  const { gears, documents } = await converted({
    "outer.yml": `name: outer\n${catalog("/bin/one")}jobs:\n${["a", "b"].map((name) => `- {id: ${name}, type: pegasusWorkflow, file: ${name}.yml}\n`).join("")}- {id: T, name: tool}\n`,
    "a.yml": within("a", ""),
    "b.yml": within("b", catalog("/bin/two")),
  })
  assert.deepEqual(
    gears.map(({ name, run }) => [name, /exec (\S+)/.exec(run.slice(run.lastIndexOf("exec ")))?.[1]]),
    [
      ["tool", "/bin/one"],
      ["tool-2", "/bin/two"],
    ],
  )
  assert.deepEqual(
    documents.map(({ file, workflow }) => [
      file,
      Object.values(workflow.steps).flatMap((step) => ("gear" in step ? step.gear : [])),
    ]),
    [
      ["a", ["./gears/tool"]],
      ["b", ["./gears/tool-2"]],
      ["workflow", ["./gears/tool"]],
    ],
  )
})

const REFUSED: readonly (readonly [string, ErrorCode, RegExp, Readonly<Record<string, string>>])[] = [
  [
    "a workflow of HTCondor",
    "PEGASUS_NOT_CONVERTIBLE",
    /S is a workflow of HTCondor, "x\.dag"/,
    { "outer.yml": "name: o\njobs: [{id: S, type: condorWorkflow, file: x.dag}]\n", "x.dag": "" },
  ],
  [
    "a workflow that a job writes",
    "PEGASUS_NOT_CONVERTIBLE",
    /is written by the job P/,
    {
      "outer.yml": "name: o\njobs: [{id: P, name: plan, stdout: x.yml}, {id: S, type: pegasusWorkflow, file: x.yml}]\n",
    },
  ],
  [
    "a workflow that has itself",
    "PEGASUS_NOT_CONVERTIBLE",
    /have each other as jobs: .*outer\.yml → .*a\.yml → .*outer\.yml/,
    {
      "outer.yml": "name: o\njobs: [{id: S, type: pegasusWorkflow, file: a.yml}]\n",
      "a.yml": "name: a\njobs: [{id: S, type: pegasusWorkflow, file: outer.yml}]\n",
    },
  ],
  [
    "a workflow that is nowhere",
    "PEGASUS_FILE_MISSING",
    /the workflow of S, "a\.yml", is not on this machine/,
    { "outer.yml": "name: o\njobs: [{id: S, type: pegasusWorkflow, file: a.yml}]\n" },
  ],
  [
    "a file that nobody within writes",
    "PEGASUS_NOT_CONVERTIBLE",
    /S is said to write "b", and no job of its workflow "a\.yml" does/,
    {
      "outer.yml": "name: o\njobs: [{id: S, type: pegasusWorkflow, file: a.yml, uses: [{lfn: b, type: output}]}]\n",
      "a.yml": "name: a\njobs: [{id: A, name: a}]\n",
    },
  ],
  [
    "a file with a line break in its name",
    "PEGASUS_NOT_CONVERTIBLE",
    /A has a file "a\\nb"/,
    { "outer.yml": 'name: o\njobs: [{id: A, name: a, stdout: "a\\nb"}]\n' },
  ],
]

for (const [what, code, says, files] of REFUSED) {
  test(`${what}: refused with what to do`, async () => {
    await assert.rejects(converted(files), (error) => {
      assert.ok(isGeartrainError(error, code), String(error))
      assert.match(error.message, says)
      assert.ok(error.hint)
      return true
    })
  })
}

test("a file that is changed is read as the one before left it, and goes on as it was left", async () => {
  const { whole } = await converted({
    "outer.yml": `name: o
jobs:
- {id: A, name: a, uses: [{lfn: f, type: output, stageOut: false}]}
- {id: B, name: b, uses: [{lfn: f, type: input}, {lfn: f, type: inout}]}
- {id: C, name: c, stdout: end, uses: [{lfn: f, type: input}]}
- {id: D, name: d, uses: [{lfn: from-outside, type: inout}]}
jobDependencies: [{id: A, children: [B]}, {id: B, children: [C]}]
`,
  })
  const { steps, outputs, inputs } = whole.workflow
  assert.deepEqual(steps["b_B"]?.inputs, { files: [{ from: "steps.a_A", files: "f" }] })
  assert.deepEqual(steps["c_C"]?.inputs, { files: [{ from: "steps.b_B", files: "f" }] })
  assert.deepEqual(steps["d_D"]?.inputs, { files: [{ from: "inputs.from-outside" }] })
  assert.deepEqual(Object.keys(inputs ?? {}), ["from-outside"])
  assert.deepEqual(outputs?.["f"], { from: "steps.b_B", files: "f" })
})

test("profiles are followed where they are numbers and names, the strongest first, and properties where nothing else says it", async () => {
  const { whole, rows } = await converted({
    "pegasus.properties": "dagman.retry = 3\npegasus.cores = 8\nenv.FROM = properties\npegasus.dir.storage = /x\n",
    "outer.yml": `name: o
transformationCatalog: {transformations: [{name: a, sites: [{name: local, pfn: /a, profiles: {pegasus: {memory: 7}}}]}]}
jobs:
- {id: A, name: a, profiles: {pegasus: {memory: 9, cores: 2, runtime: 4 h, exitcode.successmsg: ok}, env: {A.B: x, C: "y"}, dagman: {CATEGORY: big}}}
`,
  })
  const step = whole.workflow.steps["a_A"]
  assert.deepEqual(step?.resources, { cpus: 2, memory: "7m" })
  assert.equal(step?.retry?.attempts, 4)
  assert.equal(step?.category, "big")
  assert.ok(step !== undefined && "gear" in step)
  assert.equal(step.config?.["environment"], "FROM=properties\nC=y")
  const taken = new Map(rows.map((row) => [row.what, row.taken]))
  assert.deepEqual(
    [
      "profile env.A.B",
      "profile pegasus.runtime",
      "profile pegasus.exitcode.successmsg",
      "property pegasus.dir.storage",
    ].map((what) => taken.get(what)),
    ["no", "no", "no", "no"],
  )
  assert.deepEqual(
    ["profile env.C", "property dagman.retry"].map((what) => taken.get(what)),
    ["yes", "yes"],
  )
})

test("properties that say something of all jobs go for those of workflows within", async () => {
  const { documents } = await converted({
    "pegasus.properties": "dagman.retry = 1\npegasus.cores = 3\n",
    "outer.yml": "name: o\njobs: [{id: S, type: pegasusWorkflow, file: a.yml, arguments: [-Dpegasus.cores=5]}]\n",
    "a.yml": "name: a\njobs: [{id: A, name: a}]\n",
  })
  const step = documents[0]?.workflow.steps["a_A"]
  assert.deepEqual([step?.resources, step?.retry?.attempts], [{ cpus: 5 }, 2])
})

test("an argument that is empty is one all the same", async () => {
  const { whole } = await converted({
    "outer.yml": `name: o\njobs: [{id: A, name: a, arguments: [-x, "''", y]}, {id: B, name: b, arguments: ['""']}, {id: C, name: c, arguments: [-x]}]\n`,
  })
  const given = Object.values(whole.workflow.steps).map((step) => "gear" in step && step.config?.["arguments"])
  assert.deepEqual(given, ["-x\n\ny\n", "\n", "-x"])
})

test("a job with more names than a program can be told is refused, and its outputs need not be", async () => {
  const long = (index: number): string => `${"n".repeat(100)}${index}`
  const names = Array.from({ length: 1500 }, (_, index) => long(index))
  const uses = (type: string): string => names.map((lfn) => `{lfn: ${lfn}, type: ${type}}`).join(", ")
  const { whole, rows } = await converted({
    "outer.yml": `name: o\njobs:\n- {id: A, name: a, uses: [${uses("output")}]}\n- {id: B, name: b, uses: [${uses("input")}, {lfn: in, type: inout}]}\n`,
  })
  const [a, b] = Object.values(whole.workflow.steps)
  assert.ok(a !== undefined && "gear" in a && b !== undefined && "gear" in b)
  assert.equal(a.config?.["outputs"], undefined)
  assert.ok(rows.some(({ what, taken }) => what === "outputs of A" && taken === "changed"))
  assert.equal(b.config?.["files"], "in\tin\tcopy")
  await assert.rejects(
    converted({ "outer.yml": `name: o\njobs: [{id: A, name: a, arguments: [${names.join(", ")}]}]\n` }),
    (error) =>
      isGeartrainError(error, "PEGASUS_NOT_CONVERTIBLE") && /the arguments of A take \d+ bytes/.test(error.message),
  )
})

test("how files are cleaned up is told as what to type", async () => {
  const rows = async (properties: string): Promise<readonly string[]> =>
    (
      await converted({ "outer.yml": "name: o\njobs: [{id: A, name: a}]\n", "pegasus.properties": properties })
    ).rows.flatMap(({ how }) => /--cleanup .*/.exec(how) ?? [])
  assert.deepEqual(await rows(""), ["--cleanup inplace"])
  assert.deepEqual(await rows("pegasus.file.cleanup.strategy = Leaf\n"), ["--cleanup leaf"])
  const constraint = "pegasus.file.cleanup.strategy = constraint\n"
  assert.deepEqual(await rows(constraint), ["--cleanup SIZE"])
  assert.deepEqual(await rows(`${constraint}pegasus.file.cleanup.constraint.maxspace = 1000000\n`), [
    "--cleanup 1000000",
  ])
})

test("names that ours cannot have become some that they can", async () => {
  const { whole } = await converted({
    "outer.yml":
      "name: ' ü'\njobs: [{id: A, name: 2.sort.sh, stdout: 1.out, uses: [{lfn: 3.in, type: input}, {lfn: ü, type: input}]}]\n",
  })
  assert.deepEqual(Object.keys(whole.workflow.steps), ["2-sort-sh_A"])
  assert.deepEqual(Object.keys(whole.workflow.inputs ?? {}), ["x3-in", "x"])
})
