import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { Replica } from "../../catalogs/replica-catalog.ts"
import type { Site } from "../../catalogs/site-catalog.ts"
import { JobGraph } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "../jobs/plan-job.ts"
import { readPlanOptions } from "../plan-options.ts"
import { addTransfers } from "./add-transfers.ts"

const PLAIN = { transfer: false, register: false, optional: false, executable: false, bypass: false }

interface Sketch {
  readonly reads?: Readonly<Record<string, Partial<PlanFile>>>
  readonly writes?: Readonly<Record<string, Partial<PlanFile>>>
  readonly more?: Partial<PlanJob>
}

interface Around {
  readonly edges?: readonly string[]
  /** What the replica catalog has, on the submit host. */
  readonly replicas?: readonly string[]
  readonly properties?: Readonly<Record<string, string>>
  readonly options?: readonly string[]
  readonly sites?: readonly Site[]
  readonly removed?: Readonly<Record<string, Sketch>>
}

function files(some: Sketch["reads"] = {}): ReadonlyMap<string, PlanFile> {
  return new Map(Object.entries(some).map(([lfn, more]) => [lfn, { ...PLAIN, lfn, ...more }]))
}

function jobOf(name: string, { reads, writes, more }: Sketch): PlanJob {
  return {
    ...{ kind: "compute", name, id: name, transformation: "t", profiles: {}, site: "pool", staging: "pool" },
    ...{ configuration: "nonsharedfs", inputs: files(reads), outputs: files(writes), ...more },
  } as PlanJob
}

/** The edges of a plan with its transfers; and what was bypassed. */
function planned(jobs: Readonly<Record<string, Sketch>>, around: Around = {}) {
  const { edges = [], replicas = [], properties = {}, options = [], sites = [], removed = {} } = around
  const graph = new JobGraph<PlanJob>()
  for (const [name, sketch] of Object.entries(jobs)) graph.add(name, jobOf(name, sketch))
  for (const edge of edges) {
    const [parent = "", child = ""] = edge.split(">")
    graph.link(parent, child)
  }
  const find = (lfn: string) =>
    replicas.includes(lfn)
      ? ({ lfn, pfns: [{ site: "local", pfn: `http://h/${lfn}` }] } as unknown as Replica)
      : undefined
  const { bypassed } = addTransfers(graph, {
    sites: new Map(sites.map((site) => [site.name, site])),
    ...{ properties: new Map(Object.entries(properties)), find, options: readPlanOptions(options), file: "w.yml" },
    removed: Object.entries(removed).map(([name, sketch]) => jobOf(name, sketch)),
  })
  const carried = Object.fromEntries(
    graph.nodes().flatMap(({ name, content }) => {
      const isOwn = content.kind === "compute" || content.kind === "workflow"
      return isOwn ? [] : [[name, [...content.inputs.keys()].toSorted().join()]]
    }),
  )
  return {
    edges: graph
      .edges()
      .map((edge) => edge.join(">"))
      .toSorted(),
    carried,
    bypassed: [...bypassed],
  }
}

test("what no job writes is brought before the job that reads it, once for all that read it", () => {
  const { edges, carried } = planned(
    { a: { reads: { x: {} } }, b: { reads: { x: {}, y: {} } } },
    { replicas: ["x", "y"] },
  )
  assert.deepEqual(carried, { stage_in_local_pool_0_0: "x,y" })
  assert.deepEqual(edges, ["stage_in_local_pool_0_0>a", "stage_in_local_pool_0_0>b"])
})

test("what a job before it wrote on the same site is there, and is not brought", () => {
  const { carried, edges } = planned({ a: { writes: { x: {} } }, b: { reads: { x: {} } } }, { edges: ["a>b"] })
  assert.deepEqual([carried, edges], [{}, ["a>b"]])
})

test("what a job before it left on another site is brought from there, once for each site", () => {
  const at = (staging: string) => ({ staging, site: staging })
  const { carried, edges } = planned(
    {
      a: { writes: { x: {} }, more: at("far") },
      b: { reads: { x: {} } },
      c: { reads: { x: {} } },
      d: { reads: { x: {} }, more: at("other") },
    },
    { edges: ["a>b", "a>c", "a>d"] },
  )
  const [first] = Object.keys(carried).filter((name) => /_[bc]_0$/.test(name))
  assert.deepEqual(Object.values(carried), ["x", "x"])
  assert.match(first ?? "", /^stage_inter_local_[bc]_0$/)
  for (const edge of [`a>${first}`, `${first}>b`, `${first}>c`, "a>stage_inter_local_d_0", "stage_inter_local_d_0>d"])
    assert.ok(edges.includes(edge), `${edge} in ${edges.join(" ")}`)
})

