import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { readWorkflow } from "../../workflow/read-workflow.ts"
import { parsePegasusText } from "../../yaml/pegasus-document.ts"
import type { JobGraph } from "../graph/job-graph.ts"
import { abstractGraph } from "./abstract-graph.ts"
import type { PlanJob } from "./plan-job.ts"
import { profilesOfProperties } from "./property-profiles.ts"
import { reduceGraph } from "./reduce.ts"

/** `[id, uses]` each; a use is `<a` (reads), `>a` (writes), `>a!` (writes what nobody wants delivered), `=a` (both), `^a` (checkpoint). */
function graphOf(jobs: readonly (readonly [string, string])[], more = "", prefix?: string): JobGraph<PlanJob> {
  const types: Readonly<Record<string, string>> = { "<": "input", ">": "output", "=": "inout", "^": "checkpoint" }
  const useOf = (use: string): string =>
    `{lfn: ${use.slice(1).replace("!", "")}, type: ${types[use.charAt(0)]}, stageOut: ${!use.endsWith("!")}}`
  const entries = jobs.map(
    ([id, uses]) =>
      `- {type: job, name: t, id: ${id}, arguments: [], uses: [${uses.split(" ").filter(Boolean).map(useOf).join(", ")}]}\n`,
  )
  return abstractGraph(
    readWorkflow(parsePegasusText(`pegasus: "5.0"\nname: w\njobs:\n${entries.join("")}${more}`, "w.yml")),
    prefix,
  )
}

const edges = (graph: JobGraph<PlanJob>): readonly string[] =>
  graph
    .edges()
    .map((edge) => edge.join(">"))
    .toSorted()

test("who writes a file comes before who reads it, and what is said comes on top", () => {
  const graph = graphOf(
    [
      ["A", ">x"],
      ["B", "<x >y"],
      ["C", ""],
    ],
    "jobDependencies:\n- {id: B, children: [C]}\n",
  )
  assert.deepEqual(edges(graph), ["t_A>t_B", "t_B>t_C"])
  assert.deepEqual([...graph.node("t_B").content.inputs.keys()], ["x"])
})

test("names begin with the prefix, ids do not", () => {
  const graph = graphOf([["A", ">x"]], "", "pre_")
  assert.equal(graph.node("pre_t_A").content.id, "A")
})

test("a checkpoint is read and written, and orders nobody", () => {
  const graph = graphOf([
    ["A", "^c"],
    ["B", "<c"],
  ])
  assert.deepEqual(edges(graph), [])
  const { inputs, outputs } = graph.node("t_A").content
  assert.deepEqual(
    [inputs.get("c")?.optional, outputs.get("c")?.transfer, outputs.get("c")?.register],
    [true, false, false],
  )
})

test("jobs that wait for each other are told as they come round, and a long round is cut", () => {
  const round = (count: number): (() => unknown) => {
    const jobs = Array.from(
      { length: count },
      (_, index) => [`J${index}`, `<f${index} >f${(index + 1) % count}`] as const,
    )
    return () => graphOf([...jobs, ["Z", "<f0"]])
  }
  assert.throws(round(2), (error: unknown) => {
    assert.ok(isGeartrainError(error, "PEGASUS_WORKFLOW_CYCLE"))
    assert.match(error.message, /"w\.yml": jobs wait for each other: t_J(\d) → t_J\d → t_J\1$/)
    return true
  })
  assert.throws(round(30), (error: unknown) => {
    assert.ok(isGeartrainError(error, "PEGASUS_WORKFLOW_CYCLE"))
    assert.equal(error.message.split(" → ").length, 12)
    return true
  })
})

test("a job is taken out when all that is wanted of it is known", () => {
  const reduced = (known: readonly string[], jobs: readonly (readonly [string, string])[]): readonly string[] => {
    const graph = graphOf(jobs)
    const gone = reduceGraph(graph, (lfn) => known.includes(lfn)).map(({ id }) => id)
    for (const id of gone) assert.equal(graph.has(`t_${id}`), false)
    return gone
  }
  const chain = [
    ["A", "<in >x!"],
    ["B", "<x >y!"],
    ["C", "<y >z"],
  ] as const
  assert.deepEqual(reduced([], chain), [])
  assert.deepEqual(reduced(["z"], chain), ["C", "B", "A"])
  assert.deepEqual(reduced(["y"], chain), ["B", "A"])
  // What comes before one that stays is taken out by its own outputs alone.
  assert.deepEqual(reduced(["x"], chain), ["A"])
  // Wanted, and not known: it has to be made, though its children are gone.
  assert.deepEqual(
    reduced(
      ["z"],
      [
        ["A", "<in >x"],
        ["B", "<x >z"],
      ],
    ),
    ["B"],
  )
  // A job without outputs stays whatever is known.
  assert.deepEqual(reduced(["in"], [["A", "<in"]]), [])
  // Part of the outputs is not all.
  assert.deepEqual(reduced(["p"], [["A", ">p >q"]]), [])
  assert.deepEqual(reduced(["p"], [["A", ">p >q!"]]), ["A"])
})

test("who waited for a job that is gone waits for those before it", () => {
  const graph = graphOf([
    ["A", ">a"],
    ["B", "<a >b"],
    ["C", "<b >c"],
  ])
  assert.deepEqual(
    reduceGraph(graph, (lfn) => lfn === "b").map(({ id }) => id),
    ["B"],
  )
  assert.deepEqual(edges(graph), ["t_A>t_C"])
})

test("properties that are profiles hold for all jobs, and others are none", () => {
  const properties = new Map([
    ["env.PATH", "/bin"],
    ["env.A.B", "dots stay"],
    ["dagman.retry", "2"],
    ["pegasus.clusters.size", "3"],
    ["env", "no key"],
    ["java.home", "no namespace"],
    ["constructor.name", "no namespace either"],
    ["__proto__.x", "nor this"],
  ])
  assert.deepEqual(profilesOfProperties(properties), {
    env: { PATH: "/bin", "A.B": "dots stay" },
    dagman: { retry: "2" },
    pegasus: { "clusters.size": "3" },
  })
})
