import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"
import type { Workflow } from "@geartrain/spec/workflow"
import { planned, samplePlan, sampleWorkflow } from "../../../test/workflows/sample-runs.ts"
import { dotOf } from "./dot.ts"
import { mermaidOf } from "./mermaid.ts"
import type { Picture } from "./picture.ts"
import { jobsPicture, plannedJobs, stepsPicture } from "./plan-picture.ts"
import { svgOf } from "./svg.ts"
import { workflowPicture } from "./workflow-picture.ts"

const HOSTILE = `"]; </text><script>alert(1)</script> & #quot; \\N \\" \`x\` %% ]] end \u202egpj.exe \u0000 面试`

function labelsOf({ nodes }: Picture): readonly string[] {
  return nodes.map(({ label }) => label)
}

function edgesOf({ nodes, edges }: Picture): readonly string[] {
  const label = new Map(nodes.map((node) => [node.id, node.label]))
  return edges.map(({ from, to }) => `${label.get(from)} → ${label.get(to)}`)
}

function hostilePicture(): Picture {
  return workflowPicture({
    "": sampleWorkflow({
      name: HOSTILE,
      inputs: { [HOSTILE]: {} },
      steps: { [HOSTILE]: { gear: HOSTILE, inputs: {} }, end: { gear: "graph", after: [] } },
      outputs: { [HOSTILE]: { from: "steps.end" } },
    }),
  })
}

test("a workflow is drawn with its inputs, steps and outputs, and who reads of whom", () => {
  const picture = workflowPicture({ "": sampleWorkflow() })
  assert.deepEqual(labelsOf(picture), ["reads", "split", "align", "merge", "variants"])
  assert.deepEqual(edgesOf(picture), ["reads → split", "split → align", "align → merge", "merge → variants"])
  assert.deepEqual(picture.nodes[2]?.details, ["align@1.0.0", "for each part"])
})

test("steps of a workflow in a workflow are drawn in its place, and what is between them is followed", () => {
  const inner: Workflow = {
    workflow: 1,
    name: "qc",
    inputs: { data: {} },
    steps: {
      trim: { gear: "trim", inputs: { file: { from: "inputs.data" } } },
      count: { gear: "count", inputs: { file: { from: "steps.trim.out" } } },
    },
    outputs: { clean: { from: "steps.trim.out" } },
  }
  const outer: Workflow = {
    workflow: 1,
    name: "all",
    inputs: { reads: {} },
    steps: {
      first: { gear: "first" },
      qc: { workflow: "./qc.yaml", inputs: { data: { from: "inputs.reads" } }, after: ["first"] },
      last: { gear: "last", inputs: { file: { from: "steps.qc.clean" } } },
    },
  }
  assert.deepEqual(edgesOf(workflowPicture({ "": outer, qc: inner })), [
    "reads → qc/trim",
    "first → qc/trim",
    "qc/trim → qc/count",
    "first → qc/count",
    "qc/trim → last",
  ])
  assert.deepEqual(labelsOf(workflowPicture({ "": outer })), ["reads", "first", "qc", "last"])
})

test("a reference that leads to itself ends", () => {
  const inner: Workflow = {
    workflow: 1,
    name: "round",
    inputs: { a: {} },
    steps: { one: { gear: "one", inputs: { a: { from: "inputs.a" } } } },
    outputs: { out: { from: "inputs.a" } },
  }
  const outer: Workflow = {
    workflow: 1,
    name: "all",
    steps: { sub: { workflow: "x.yaml", inputs: { a: { from: "steps.sub.out" } } } },
  }
  assert.deepEqual(labelsOf(workflowPicture({ "": outer, sub: inner })), ["sub/one"])
})

test("the steps of a plan tell how many jobs are run and how many are reused", () => {
  const plan = samplePlan(3)
  const picture = stepsPicture(plan, plannedJobs(plan))
  assert.deepEqual(
    picture.nodes.map(({ label, details, state }) => [label, details.join(), state]),
    [
      ["reads", "", undefined],
      ["split", "to reuse", "reuse"],
      ["align", "3 to run", "run"],
      ["merge", "to decide", "await"],
      ["variants", "", undefined],
    ],
  )
})

