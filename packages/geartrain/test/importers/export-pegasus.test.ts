import assert from "node:assert/strict"
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { abstractGraph } from "../../src/importers/pegasus/plan/jobs/abstract-graph.ts"
import { readWorkflow } from "../../src/importers/pegasus/workflow/read-workflow.ts"
import { parsePegasusText } from "../../src/importers/pegasus/yaml/pegasus-document.ts"
import type { CliHome } from "../cli/cli-home.ts"
import { replyOf } from "../cli/gear-process.ts"
import { type ImportReply, openPegasusHome, PROGRAMS_MISSING } from "./pegasus-home.ts"
import { SCHEMAS_MISSING, schemaFaults } from "./pegasus-schemas.ts"

suite("gear export --pegasus, in boxes", { skip: PROGRAMS_MISSING }, () => {
  let home: CliHome

  before(async () => {
    home = await openPegasusHome()
  })
  after(() => home.close())

  test("a run is written for Pegasus again, with its catalogs and gears", async () => {
    await home.write(
      "hello.yml",
      `pegasus: "5.0"
name: hello
transformationCatalog:
  transformations: [{name: cat, sites: [{name: condorpool, pfn: /usr/bin/cat, type: installed}]}]
replicaCatalog:
  replicas: [{lfn: in.csv, pfns: [{site: local, pfn: "file://${home.folder}/in.csv"}]}]
jobs:
- {type: job, name: cat, id: ID1, arguments: [in.csv], stdout: out.csv, uses: [{lfn: in.csv, type: input}, {lfn: out.csv, type: output}]}
`,
    )
    assert.equal((await home.gear(["import", "--pegasus", "hello.yml", "--image", "base", "-o", "hello"])).code, 0)
    const ran = await home.gear(["workflow", "run", "hello/workflow.yaml", "-o", "hello-results"])
    assert.equal(ran.code, 0, ran.err)
    const exported = await home.gear(["export", "--pegasus", "latest", "-o", "for-pegasus"])
    assert.equal(exported.code, 0, exported.err)
    assert.match(await home.read("for-pegasus/workflow.yml"), /lfn: cat_ID1\/out\.csv/)
    const [tar = ""] = await readdir(join(home.folder, "for-pegasus/gears"))
    assert.match(tar, /^cat-0\.1\.0-c[0-9a-f]{12}\.tar$/)
    const planned = await home.gear(["pegasus", "plan", "for-pegasus/workflow.yml", "--sites", "condorpool"])
    assert.match(planned.out, /^gear_cat_ID1$/m)
    const again = await home.gear(["export", "--pegasus", "latest", "-o", "for-pegasus", "--json"])
    assert.equal((replyOf(again) as unknown as ImportReply).error?.code, "OUTPUT_EXISTS")
  })

  test("a workflow goes to Pegasus and back before it ever ran, job by job and edge by edge, as its schemas want it", async (context) => {
    await home.write(
      "diamond.yml",
      `pegasus: "5.0"
name: diamond
transformationCatalog:
  transformations: [{namespace: d, name: cat, version: "1.0", sites: [{name: condorpool, pfn: /usr/bin/cat, type: installed}]}]
replicaCatalog:
  replicas: [{lfn: f.a, pfns: [{site: local, pfn: "file://${home.folder}/in.csv"}]}]
jobs:
- {type: job, namespace: d, name: cat, version: "1.0", id: A, arguments: [f.a], stdout: "f b1", uses: [{lfn: f.a, type: input}, {lfn: "f b1", type: output, stageOut: false}]}
- {type: job, namespace: d, name: cat, version: "1.0", id: B, arguments: ["'f b1'"], stdout: "f[c].1", uses: [{lfn: "f b1", type: input}, {lfn: "f[c].1", type: output, stageOut: false}], profiles: {pegasus: {cores: 1, diskspace: 5}, dagman: {retry: 2, category: small}}}
- {type: job, namespace: d, name: cat, version: "1.0", id: C, arguments: ["'f b1'"], stdout: f.c2, uses: [{lfn: "f b1", type: input}, {lfn: f.c2, type: output, stageOut: false}]}
- {type: job, namespace: d, name: cat, version: "1.0", id: D, arguments: ["f[c].1", f.c2], stdout: f.d, uses: [{lfn: "f[c].1", type: input}, {lfn: f.c2, type: input}]}
- {type: job, namespace: d, name: cat, version: "1.0", id: E, arguments: [f.a], stdout: f.e, uses: [{lfn: f.a, type: input}]}
jobDependencies: [{id: D, children: [E]}]
`,
    )
    await home.write("pegasus.properties", "dagman.small.maxjobs = 3\n")
    const imported = await home.gear(["import", "--pegasus", "diamond.yml", "--image", "base", "-o", "diamond"])
    await rm(join(home.folder, "pegasus.properties"))
    assert.equal(imported.code, 0, imported.err)
    const exported = await home.gear(["export", "--pegasus", "diamond/workflow.yaml", "-o", "diamond-back"])
    assert.equal(exported.code, 0, exported.err)
    const text = await home.read("diamond-back/workflow.yml")
    const [before, after] = [await home.read("diamond.yml"), text].map((one) => {
      const workflow = readWorkflow(parsePegasusText(one, "w.yml"))
      const graph = abstractGraph(workflow)
      const nameOf = (name: string): string => name.replace(/^gear_cat_|^cat_/, "")
      const staged = workflow.jobs.flatMap(({ uses }) =>
        uses.filter(({ type, stageOut }) => type === "output" && stageOut),
      )
      return {
        jobs: graph
          .nodes()
          .map(({ name }) => nameOf(name))
          .toSorted(),
        edges: graph
          .edges()
          .map((edge) => edge.map(nameOf).join(" → "))
          .toSorted(),
        staged: staged.map(({ lfn }) => lfn.replace(/^.*\//, "")).toSorted(),
        profiles: workflow.jobs.find(({ id }) => id.endsWith("B"))?.profiles,
      }
    })
    assert.deepEqual(after, before)
    assert.equal(await home.read("diamond-back/pegasus.properties"), "dagman.small.maxjobs = 3\n")
    if (SCHEMAS_MISSING !== undefined) context.diagnostic(SCHEMAS_MISSING)
    else {
      assert.deepEqual(schemaFaults("wf-5.0", text), [])
      assert.deepEqual(schemaFaults("rc-5.0", await home.read("diamond-back/replicas.yml")), [])
      assert.deepEqual(schemaFaults("sc-5.0", await home.read("diamond-back/sites.yml")), [])
      assert.deepEqual(schemaFaults("tc-5.0", await home.read("diamond-back/transformations.yml")), [])
      assert.notDeepEqual(schemaFaults("wf-5.0", "pegasus: '5.0'"), [])
    }
  })

  test("of a run whose items were known only when it ran, every job is written, with what reads of them", async () => {
    const manifest = (name: string, takes?: string): string =>
      JSON.stringify({
        ...{
          name,
          label: name,
          description: name,
          version: "1.0.0",
          author: "x",
          license: "Other",
          url: "",
          source: "",
        },
        inputs: takes === undefined ? {} : { from: { base: "file" } },
        config: {},
        custom: {
          geartrain: {
            outputs: { out: { files: ["*.txt"] } },
            ...(takes === undefined ? {} : { inputs: { from: { takes } } }),
          },
        },
      })
    for (const [name, command, takes] of [
      ["parts", "echo 1 > output/a.txt; echo 2 > output/b.txt"],
      ["one", "cat input/from/* > output/one.txt", "file"],
      ["all", "cat input/from/* > output/all.txt", "files"],
    ] as const) {
      const root = join(home.folder, `root-${name}`)
      await cp(join(home.folder, "base"), root, { recursive: true, verbatimSymlinks: true })
      await mkdir(join(root, "flywheel/v0"), { recursive: true })
      await writeFile(join(root, "flywheel/v0/manifest.json"), manifest(name, takes))
      await writeFile(join(root, "flywheel/v0/run"), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
      const imported = await home.gear(["import", `./root-${name}`])
      assert.equal(imported.code, 0, imported.err)
    }
    await home.write(
      "open.yaml",
      `workflow: 1
name: opened
steps:
  parts: { gear: parts }
  one: { gear: one, scatter: { over: { part: { from: steps.parts.out } } }, inputs: { from: { from: each.part } } }
  all: { gear: all, inputs: { from: { from: steps.one.out } } }
outputs:
  all: { from: steps.all.out }
`,
    )
    const ran = await home.gear(["workflow", "run", "open.yaml", "-o", "open-results"])
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.err, /opened +one: 2 jobs/)
    const exported = await home.gear(["export", "--pegasus", "latest", "-o", "for-pegasus-open"])
    assert.equal(exported.code, 0, exported.err)
    const text = await home.read("for-pegasus-open/workflow.yml")
    assert.equal(text.match(/nodeLabel/g)?.length, 4)
    for (const lfn of ["parts/a.txt", "parts/b.txt"]) assert.ok(text.includes(lfn), lfn)
    const planned = await home.gear(["pegasus", "plan", "for-pegasus-open/workflow.yml", "--json"])
    assert.equal(planned.code, 0, planned.err)
    const before = await home.gear(["export", "--pegasus", "open.yaml", "-o", "for-pegasus-plan", "--json"])
    assert.equal((replyOf(before) as unknown as ImportReply).error?.code, "PEGASUS_NOT_EXPORTABLE")
  })

  test("what came from Pegasus goes back, with arguments of several words as files", async () => {
    const imported = await home.gear(["import", "--pegasus", "workflow.yml", "--image", "base", "-o", "round"])
    assert.equal(imported.code, 0, imported.err)
    const taken = await home.gear(["workflow", "run", "round/workflow.yaml", "--json"])
    const { run } = (replyOf(taken) as unknown as { readonly data: { readonly run: string } }).data
    const back = await home.gear(["export", "--pegasus", run, "-o", "back"])
    assert.equal(back.code, 0, back.err)
    assert.match(await home.read("back/workflow.yml"), /--config-json/)
    assert.match(await home.read("back/replicas.yml"), /lfn: config\/wc_count_a\.json/)
    const values = ["--config-json", "back/config/split_split.json", "--input", "files=in.csv"]
    const split = (await readdir(join(home.folder, "back/gears"))).find((name) => name.startsWith("split-")) ?? ""
    const alone = await home.gear(["run", `back/gears/${split}`, ...values, "--output", "alone"])
    assert.equal(alone.code, 0, alone.err)
    assert.equal(await home.read("alone/part.a"), "1\n2\n")
  })
})
