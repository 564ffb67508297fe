import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { Site } from "../../catalogs/site-catalog.ts"
import type { Transformation, TransformationSite } from "../../catalogs/transformation-catalog.ts"
import { JobGraph } from "../graph/job-graph.ts"
import { type PlanOptions, readPlanOptions } from "../plan-options.ts"
import type { PlanFile, PlanJob } from "./plan-job.ts"
import { type SiteChoice, selectSites } from "./select-sites.ts"

const FILE: PlanFile = { lfn: "f", transfer: false, register: false, optional: false, executable: false, bypass: false }

function entry(site: string, more: Partial<TransformationSite> = {}): TransformationSite {
  return { site, pfn: `file:///${site}/tool`, type: "stageable", bypass: false, profiles: {}, ...more }
}

function tool(sites: readonly TransformationSite[], more: Partial<Transformation> = {}): Transformation {
  return { name: "tool", requires: [], sites, profiles: {}, hooks: [], metadata: {}, ...more }
}

function site(name: string, more: Partial<Site> = {}): Site {
  return { name, directories: [], grids: [], profiles: {}, ...more }
}

interface Sketch {
  readonly tools?: Readonly<Record<string, Transformation>>
  readonly containers?: SiteChoice["transformations"]["containers"]
  readonly sites?: readonly Site[]
  readonly properties?: Readonly<Record<string, string>>
  readonly options?: readonly string[]
  readonly job?: Partial<PlanJob>
}

/** One job with sites chosen. */
function chosen({ tools = {}, containers, sites = [], properties = {}, options = [], job = {} }: Sketch): PlanJob {
  const graph = new JobGraph<PlanJob>()
  graph.add("j", {
    ...{ kind: "compute", name: "j", id: "j", transformation: "tool", profiles: {} },
    ...{ inputs: new Map(), outputs: new Map() },
    ...job,
  })
  const selected = selectSites(graph, {
    sites: new Map(sites.map((one) => [one.name, one])),
    transformations: { transformations: new Map(Object.entries(tools)), containers: containers ?? new Map() },
    properties: new Map(Object.entries(properties)),
    options: readPlanOptions(options) satisfies PlanOptions,
    file: "w.yml",
  })
  return selected.node("j").content
}

const where = (sketch: Sketch): readonly (string | undefined)[] => {
  const { site: at, staging, configuration } = chosen(sketch)
  return [at, staging, configuration]
}

test("a job runs at the first site that was named and has its program, else at the first of the catalog that is not local", () => {
  const tools = { tool: tool([entry("b", { type: "installed" })]) }
  assert.deepEqual(where({ tools, options: ["--sites", "a,b"] }), ["b", "local", "condorio"])
  assert.deepEqual(where({ tools, sites: [site("local"), site("b"), site("c")] }), ["b", "local", "condorio"])
  const anywhere = { tool: tool([entry("local")]) }
  assert.deepEqual(where({ tools: anywhere, sites: [site("local")] }), ["condorpool", "local", "condorio"])
})

test("a site that a job asks for counts before those of the command line", () => {
  const tools = { tool: tool([entry("local")]) }
  for (const namespace of ["hints", "selector"])
    assert.equal(
      where({ tools, options: ["--sites", "a"], job: { profiles: { [namespace]: { "execution.site": "z" } } } })[0],
      "z",
    )
})

test("what is installed counts before what would have to be brought, and brings nothing", () => {
  const tools = { tool: tool([entry("local"), entry("a", { type: "installed", profiles: { env: { HERE: "1" } } })]) }
  const job = chosen({ tools, options: ["--sites", "a"] })
  assert.deepEqual([[...job.inputs.keys()], job.profiles], [[], { env: { HERE: "1" } }])
})

test("a program for another machine is not brought, and one that says nothing of machines is", () => {
  const sites = [site("a", { arch: "aarch64", os: "linux" })]
  const options = ["--sites", "a"]
  const brought = (more: Partial<TransformationSite>) => () =>
    chosen({ tools: { tool: tool([entry("local", more)]) }, sites, options }).inputs.get("tool")?.source?.pfn
  assert.equal(brought({})(), "file:///local/tool")
  assert.equal(brought({ arch: "aarch64" })(), "file:///local/tool")
  for (const other of [{ arch: "x86_64" }, { os: "macosx" }])
    assert.throws(brought(other), (error) => {
      assert.ok(isGeartrainError(error, "PEGASUS_CATALOG_INCOMPLETE"))
      assert.match(error.message, /"tool" can be run at none of a: it is stageable at local/)
      return true
    })
})

test("a program that no catalog has is refused, unless the job says itself where it lies", () => {
  assert.throws(() => chosen({}), /the transformation catalog has no "tool", which j runs/)
  const hinted = chosen({ job: { profiles: { hints: { pfn: "/bin/tool" } } }, options: ["--sites", "a"] })
  assert.deepEqual([hinted.site, [...hinted.inputs.keys()]], ["a", []])
})

