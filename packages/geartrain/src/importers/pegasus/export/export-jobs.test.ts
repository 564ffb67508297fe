import assert from "node:assert/strict"
import { test } from "node:test"
import { type Digest, type GearId, isGeartrainError, type JsonObject } from "@geartrain/spec"
import type { PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { readReplicaCatalog } from "../catalogs/replica-catalog.ts"
import { readSiteCatalog } from "../catalogs/site-catalog.ts"
import { readTransformationCatalog } from "../catalogs/transformation-catalog.ts"
import { readPlanOptions } from "../plan/plan-options.ts"
import { planPegasusWorkflow } from "../plan/plan-workflow.ts"
import { readWorkflow } from "../workflow/read-workflow.ts"
import { type PegasusDocument, parsePegasusText } from "../yaml/pegasus-document.ts"
import { exportDocuments } from "./export-documents.ts"
import { type ExportedPlan, exportJobs } from "./export-jobs.ts"

const GEAR = `sha256:${"a".repeat(64)}` as GearId
const DIGEST = `sha256:${"b".repeat(64)}` as Digest

function planned(key: string, more: Partial<PlannedJob> = {}): PlannedJob {
  return {
    key,
    step: key,
    gear: GEAR,
    config: {},
    inputs: {},
    after: [],
    action: "run",
    reason: { kind: "new" },
    policy: {},
    ...more,
  }
}

/** One job that splits a file, and one for each part, the second of which asks for memory and tries again. */
function exported(more: Partial<ExportedPlan> = {}): ExportedPlan {
  const jobs = [
    planned("split", {
      config: { lines: 2, mark: "two words" },
      inputs: {
        text: { takes: "file", parts: [{ name: "text.txt", digest: DIGEST, sizeBytes: 3, path: "/data/text.txt" }] },
      },
    }),
    planned("count[0]", {
      inputs: { part: { takes: "file", parts: [{ jobs: ["split"], files: "a" }] } },
      after: ["split"],
    }),
    planned("count[1]", {
      inputs: { part: { takes: "file", parts: [{ jobs: ["split"], files: "b" }] } },
      after: ["split"],
      limits: { memoryBytes: 64 * 1024 ** 2, cpuCores: 1.5, timeMs: 1500 },
      policy: { retry: { attempts: 3 } },
    }),
  ]
  const outputs: Readonly<Record<string, readonly { readonly path: string }[]>> = {
    split: [{ path: "a" }, { path: "b" }],
    "count[0]": [{ path: "n.txt" }],
    "count[1]": [{ path: "n.txt" }],
  }
  const plan = {
    ...{ jobs, open: [], documents: {} },
    outputs: { counts: { takes: "files", parts: [{ jobs: ["count[0]", "count[1]"] }] } },
  }
  return {
    plan: plan as unknown as WorkflowPlan,
    outputsOf: (key) => outputs[key],
    isRun: true,
    tarOf: () => "gears/words.tar",
    ...more,
  }
}

function documents(of: ExportedPlan): ReadonlyMap<string, PegasusDocument> {
  const written = exportDocuments("My words", exportJobs(of), {
    folder: "/out",
    gears: new Map([["gears/words.tar", "/out/gears/words.tar"]]),
    pathOf: () => "/data/text.txt",
  })
  return new Map(Object.entries(written).map(([file, text]) => [file, parsePegasusText(text, file)]))
}

function document(of: ReadonlyMap<string, PegasusDocument>, file: string): PegasusDocument {
  const found = of.get(file)
  assert.ok(found, file)
  return found
}

/** What format 5.0 lets stand where: the schemas allow no other key. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  top: ["pegasus", "name", "jobs", "jobDependencies"],
  job: ["type", "id", "name", "nodeLabel", "arguments", "uses", "profiles"],
  use: ["lfn", "type", "stageOut", "registerReplica"],
  replica: ["lfn", "pfns", "checksum"],
}

test("what is written is format 5.0 to the letter", () => {
  const written = documents(exported())
  const value = document(written, "workflow.yml").value as JsonObject
  const only = (map: object, kind: string): void =>
    assert.deepEqual(
      Object.keys(map).filter((key) => KEYS[kind]?.includes(key) !== true),
      [],
    )
  only(value, "top")
  const top = value as unknown as {
    pegasus: string
    name: string
    jobs: Record<string, never>[]
    jobDependencies: { id: string; children: string[] }[]
  }
  assert.equal(top.pegasus, "5.0")
  assert.match(top.name, /^[-0-9a-zA-Z_]+$/)
  for (const job of top.jobs as unknown as {
    type: string
    id: string
    arguments: unknown[]
    uses: { type: string }[]
  }[]) {
    only(job, "job")
    assert.equal(job.type, "job")
    assert.match(job.id, /^[-0-9a-zA-Z_]+$/)
    assert.ok(job.arguments.every((argument) => typeof argument === "string"))
    for (const use of job.uses) {
      only(use, "use")
      assert.ok(["input", "output"].includes(use.type))
    }
  }
  assert.deepEqual(top.jobDependencies, [{ id: "split", children: ["count-0", "count-1"] }])
  const replicas = document(written, "replicas.yml").value as unknown as { replicas: object[] }
  for (const replica of replicas.replicas) only(replica, "replica")
})

test("what is written is read again, and planned with the same jobs and edges", () => {
  const written = documents(exported())
  const workflow = readWorkflow(document(written, "workflow.yml"))
  const plan = planPegasusWorkflow(
    {
      workflow,
      properties: new Map(),
      replicas: readReplicaCatalog(document(written, "replicas.yml")),
      transformations: readTransformationCatalog(document(written, "transformations.yml")),
      sites: readSiteCatalog(document(written, "sites.yml")),
      notes: [],
    },
    readPlanOptions(["--sites", "condorpool"]),
  )
  assert.deepEqual(plan.compute, ["gear_count-0", "gear_count-1", "gear_split"])
  assert.ok(plan.edges.some(([from, to]) => from === "gear_split" && to === "gear_count-1"))
  const [split, , last] = workflow.jobs
  assert.deepEqual(split?.arguments.slice(0, 2), ["run", "gears/words.tar"])
  assert.ok(split?.arguments.includes("'mark=two words'"))
  assert.deepEqual(last?.profiles, { pegasus: { cores: "2", memory: "64", runtime: "2" }, dagman: { retry: "2" } })
  assert.deepEqual(
    split?.uses.filter(({ type }) => type === "output").map(({ stageOut }) => stageOut),
    [false, false],
  )
})

test("what a plan asks for by its one name is promised, and only what is wanted is delivered", () => {
  const jobs = [
    planned("make"),
    planned("read", {
      inputs: { x: { takes: "file", parts: [{ jobs: ["make"], files: "a\\[1\\].txt" }] } },
      after: ["make"],
    }),
    planned("kept", { policy: { keep: true } }),
  ]
  const outputs = {
    one: { takes: "files", parts: [{ jobs: ["read"], files: "b,c.txt" }] },
    two: { takes: "files", parts: [{ jobs: ["make"], files: "log" }] },
  }
  const plan = { jobs, open: [], documents: {}, outputs } as unknown as WorkflowPlan
  const made = exportJobs(
    exported({ plan, isRun: false, outputsOf: (key) => (key === "kept" ? [{ path: "k", output: "k" }] : []) }),
  )
  const written = (
    made.jobs as unknown as { id: string; uses: { lfn: string; type: string; stageOut: boolean }[] }[]
  ).flatMap(({ uses }) => uses.filter(({ type }) => type === "output").map(({ lfn, stageOut }) => [lfn, stageOut]))
  assert.deepEqual(written, [
    ["make/a[1].txt", false],
    ["make/log", true],
    ["read/b,c.txt", true],
    ["kept/k", true],
  ])
  const unknown = {
    jobs: [planned("make")],
    open: [],
    documents: {},
    outputs: { x: { takes: "files", parts: [{ jobs: ["make"], files: "*" }] } },
  }
  assert.throws(
    () => exportJobs(exported({ plan: unknown as unknown as WorkflowPlan, isRun: false, outputsOf: () => undefined })),
    (error) => isGeartrainError(error, "PEGASUS_NOT_EXPORTABLE"),
  )
})

test("what Pegasus has words for is said in them, and the rest is told by the names of the jobs", () => {
  const jobs = [
    planned("a", {
      acceptExitCodes: [3, 4],
      limits: { outputBytes: 5 * 1024 ** 2 },
      policy: { resources: { gpu: 1 }, category: "big", priority: 5, retry: { attempts: 2, grow: { memory: 2 } } },
    }),
    planned("b", { acceptExitCodes: [3, 4], policy: { reuse: "never" } }),
    planned("c", { policy: { retry: { attempts: 2, on: ["memory", "time", "disk", "machine", "exit"] } } }),
  ]
  const limits = { jobs: 7, cpus: 8, categories: { big: 2, "odd name": 1 } }
  const plan = { jobs, open: [], documents: { "": { limits } }, outputs: {} } as unknown as WorkflowPlan
  const made = exportJobs(exported({ plan, outputsOf: () => [] }))
  assert.deepEqual((made.jobs[0] as JsonObject)["profiles"], {
    pegasus: { diskspace: 5, gpus: 1 },
    dagman: { retry: 1, priority: 5, category: "big" },
  })
  assert.deepEqual(made.properties, ["dagman.maxjobs = 7", "dagman.big.maxjobs = 2"])
  assert.deepEqual(made.notes, [
    "a, b: exit codes 3, 4 are no failure here, and are one to Pegasus",
    "a: Pegasus tries again whatever failed, and not only what is said here",
    "a: what is asked for does not grow with each try",
    "b: Pegasus reuses by the names of files, whatever is said here",
    "the limit of cpus over all jobs is the site's matter",
    'category "odd name" has a name that no property can have: no limit',
  ])
  const written = exportDocuments("w", made, { folder: "/out", gears: new Map(), pathOf: () => "" })
  assert.equal(written["pegasus.properties"], "dagman.maxjobs = 7\ndagman.big.maxjobs = 2\n")
})

test("config values that no line of arguments can have are in a file that the job reads", () => {
  const config = { text: "x\ny", quotes: `'"`, number: 1 }
  const plan = { jobs: [planned("a", { config })], open: [], documents: {}, outputs: {} } as unknown as WorkflowPlan
  const { jobs, texts } = exportJobs(exported({ plan, outputsOf: () => [] }))
  assert.deepEqual(JSON.parse(texts.get("config/a.json") ?? "null"), { config })
  const [job] = jobs as unknown as { readonly arguments: readonly string[]; readonly uses: readonly JsonObject[] }[]
  assert.ok(job?.arguments.join(" ").includes("--config-json config/a.json"), job?.arguments.join(" "))
  assert.ok(job?.uses.some(({ lfn, type }) => lfn === "config/a.json" && type === "input"))
  assert.ok(!job?.arguments.includes("--set"))
})

const REFUSED: readonly (readonly [string, Partial<ExportedPlan>])[] = [
  ["files whose names only a run tells", { outputsOf: () => undefined }],
  ["files that nothing promises", { outputsOf: () => [], isRun: false }],
  [
    "a name of several lines",
    {
      plan: {
        jobs: [
          planned("a", { inputs: { x: { takes: "file", parts: [{ name: "a\nb", digest: DIGEST, sizeBytes: 1 }] } } }),
        ],
        open: [],
        documents: {},
        outputs: {},
      } as unknown as WorkflowPlan,
    },
  ],
  [
    "a folder",
    {
      plan: {
        jobs: [planned("a", { inputs: { data: { takes: "folder", parts: [] } } })],
        open: [],
        documents: {},
        outputs: {},
      } as unknown as WorkflowPlan,
    },
  ],
]

for (const [what, more] of REFUSED) {
  test(`${what}: refused, for Pegasus could not plan with that`, () => {
    assert.throws(
      () => exportJobs(exported(more)),
      (error) => isGeartrainError(error, "PEGASUS_NOT_EXPORTABLE"),
    )
  })
}