test("a file that is nowhere is refused with who reads it, unless it may be missing or a sub-workflow reads it", () => {
  assert.throws(
    () => planned({ a: { reads: { gone: {} } } }),
    (error) => {
      assert.ok(isGeartrainError(error, "PEGASUS_CATALOG_INCOMPLETE"))
      assert.match(error.message, /^Cannot plan "w.yml": a reads "gone", which no job writes/)
      return true
    },
  )
  assert.deepEqual(planned({ a: { reads: { gone: { optional: true } } } }).carried, {})
  assert.deepEqual(planned({ a: { reads: { gone: {} }, more: { kind: "workflow" } } }).carried, {})
})

test("a file that a job takes straight from where it lies is brought by nobody, and said to be", () => {
  const { carried, bypassed } = planned(
    { a: { reads: { x: { bypass: true } } }, b: { reads: { x: {} } } },
    { replicas: ["x"] },
  )
  assert.deepEqual([carried, bypassed], [{ stage_in_local_pool_0_0: "x" }, ["a\0x"]])
})

test("a program that was brought to a shared file system is made runnable first, also for who finds it there", () => {
  const more = { configuration: "sharedfs" } as const
  const reads = { tool: { executable: true, source: { site: "local", pfn: "file:///tool" } } }
  const { edges } = planned({ a: { reads, more }, b: { reads, more } })
  const [chmod] = edges.flatMap((edge) => /chmod_[ab]_0/.exec(edge) ?? [])
  assert.deepEqual(edges, [
    ...[`${chmod}>a`, `${chmod}>b`],
    ...["stage_in_local_pool_0_0>a", "stage_in_local_pool_0_0>b", `stage_in_local_pool_0_0>${chmod}`],
  ])
  const elsewhere = planned({ a: { reads } })
  assert.deepEqual(elsewhere.edges, ["stage_in_local_pool_0_0>a"])
})

test("outputs that are wanted are delivered, and those that are to be registered are registered after it", () => {
  const writes = { kept: { transfer: true, register: true }, noted: { register: true }, own: {} }
  const { edges, carried } = planned({ a: { writes } })
  assert.deepEqual(edges, [
    "a>register_pool_0_0",
    "a>stage_out_local_pool_0_0",
    "stage_out_local_pool_0_0>register_pool_0_0",
  ])
  assert.deepEqual(carried, { stage_out_local_pool_0_0: "kept", register_pool_0_0: "" })
  const alone = planned({ a: { writes: { noted: { register: true } } } })
  assert.deepEqual(alone.edges, ["a>register_pool_0_0"])
})

test("nothing is registered where the properties say so", () => {
  const writes = { kept: { transfer: true, register: true }, noted: { register: true } }
  const { carried } = planned({ a: { writes } }, { properties: { "pegasus.register": "false" } })
  assert.deepEqual(carried, { stage_out_local_pool_0_0: "kept" })
})

test("a level has as many transfer jobs as the site says, else as the properties say, else one for ten jobs", () => {
  const jobs = Object.fromEntries(["a", "b", "c"].map((name) => [name, { reads: { [`f_${name}`]: {} } }]))
  const replicas = ["f_a", "f_b", "f_c"]
  const count = (around: Around) => Object.keys(planned(jobs, { replicas, ...around }).carried).length
  const properties = { "pegasus.stagein.clusters": "2" }
  const pegasus = { "stagein.local.clusters": "3", "stagein.clusters": "1" }
  const site: Site = { name: "pool", directories: [], grids: [], profiles: { pegasus } }
  assert.deepEqual([count({}), count({ properties }), count({ properties, sites: [site] })], [1, 2, 3])
})

test("each level of the workflow has transfer jobs of its own", () => {
  const { carried } = planned(
    { a: { reads: { x: {} } }, b: { reads: { y: {} } } },
    { edges: ["a>b"], replicas: ["x", "y"] },
  )
  assert.deepEqual(carried, { stage_in_local_pool_0_0: "x", stage_in_local_pool_1_0: "y" })
})

test("what jobs that were left out would have given is delivered from where the catalog has it", () => {
  const removed = { gone: { writes: { kept: { transfer: true, register: true }, own: {} } } }
  const { carried } = planned({}, { removed, replicas: ["kept"] })
  assert.deepEqual(carried, { stage_out_local_local_1000_0: "kept", register_local_1000_0: "" })
  assert.throws(() => planned({}, { removed }), RangeError)
})

test("names of transfer jobs carry the prefix that was asked for", () => {
  const { carried } = planned({ a: { reads: { x: {} } } }, { replicas: ["x"], options: ["--job-prefix", "my_"] })
  assert.deepEqual(Object.keys(carried), ["stage_in_local_my_pool_0_0"])
})