test("what a program starts in turn comes along, and what the job lists itself as a program is taken from the catalog", () => {
  const tools = {
    tool: tool([entry("local")], { requires: ["ns::part:1.0", "here"] }),
    "ns::part:1.0": tool([entry("a", { type: "installed" }), entry("web", { pfn: "http://h/part", bypass: true })]),
    here: tool([entry("a", { type: "installed" })]),
    listed: tool([entry("local", { pfn: "file:///listed" })]),
  }
  const inputs = new Map([
    ["data", { ...FILE, lfn: "data" }],
    ["listed", { ...FILE, lfn: "listed", executable: true }],
    ["own", { ...FILE, lfn: "own", executable: true }],
  ])
  const job = chosen({ tools, options: ["--sites", "a"], job: { inputs } })
  assert.deepEqual([...job.inputs.keys()].toSorted(), ["data", "listed", "ns-part-1_0", "own", "tool"])
  assert.deepEqual(job.inputs.get("ns-part-1_0"), {
    ...{ lfn: "ns-part-1_0", transfer: false, register: false, optional: false, executable: true, bypass: true },
    source: { site: "web", pfn: "http://h/part" },
  })
  assert.equal(job.inputs.get("listed")?.source?.pfn, "file:///listed")
  assert.equal(job.inputs.get("own")?.source, undefined)
})

test("an image is brought along, but to a shared file system, and not one of shifter's", () => {
  const image = { name: "img", type: "singularity", image: "file:///i/img.sif", imageSite: "web" } as const
  const of = (type: "singularity" | "shifter", properties: Readonly<Record<string, string>> = {}) => {
    const containers = new Map([["img", { ...image, type, mounts: [], bypass: true, profiles: {} }]])
    const tools = { tool: tool([entry("a", { type: "installed", container: "img" })]) }
    return chosen({ tools, containers, properties, options: ["--sites", "a"] }).inputs
  }
  const brought = of("singularity").get("img.sif")
  assert.deepEqual(
    [brought?.source, brought?.executable, brought?.bypass],
    [{ site: "web", pfn: image.image }, false, true],
  )
  assert.equal(of("shifter").size, 0)
  assert.equal(of("singularity", { "pegasus.data.configuration": "sharedfs" }).size, 0)
})

test("files lie on the submit host, with the job, or at the staging site, as the configuration says", () => {
  const tools = { tool: tool([entry("a", { type: "installed" })]) }
  const staged = (configuration: string, ...options: readonly string[]) =>
    where({ tools, properties: { "pegasus.data.configuration": configuration }, options: ["--sites", "a", ...options] })
  assert.deepEqual(staged("CondorIO", "--staging-site", "a=s"), ["a", "local", "condorio"])
  assert.deepEqual(staged("sharedfs", "--staging-site", "a=s"), ["a", "a", "sharedfs"])
  assert.deepEqual(staged("nonsharedfs"), ["a", "a", "nonsharedfs"])
  assert.deepEqual(staged("nonsharedfs", "--staging-site", "a=s"), ["a", "s", "nonsharedfs"])
  assert.deepEqual(staged("nonsharedfs", "--staging-site", "all"), ["a", "all", "nonsharedfs"])
  assert.throws(
    () => staged("glusterfs"),
    /"glusterfs" is no data configuration: they are condorio, nonsharedfs, shared/,
  )
})

test("a job's own configuration counts before that of the properties", () => {
  const tools = { tool: tool([entry("a", { type: "installed" })]) }
  const profiles = { pegasus: { "data.configuration": "sharedfs" } }
  const properties = { "pegasus.data.configuration": "nonsharedfs" }
  assert.equal(where({ tools, properties, options: ["--sites", "a"], job: { profiles } })[2], "sharedfs")
})

test("profiles of the catalogs count before those of the job, and properties last", () => {
  const tools = {
    tool: tool([entry("a", { type: "installed", profiles: { env: { A: "entry" } } })], {
      profiles: { env: { A: "tool", B: "tool" } },
    }),
  }
  const { profiles } = chosen({
    tools,
    sites: [site("a", { profiles: { env: { B: "site", C: "site" } } })],
    job: { profiles: { env: { C: "job", D: "job" } } },
    properties: { "env.D": "property", "env.E": "property" },
    options: ["--sites", "a"],
  })
  assert.deepEqual(profiles["env"], { A: "entry", B: "tool", C: "site", D: "job", E: "property" })
})

test("a sub-workflow is planned where the planner is", () => {
  assert.deepEqual(where({ job: { kind: "workflow" }, options: ["--sites", "a"] }), ["local", "local", "condorio"])
})

test("who waits for whom stays as it was", () => {
  const graph = new JobGraph<PlanJob>()
  const job: PlanJob = {
    ...{ kind: "workflow", name: "a", id: "a", transformation: "", profiles: {} },
    ...{ inputs: new Map(), outputs: new Map() },
  }
  graph.add("a", job)
  graph.add("b", { ...job, name: "b" })
  graph.link("a", "b")
  const none = { transformations: { transformations: new Map(), containers: new Map() }, properties: new Map() }
  const selected = selectSites(graph, { ...none, sites: new Map(), options: readPlanOptions([]), file: "w.yml" })
  assert.deepEqual(selected.edges(), [["a", "b"]])
})