test("jobs are drawn one by one, but for those of a step that has too many", () => {
  const plan = samplePlan(3)
  const each = jobsPicture(plan, plannedJobs(plan), { most: 3 })
  assert.deepEqual(labelsOf(each), ["split", "align[0]", "align[1]", "align[2]", "merge"])
  assert.equal(each.edges.length, 6)
  const folded = jobsPicture(plan, plannedJobs(plan), { most: 2 })
  assert.deepEqual(edgesOf(folded), ["split → align", "align → merge"])
})

test("of a step with several outcomes the worst is the color, and all are counted", () => {
  const plan = samplePlan(3)
  const states = ["complete", "failed", "running"] as const
  const jobs = plannedJobs(plan).map((job) => ({
    ...job,
    state: states[Number(job.key.at(-2))] ?? ("waiting" as const),
  }))
  const align = stepsPicture(plan, jobs).nodes.find(({ label }) => label === "align")
  assert.deepEqual([align?.details, align?.state], [["1 failed", "1 running", "1 complete"], "failed"])
})

test("a step that is still open stands where its jobs will", () => {
  const open = { step: "late", gear: planned("x").gear, awaits: ["first"] }
  const plan = { ...samplePlan(), jobs: [planned("first"), planned("end", { afterOpen: ["late"] })], open: [open] }
  assert.deepEqual(edgesOf(jobsPicture(plan, plannedJobs(plan), { most: 5 })), ["late → end", "first → late"])
})

test("mermaid, dot and SVG of a small plan are as they were looked at", () => {
  const plan = samplePlan(2)
  const picture = jobsPicture(plan, plannedJobs(plan), { most: 8 })
  assert.equal(
    mermaidOf(picture),
    `flowchart TB
  n0["split<br>to reuse"]:::reuse
  n1["align#91;0#93;<br>to run"]:::run
  n2["align#91;1#93;<br>to run"]:::run
  n3["merge<br>to decide"]:::await
  n0 --> n1
  n0 --> n2
  n1 --> n3
  n2 --> n3
  classDef await fill:#fbf0da,stroke:#a8740f,color:#7a4b00
  classDef reuse fill:#e3f4ea,stroke:#2f7d4f,color:#16653a
  classDef run fill:#e4effa,stroke:#3572ad,color:#0b4a8a
`,
  )
  assert.match(dotOf(picture), /^digraph "lambda" \{\n/)
  assert.match(dotOf(picture), /\n {2}n1 \[label="align\[0\]\\nto run", fillcolor="#e4effa", .*\]\n/)
  const svg = svgOf(picture)
  assert.equal(svg.match(/<rect /g)?.length, 4)
  assert.equal(svg.match(/<path /g)?.length, 4)
})

test("whatever names are made of, nothing of them is obeyed", () => {
  const picture = hostilePicture()
  const svg = svgOf(picture)
  assert.ok(!svg.includes("<script>"))
  for (const hidden of ["\u0000", "\u202e"]) assert.ok(!svg.includes(hidden))
  const mermaid = mermaidOf(picture)
  assert.ok(!/<script|\]; |%%|`|#quot;/.test(mermaid))
  // Each node is one line with one pair of quotation marks.
  for (const line of mermaid.split("\n").filter((each) => each.includes('"')))
    assert.equal(line.split('"').length, 3, line)
  for (const line of dotOf(picture)
    .split("\n")
    .filter((each) => /^ {2}n\d/.test(each)))
    assert.match(line, /^ {2}n\d+ (-> n\d+|\[label="([^"\\]|\\.)*"[^"]*(, \w+="[^"]*")*\])$/)
})

const DOT = spawnSync("dot", ["-V"]).status === 0

test("Graphviz reads what is written for it, and has the same nodes and edges", {
  skip: DOT ? false : "needs dot of graphviz",
}, () => {
  const plan = samplePlan(4)
  for (const picture of [hostilePicture(), jobsPicture(plan, plannedJobs(plan), { most: 8 })]) {
    const { status, stdout, stderr } = spawnSync("dot", ["-Tjson"], { input: dotOf(picture), encoding: "utf8" })
    assert.equal(status, 0, stderr)
    assert.equal(stderr, "")
    const graph = JSON.parse(stdout) as { objects: { name: string; label: string }[]; edges?: object[] }
    assert.deepEqual(
      graph.objects.map(({ name }) => name),
      picture.nodes.map(({ id }) => id),
    )
    assert.equal(graph.edges?.length ?? 0, picture.edges.length)
  }
})
