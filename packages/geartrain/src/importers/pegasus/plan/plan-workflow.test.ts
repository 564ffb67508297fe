import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { PegasusInputs } from "../catalogs/load-inputs.ts"
import { readReplicaEntries } from "../catalogs/replica-catalog.ts"
import { readSites } from "../catalogs/site-catalog.ts"
import { readTransformations } from "../catalogs/transformation-catalog.ts"
import { asMap } from "../place.ts"
import { readWorkflow } from "../workflow/read-workflow.ts"
import { parsePegasusText } from "../yaml/pegasus-document.ts"
import { readPlanOptions } from "./plan-options.ts"
import { type ExecutablePlan, planPegasusWorkflow } from "./plan-workflow.ts"

/** Three jobs in a row, `count`, `sort` and `plot`, each with a file that the next one reads. */
function chain({
  keep = true,
  known = [],
  more = "",
}: {
  keep?: boolean
  known?: readonly string[]
  more?: string
} = {}): PegasusInputs {
  const use = (lfn: string, type: string): string =>
    `  - {lfn: ${lfn}, type: ${type}, stageOut: ${keep || lfn === "plot.png"}}\n`
  const job = (name: string, id: string, reads: string, writes: string): string =>
    `- type: job\n  name: ${name}\n  id: ${id}\n  arguments: []\n  uses:\n${use(reads, "input")}${use(writes, "output")}`
  return inputsOf(
    `pegasus: "5.0"\nname: chain\njobs:\n${job("count", "A", "text", "count.txt")}${job("sort", "B", "count.txt", "sorted.txt")}${job("plot", "C", "sorted.txt", "plot.png")}${more}`,
    ["text", ...known],
  )
}

function inputsOf(text: string, known: readonly string[]): PegasusInputs {
  const workflow = readWorkflow(parsePegasusText(text, "workflow.yml"))
  const catalogs = parsePegasusText(
    JSON.stringify({
      replicas: known.map((lfn) => ({ lfn, pfns: [{ site: "local", pfn: `/data/${lfn}` }] })),
      transformations: [...new Set(workflow.jobs.map(({ name }) => name))].map((name) => ({
        name,
        sites: [{ name: "condorpool", pfn: `/bin/${name}`, type: "installed" }],
      })),
      sites: [],
    }),
    "catalogs.yml",
  )
  const place = { document: catalogs }
  const map = asMap(catalogs.value, place)
  return {
    workflow,
    properties: new Map(),
    replicas: readReplicaEntries(map, place),
    transformations: readTransformations(map, place),
    sites: readSites(map, place),
    notes: [],
  }
}

function plan(inputs: PegasusInputs, ...options: readonly string[]): ExecutablePlan {
  return planPegasusWorkflow(inputs, readPlanOptions(options))
}

const has = ({ edges }: ExecutablePlan, from: string, to: string): boolean =>
  edges.some(([one, other]) => one === from && other === to)

test("files say who waits for whom, where nothing else does", () => {
  const planned = plan(chain())
  assert.deepEqual(planned.compute, ["count_A", "plot_C", "sort_B"])
  assert.ok(has(planned, "count_A", "sort_B") && has(planned, "sort_B", "plot_C"))
})

test("a job whose files are known is left out, and those that have to be delivered are made all the same", () => {
  assert.deepEqual(plan(chain({ known: ["count.txt"] })).reused, ["count_A"])
  assert.deepEqual(plan(chain({ known: ["sorted.txt"] })).reused, ["sort_B"])
  assert.deepEqual(plan(chain({ known: ["plot.png"] })).reused, ["plot_C"])
})

test("what nobody wants goes with the job that would have read it", () => {
  assert.deepEqual(plan(chain({ keep: false, known: ["plot.png"] })).reused, ["count_A", "plot_C", "sort_B"])
  assert.deepEqual(plan(chain({ keep: false, known: ["plot.png"] }), "--force").reused, [])
})

test("of a workflow that is all there, deliveries and registrations are left", () => {
  const planned = plan(chain({ known: ["count.txt", "sorted.txt", "plot.png"] }))
  const names = planned.jobs.map(({ name }) => name)
  assert.deepEqual(planned.compute, [])
  assert.deepEqual(
    names.map((name) => name.replace(/_\d$/, "")),
    [
      ...Array.from({ length: 3 }, () => "register_local_1000"),
      ...Array.from({ length: 3 }, () => "stage_out_local_local_1000"),
    ],
  )
})

