import assert from "node:assert/strict"
import { test } from "node:test"
import { JobGraph } from "../graph/job-graph.ts"
import type { JobKind, PlanFile, PlanJob } from "../jobs/plan-job.ts"
import { addCreateDirs, addRemoveDirs } from "./directories.ts"
import { addInPlaceCleanup } from "./in-place.ts"
import { addWorkerPackage } from "./worker-package.ts"

const NAMED = { label: "w", prefix: "" }

function file(lfn: string, transfer: boolean): readonly [string, PlanFile] {
  return [lfn, { lfn, transfer, register: false, optional: false, executable: false, bypass: false }]
}

interface Sketch {
  readonly kind?: JobKind
  readonly staging?: string
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
  readonly wanted?: boolean
  readonly more?: Partial<PlanJob>
}

function graphOf(jobs: Readonly<Record<string, Sketch>>, edges: readonly string[]): JobGraph<PlanJob> {
  const graph = new JobGraph<PlanJob>()
  for (const [
    name,
    { kind = "compute", staging = "s", reads = [], writes = [], wanted = false, more },
  ] of Object.entries(jobs)) {
    graph.add(name, {
      ...{ kind, name, id: name, transformation: "t", profiles: {}, staging },
      inputs: new Map(reads.map((lfn) => file(lfn, false))),
      outputs: new Map(writes.map((lfn) => file(lfn, wanted))),
      ...more,
    })
  }
  for (const edge of edges) {
    const [parent = "", child = ""] = edge.split(">")
    graph.link(parent, child)
  }
  return graph
}

const edges = (graph: JobGraph<PlanJob>): readonly string[] =>
  graph
    .edges()
    .map((edge) => edge.join(">"))
    .toSorted()

/** By clean-up job: the files that it removes, and whom it waits for. */
function cleanups(graph: JobGraph<PlanJob>): Readonly<Record<string, readonly [string, string]>> {
  const found = graph.nodes().filter(({ content }) => content.kind === "clean-up")
  return Object.fromEntries(
    found.map(({ name, content, parents }) => [
      name,
      [[...content.inputs.keys()].toSorted().join(), [...parents].toSorted().join()],
    ]),
  )
}

test("the folder of a site is made before its first jobs and removed after its last, and no more links are laid", () => {
  const graph = graphOf({ a: {}, b: {}, c: { staging: "far" } }, ["a>b", "b>c"])
  addCreateDirs(graph, NAMED)
  assert.deepEqual(edges(graph), ["a>b", "b>c", "create_dir_w_0_far>c", "create_dir_w_0_s>a"])
  addRemoveDirs(graph, NAMED)
  assert.ok(edges(graph).includes("c>cleanup_w_0_far") && edges(graph).includes("b>cleanup_w_0_s"))
  assert.equal(edges(graph).includes("a>cleanup_w_0_s"), false)
})

test("a delivery of what was there before needs no folder", () => {
  const graph = graphOf({ a: {}, out: { kind: "stage-out" } }, [])
  addCreateDirs(graph, { label: "w", prefix: "p_" })
  assert.deepEqual(edges(graph), ["create_dir_p_w_0_s>a"])
})

test("folders are removed after each sub-workflow, wherever it is", () => {
  const graph = graphOf({ a: {}, sub: { kind: "workflow", staging: "local" } }, [])
  addRemoveDirs(graph, NAMED)
  assert.deepEqual(edges(graph), ["a>cleanup_w_0_s", "sub>cleanup_w_0_local", "sub>cleanup_w_0_s"])
})

const cleaned = (
  jobs: Readonly<Record<string, Sketch>>,
  links: readonly string[],
  {
    properties = {},
    bypassed = [],
  }: { properties?: Readonly<Record<string, string>>; bypassed?: readonly string[] } = {},
): Readonly<Record<string, readonly [string, string]>> => {
  const graph = graphOf(jobs, links)
  addInPlaceCleanup(graph, { properties: new Map(Object.entries(properties)), bypassed: new Set(bypassed) })
  assert.equal(graph.topDown().length, graph.size)
  return cleanups(graph)
}

test("a file goes after the last that reads it, one that nobody reads after who made it", () => {
  assert.deepEqual(
    cleaned({ a: { reads: ["in"], writes: ["x", "log"] }, b: { reads: ["x"], writes: ["y"] } }, ["a>b"]),
    {
      clean_up_s_level_2_0: ["x,y", "b"],
      clean_up_s_level_1_0: ["in,log", "a"],
    },
  )
})

test("what is wanted and delivered by nobody stays", () => {
  assert.deepEqual(cleaned({ a: { writes: ["x"], wanted: true } }, []), {})
  assert.deepEqual(
    cleaned({ a: { writes: ["x"], wanted: true }, out: { kind: "stage-out", reads: ["x"] } }, ["a>out"]),
    {
      clean_up_s_level_2_0: ["x", "out"],
    },
  )
})

test("what a job reads where it lies is removed by nobody", () => {
  assert.deepEqual(cleaned({ a: { reads: ["in", "own"] } }, [], { bypassed: ["a\0own"] }), {
    clean_up_s_level_1_0: ["in", "a"],
  })
})

test("the jobs of a level share clean-up jobs, as many as the properties say", () => {
  const level = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`j${index}`, { writes: [`f${index}`] }]))
  const count = (properties: Readonly<Record<string, string>>): number =>
    Object.keys(cleaned(level, [], { properties })).length
  assert.equal(count({}), 3)
  assert.equal(count({ "pegasus.file.cleanup.clusters.num": "2" }), 2)
  assert.equal(count({ "pegasus.file.cleanup.clusters.size": "1" }), 12)
  assert.equal(count({ "pegasus.file.cleanup.clusters.num": "0", "pegasus.file.cleanup.clusters.size": "-1" }), 3)
})

test("files of different sites are removed by different jobs", () => {
  assert.deepEqual(
    Object.keys(cleaned({ a: { writes: ["x"] }, b: { staging: "far", writes: ["y"] } }, [])).toSorted(),
    ["clean_up_far_level_1_0", "clean_up_s_level_1_0"],
  )
})

test("Pegasus' own programs come along only where that is asked for", () => {
  const added = (properties: Readonly<Record<string, string>>, more: Partial<PlanJob>): readonly string[] => {
    const graph = graphOf({ a: { more: { site: "pool", ...more } }, b: { more: { site: "pool", ...more } } }, ["a>b"])
    addWorkerPackage(graph, { ...NAMED, properties: new Map(Object.entries(properties)) })
    return edges(graph)
  }
  const asked = { "pegasus.transfer.worker.package": "true" }
  assert.deepEqual(added({}, {}), ["a>b"])
  assert.deepEqual(added({ "pegasus.transfer.worker.package": "yes" }, {}), ["a>b"])
  assert.deepEqual(added(asked, { configuration: "condorio" }), ["a>b", "stage_worker_local_w_0_local>a"])
  assert.deepEqual(added(asked, { configuration: "sharedfs" }), [
    "a>b",
    "stage_worker_local_w_0_pool>untar_w_0_pool",
    "untar_w_0_pool>a",
  ])
})
