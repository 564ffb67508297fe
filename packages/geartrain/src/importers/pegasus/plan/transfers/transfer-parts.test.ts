import assert from "node:assert/strict"
import { test } from "node:test"
import type { Replica } from "../../catalogs/replica-catalog.ts"
import type { Site, SiteCatalog } from "../../catalogs/site-catalog.ts"
import { JobGraph } from "../graph/job-graph.ts"
import type { PlanFile, PlanJob } from "../jobs/plan-job.ts"
import { addTransferJob, auxiliaryJob } from "./auxiliary-job.ts"
import { type Staged, stagingOf, transfersLocally } from "./stage-sources.ts"
import { lanesFor, TransferLanes } from "./transfer-lanes.ts"

test("a level has a transfer job for ten of its jobs, but what is asked for", () => {
  const cases: readonly (readonly [number, readonly (string | undefined)[], number])[] = [
    [0, [], 1],
    [1, [], 1],
    [10, [], 1],
    [11, [], 2],
    [11, ["4"], 4],
    [11, [undefined, "3", "4"], 3],
    [11, ["0", "-1", "2.5", "many", "", "5"], 5],
  ]
  for (const [jobs, asked, lanes] of cases) assert.equal(lanesFor(jobs, asked), lanes, JSON.stringify([jobs, asked]))
})

test("files go to each transfer job in turn, and jobs are made as they are needed", () => {
  const lanes = new TransferLanes({ kind: "stage-in", local: false, site: "pool", level: 2, most: 2, prefix: "p_" })
  assert.equal(lanes.jobs.length, 0)
  const names = Array.from({ length: 5 }, () => lanes.take().name)
  assert.deepEqual(
    names,
    [0, 1, 0, 1, 0].map((index) => `stage_in_remote_p_pool_2_${index}`),
  )
  assert.equal(lanes.jobs.length, 2)
  assert.equal(lanes.jobs[1]?.registerName, "register_p_pool_2_1")
  const out = new TransferLanes({ kind: "stage-out", local: true, site: "s", level: 0, most: 0, prefix: "" })
  assert.deepEqual(
    [out.take().name, out.take().name, out.jobs.length],
    ["stage_out_local_s_0_0", "stage_out_local_s_0_0", 1],
  )
})

test("a transfer job is added only where it carries something, and its register job after it", () => {
  const added = (files: readonly string[], registers: readonly string[]): JobGraph<PlanJob> => {
    const graph = new JobGraph<PlanJob>()
    addTransferJob(graph, {
      name: "out",
      kind: "stage-out",
      site: "s",
      registerName: "reg",
      files: new Set(files),
      registers: new Set(registers),
    })
    return graph
  }
  assert.equal(added([], []).size, 0)
  assert.deepEqual([added(["a"], []).has("out"), added(["a"], []).has("reg")], [true, false])
  assert.deepEqual(added(["a"], ["a"]).edges(), [["out", "reg"]])
  assert.deepEqual([added([], ["a"]).has("reg"), added([], ["a"]).edges()], [true, []])
})

test("a job that the planner adds reads its files and writes nothing", () => {
  const made = auxiliaryJob("clean-up", "c", { site: "s", files: ["a", "b", "a"] })
  assert.deepEqual([[...made.inputs.keys()], made.outputs.size, made.staging], [["a", "b"], 0, "s"])
  assert.equal(Object.hasOwn(auxiliaryJob("register", "r", { files: [] }), "staging"), false)
})

const JOB: PlanJob = {
  ...auxiliaryJob("clean-up", "j", { site: "pool", files: [] }),
  kind: "compute",
  site: "pool",
  configuration: "nonsharedfs",
}
const FILE: PlanFile = { lfn: "a", transfer: false, register: false, optional: false, executable: false, bypass: false }