test("a file is removed after its last reader and after its delivery", () => {
  const planned = plan(chain())
  const cleaner = planned.jobs.find(({ kind, inputs }) => kind === "clean-up" && inputs.has("count.txt"))?.name ?? ""
  assert.ok(has(planned, "sort_B", cleaner) && has(planned, "stage_out_local_local_0_0", cleaner))
})

test("the policies of clean-up are none, leaf and in place", () => {
  const kinds = (cleanup: string): readonly string[] => [
    ...new Set(plan(chain(), "--cleanup", cleanup).jobs.map(({ kind }) => kind)),
  ]
  assert.ok(!kinds("none").includes("remove-dir") && !kinds("none").includes("clean-up"))
  assert.ok(kinds("leaf").includes("remove-dir") && !kinds("leaf").includes("clean-up"))
  assert.ok(kinds("inplace").includes("remove-dir") && kinds("inplace").includes("clean-up"))
})

test("clean-up by a constraint on space is planned as in place, and said to be", () => {
  const constraint = plan(chain(), "--cleanup", "constraint")
  assert.match(constraint.notes.join(), /constraint on space is planned as inplace/)
  const inPlace = plan(chain())
  assert.deepEqual([constraint.edges, inPlace.notes], [inPlace.edges, []])
  const asked = { ...chain(), properties: new Map([["pegasus.file.cleanup.strategy", "Constraint"]]) }
  assert.equal(plan(asked).notes.length, 1)
})

test("jobs of one level, program and site become one where a profile says how many", () => {
  const jobs = ["A", "B", "C", "D", "E"].map(
    (id) =>
      `- {type: job, name: work, id: ${id}, arguments: [], uses: [{lfn: in, type: input}, {lfn: out.${id}, type: output}], profiles: {pegasus: {clusters.num: 2}}}`,
  )
  const planned = plan(
    inputsOf(`pegasus: "5.0"\nname: wide\njobs:\n${jobs.join("\n")}\n`, ["in"]),
    "--cluster",
    "horizontal",
  )
  assert.deepEqual(planned.compute, ["merge_work_PID1_ID1", "merge_work_PID1_ID2"])
  const sizes = planned.jobs.flatMap(({ members }) => (members === undefined ? [] : [members.length]))
  assert.deepEqual(sizes.toSorted(), [2, 3])
})

test("a sub-workflow that another job writes is planned after it, where the planner is", () => {
  const text = `pegasus: "5.0"\nname: outer\njobs:\n- {type: job, name: make, id: A, arguments: [], uses: [{lfn: inner.yml, type: output, stageOut: false}]}\n- {type: pegasusWorkflow, file: inner.yml, id: B, arguments: [], uses: [{lfn: inner.yml, type: input, forPlanning: true}]}\n`
  const planned = plan(inputsOf(text, []))
  assert.deepEqual(planned.compute, ["make_A", "pegasus-plan_B"])
  assert.ok(has(planned, "make_A", "pegasus-plan_B") && has(planned, "pegasus-plan_B", "cleanup_outer_0_local"))
})

test("jobs that wait for each other are told in the order in which they do", () => {
  const text = `pegasus: "5.0"\nname: round\njobs:\n- {type: job, name: a, id: A, arguments: [], uses: []}\n- {type: job, name: b, id: B, arguments: [], uses: []}\njobDependencies:\n- {id: A, children: [B]}\n- {id: B, children: [A]}\n`
  assert.throws(
    () => plan(inputsOf(text, [])),
    (error) =>
      isGeartrainError(error, "PEGASUS_WORKFLOW_CYCLE") && /a_A → b_B → a_A|b_B → a_A → b_B/.test(error.message),
  )
})

test("a file that is neither made nor listed is named", () => {
  const inputs = chain()
  assert.throws(
    () => plan({ ...inputs, replicas: { files: new Map(), patterns: [] } }),
    (error) => isGeartrainError(error, "PEGASUS_CATALOG_INCOMPLETE") && /count_A reads "text"/.test(error.message),
  )
})

test("five thousand jobs in fifty levels are planned", () => {
  const jobs = Array.from({ length: 5000 }, (_, index) => {
    const reads = index < 100 ? "in" : `f.${index - 100}`
    return {
      type: "job",
      name: "work",
      id: `ID${index}`,
      arguments: [],
      uses: [
        { lfn: reads, type: "input" },
        { lfn: `f.${index}`, type: "output" },
      ],
    }
  })
  const planned = plan(inputsOf(JSON.stringify({ pegasus: "5.0", name: "deep", jobs }), ["in"]))
  assert.equal(planned.compute.length, 5000)
})
