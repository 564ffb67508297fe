import assert from "node:assert/strict"
import { test } from "node:test"
import { JobGraph } from "../graph/job-graph.ts"
import { isOwnJob, type PlanFile, type PlanJob, stagedName } from "../jobs/plan-job.ts"
import { clusterJobs } from "./cluster-jobs.ts"
import { horizontalClusters } from "./horizontal.ts"
import { labelClusters } from "./label.ts"

const NONE: ReadonlyMap<string, string> = new Map()

function file(lfn: string): readonly [string, PlanFile] {
  return [lfn, { lfn, transfer: true, register: true, optional: false, executable: false, bypass: false }]
}

function job(
  name: string,
  {
    pegasus = {},
    reads = [],
    writes = [],
    ...more
  }: Partial<PlanJob> & {
    pegasus?: Readonly<Record<string, string>>
    reads?: readonly string[]
    writes?: readonly string[]
  } = {},
): PlanJob {
  return {
    kind: "compute",
    name,
    id: name.toUpperCase(),
    transformation: "sort",
    profiles: { pegasus },
    inputs: new Map(reads.map(file)),
    outputs: new Map(writes.map(file)),
    site: "pool",
    ...more,
  }
}

function graphOf(jobs: readonly PlanJob[], edges: readonly (readonly [string, string])[] = []): JobGraph<PlanJob> {
  const graph = new JobGraph<PlanJob>()
  for (const each of jobs) graph.add(each.name, each)
  for (const [parent, child] of edges) graph.link(parent, child)
  return graph
}

const five = (pegasus: Readonly<Record<string, string>>): JobGraph<PlanJob> =>
  graphOf(["a", "b", "c", "d", "e"].map((name) => job(name, { pegasus })))

const members = (graph: JobGraph<PlanJob>, properties = NONE): readonly string[] =>
  horizontalClusters(graph, properties).clusters.map((cluster) => cluster.members.join(""))

test("jobs of a level are merged by how many or how large clusters may be", () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
    [{ "clusters.size": "2" }, ["ab", "cd", "e"]],
    [{ "clusters.size": "5" }, ["abcde"]],
    [{ "clusters.size": "99" }, ["abcde"]],
    [{ collapse: "3" }, ["abc", "de"]],
    [{ "clusters.num": "2" }, ["abc", "de"]],
    [{ "clusters.num": "1" }, ["abcde"]],
    [{ bundle: "2", "clusters.size": "4" }, ["abc", "de"]],
    // Three of two jobs, and what is left alone stays alone.
    [{ "clusters.num": "4" }, ["ab"]],
    [{ "clusters.num": "99" }, []],
    [{}, []],
    [{ "clusters.size": "1" }, []],
    [{ "clusters.size": "-2" }, []],
    [{ "clusters.size": "many" }, []],
    [{ "clusters.size": "Infinity" }, []],
  ]
  for (const [pegasus, expected] of cases) assert.deepEqual(members(five(pegasus)), expected, JSON.stringify(pegasus))
})

test("jobs of other programs, sites, levels and kinds are never merged", () => {
  const pegasus = { "clusters.size": "9" }
  const graph = graphOf(
    [
      job("a", { pegasus }),
      job("b", { pegasus, transformation: "ns::plot:1.0" }),
      job("c", { pegasus, site: "other" }),
      job("d", { pegasus, kind: "stage-in" }),
      job("e", { pegasus }),
    ],
    [["a", "e"]],
  )
  assert.deepEqual(members(graph), [])
})

test("ids go on from site to site within one program and level", () => {
  const pegasus = { "clusters.size": "2" }
  const graph = graphOf(
    ["a", "b", "c", "d"].map((name) =>
      job(name, { pegasus, site: name < "c" ? "one" : "two", transformation: "n::t:1.0" }),
    ),
  )
  assert.deepEqual(
    horizontalClusters(graph, NONE).clusters.map(({ name }) => name),
    ["merge_n-t-1_0_PID1_ID1", "merge_n-t-1_0_PID1_ID2"],
  )
})

test("by their time, jobs fill as many clusters as asked, or as no bound is exceeded", () => {
  const properties = new Map([["pegasus.clusterer.preference", "Runtime"]])
  const timed = (pegasus: Readonly<Record<string, string>>): JobGraph<PlanJob> =>
    graphOf(
      Object.entries({ a: "10", b: "60", c: "50", d: "20" }).map(([name, runtime]) =>
        job(name, { pegasus: { ...pegasus, runtime } }),
      ),
    )
  assert.deepEqual(members(timed({ "clusters.num": "2" }), properties), ["ba", "cd"])
  assert.deepEqual(members(timed({ "clusters.maxruntime": "70" }), properties), ["ba", "cd"])
  // One that takes longer than is allowed is in no cluster.
  assert.deepEqual(members(timed({ "clusters.maxruntime": "55" }), properties), ["c", "da"])
  assert.deepEqual(members(timed({ "clusters.num": "99" }), properties).toSorted(), ["a", "b", "c", "d"])
})

test("jobs of one label are merged in an order in which none waits for a later one", () => {
  const graph = graphOf(
    [
      job("z", { pegasus: { label: "x" } }),
      job("a", { pegasus: { label: "x" } }),
      job("m", { pegasus: { other: "x" } }),
    ],
    [["z", "a"]],
  )
  assert.deepEqual(labelClusters(graph, "label", NONE), {
    clusters: [{ name: "merge_x", id: "x", members: ["z", "a"] }],
    edgesOf: "first",
  })
  assert.deepEqual(labelClusters(graph, "label", new Map([["pegasus.clusterer.label.key", "other"]])).clusters, [])
  assert.deepEqual(labelClusters(graph, "whole", NONE).clusters[0]?.members.toSorted(), ["a", "m", "z"])
})

test("a cluster reads what its jobs do not write themselves, and stands where they stood", () => {
  const pegasus = { label: "x" }
  const graph = graphOf(
    [
      job("first", { writes: ["in"] }),
      job("a", { pegasus, reads: ["in"], writes: ["mid"] }),
      job("b", { pegasus, reads: ["mid", "more"], writes: ["out"] }),
      job("last", { reads: ["out"] }),
    ],
    [
      ["first", "a"],
      ["a", "b"],
      ["b", "last"],
    ],
  )
  const merged = clusterJobs(graph, ["label"], NONE)
  const { content } = merged.node("merge_x")
  assert.deepEqual(
    [[...content.inputs.keys()], [...content.outputs.keys()]],
    [
      ["in", "more"],
      ["mid", "out"],
    ],
  )
  assert.deepEqual([content.members, content.transformation], [["A", "B"], "pegasus::clustered"])
  assert.deepEqual(
    merged
      .edges()
      .map((edge) => edge.join(">"))
      .toSorted(),
    ["first>merge_x", "merge_x>last"],
  )
})

test("without a way to merge, or with nothing to merge, the graph stays", () => {
  const graph = five({})
  assert.equal(clusterJobs(graph, [], NONE), graph)
  assert.equal(clusterJobs(graph, ["horizontal", "label"], NONE), graph)
})

test("a program's name becomes part of a file's", () => {
  assert.equal(stagedName("ns::sort:4.0.1"), "ns-sort-4_0_1")
  assert.equal(stagedName("sort"), "sort")
  assert.equal(stagedName("sort:1"), "sort-1")
  assert.equal(isOwnJob(job("a")) && isOwnJob(job("a", { kind: "workflow" })), true)
  assert.equal(isOwnJob(job("a", { kind: "stage-in" })), false)
})