function site(name: string, url: string, profiles: Site["profiles"] = {}): readonly [string, Site] {
  const servers = [{ url, operation: "all" as const }]
  return [name, { name, directories: [{ type: "sharedScratch", shared: false, servers }], grids: [], profiles }]
}

function staged(
  pfns: readonly Replica["pfns"][number][],
  { sites = new Map(), properties = {} }: { sites?: SiteCatalog; properties?: Readonly<Record<string, string>> } = {},
): Staged {
  return {
    sites,
    properties: new Map(Object.entries(properties)),
    find: () => ({ lfn: "a", pfns, regex: false, metadata: {} }),
  }
}

test("transfers run where the planner is, unless the site says otherwise or only a job there sees its disk", () => {
  const local = (name: string, sites: SiteCatalog, properties: Readonly<Record<string, string>> = {}): boolean =>
    transfersLocally(name, "stage-in", staged([], { sites, properties }))
  const far = new Map([site("pool", "scp://pool/scratch")])
  const disk = new Map([site("pool", "file:///scratch")])
  assert.equal(local("local", disk), true)
  assert.equal(local("pool", far), true)
  assert.equal(local("pool", new Map()), true)
  assert.equal(local("pool", disk), false)
  assert.equal(local("pool", new Map([site("pool", "file:///s", { pegasus: { "auxillary.local": "true" } })])), true)
  assert.equal(local("pool", far, { "pegasus.transfer.stagein.remote.sites": "x, pool" }), false)
  assert.equal(local("pool", far, { "pegasus.transfer.*.remote.sites": "*" }), false)
  assert.equal(local("pool", far, { "pegasus.transfer.stageout.remote.sites": "pool" }), true)
})

test("a file is taken from where it is to be had", () => {
  const web = { site: "web", pfn: "http://web/a" }
  const disk = { site: "pool", pfn: "file:///data/a" }
  const elsewhere = { site: "other", pfn: "file:///data/a" }
  assert.equal(stagingOf(FILE, JOB, { ...staged([]), find: () => undefined }), undefined)
  assert.equal(stagingOf(FILE, JOB, staged([])), undefined)
  assert.equal(stagingOf(FILE, JOB, staged([web])), "local")
  // A file's URL on a site where nobody of this job is means nothing.
  assert.equal(stagingOf(FILE, JOB, staged([elsewhere])), undefined)
  assert.equal(stagingOf(FILE, JOB, staged([{ site: "local", pfn: "file:///a" }])), "local")
  assert.equal(stagingOf(FILE, JOB, staged([disk])), "remote")
  assert.equal(
    stagingOf(
      FILE,
      JOB,
      staged([{ site: "pool", pfn: "http://pool/a" }], { properties: { "pegasus.transfer.links": "true" } }),
    ),
    "remote",
  )
  assert.equal(stagingOf({ ...FILE, source: web }, JOB, { ...staged([]), find: () => undefined }), "local")
})

test("a file that may be passed by is read where it lies, but on a shared file system", () => {
  const web = { site: "web", pfn: "http://web/a" }
  const bypass = { ...FILE, bypass: true }
  assert.equal(stagingOf(bypass, JOB, staged([web])), "bypass")
  assert.equal(stagingOf(bypass, { ...JOB, configuration: "sharedfs" }, staged([web])), "local")
  assert.equal(stagingOf(bypass, { ...JOB, configuration: "condorio" }, staged([web])), "local")
  const near = { site: "local", pfn: "file:///data/a" }
  assert.equal(stagingOf(bypass, { ...JOB, configuration: "condorio" }, staged([near])), "bypass")
  // HTCondor carries a file under the name that it has.
  assert.equal(
    stagingOf(bypass, { ...JOB, configuration: "condorio" }, staged([{ ...near, pfn: "file:///data/b" }])),
    "local",
  )
  const all = { properties: { "pegasus.transfer.bypass.input.staging": "true" } }
  assert.equal(stagingOf(FILE, JOB, staged([web], all)), "bypass")
})
