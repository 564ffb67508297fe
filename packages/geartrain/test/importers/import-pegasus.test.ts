import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, globSync } from "node:fs"
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { abstractGraph } from "../../src/importers/pegasus/plan/jobs/abstract-graph.ts"
import { readWorkflow } from "../../src/importers/pegasus/workflow/read-workflow.ts"
import { parsePegasusText } from "../../src/importers/pegasus/yaml/pegasus-document.ts"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { replyOf } from "../cli/gear-process.ts"
import { findHostProgram, makeHostRoot } from "../programs/host-root.ts"
import { writeDockerArchive } from "./docker-archive.ts"
import { SCHEMAS_MISSING, schemaFaults } from "./pegasus-schemas.ts"
import { playJobs } from "./play-jobs.ts"

const PROGRAMS = ["sh", "cat", "cp", "ln", "mkdir", "rm", "split", "wc"]
const MISSING = PROGRAMS.filter((name) => findHostProgram(name) === undefined)

/** Takes a table apart and counts the lines of each part; the count of one has a blank in its name. */
function workflow(folder: string, sha256 = "a75e09a74ae27ad52e23a22bf2b9b2b1b0eee3f1bd9f8ce0e5a5ea6e5d0fcd0a"): string {
  const parts = ["a", "b"]
  const counts = parts.map(
    (part) =>
      `- type: job\n  name: wc\n  id: count_${part}\n  stdout: "count ${part}"\n  arguments: [-l, part.${part}]\n  profiles: {pegasus: {cores: 1, memory: 64}, dagman: {retry: 2}}\n  uses:\n  - {lfn: part.${part}, type: input}\n  - {lfn: "count ${part}", type: output}\n`,
  )
  return `pegasus: "5.0"
name: split
replicaCatalog:
  replicas:
  - lfn: table.csv
    pfns: [{site: local, pfn: "file://${folder}/in.csv"}]
    ${sha256 === "" ? "" : `checksum: {sha256: ${sha256}}`}
transformationCatalog:
  transformations:
  - {name: split, sites: [{name: condorpool, pfn: /usr/bin/split, type: installed}]}
  - {name: wc, sites: [{name: condorpool, pfn: /usr/bin/wc, type: installed}]}
hooks: {shell: [{_on: error, cmd: /bin/mail}]}
jobs:
- type: job
  name: split
  id: split
  arguments: ["-l 2", -a 1, table.csv, part.]
  uses:
  - {lfn: table.csv, type: input}
${parts.map((part) => `  - {lfn: part.${part}, type: output, stageOut: false}\n`).join("")}${counts.join("")}`
}

interface ImportReply {
  readonly ok: boolean
  readonly error: { readonly code: string } | null
  readonly data: { readonly takenOver: readonly { readonly what: string; readonly taken: string }[] }
}

suite("gear import --pegasus, in boxes", { skip: MISSING.length > 0 ? `needs ${MISSING.join(", ")}` : false }, () => {
  let home: CliHome

  before(async () => {
    home = await openCliHome()
    await home.write("in.csv", "1\n2\n3\n")
    await home.write("workflow.yml", workflow(home.folder, ""))
    await home.write("wrong.yml", workflow(home.folder))
    await mkdir(join(home.folder, "base"))
    makeHostRoot(
      join(home.folder, "base"),
      PROGRAMS.map((name) => ({ path: findHostProgram(name) ?? name, name })),
    )
    await symlink("/usr/bin/sh", join(home.folder, "base/bin/sh"))
  })
  after(() => home.close())

  test("a workflow that splits and counts is taken over, runs, and gives its files", async () => {
    const imported = await home.gear([
      "import",
      "--pegasus",
      "workflow.yml",
      "--image",
      "base",
      "-o",
      "taken",
      "--json",
    ])
    assert.equal(imported.code, 0, imported.err)
    const { data } = replyOf(imported) as unknown as ImportReply
    assert.ok(data.takenOver.some(({ what, taken }) => what === "hooks of the workflow" && taken === "no"))
    const ran = await home.gear(["workflow", "run", "taken/workflow.yaml", "-o", "results"])
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.err, /3 complete/)
    const again = await home.gear(["workflow", "plan", "taken/workflow.yaml"])
    assert.equal(again.code, 0, again.err)
  })

  test("a replica with other bytes than the catalog says is refused, and nothing is written", async () => {
    const result = await home.gear(["import", "--pegasus", "wrong.yml", "--image", "base", "-o", "other", "--json"])
    assert.equal((replyOf(result) as unknown as ImportReply).error?.code, "PEGASUS_CHECKSUM_MISMATCH")
    assert.equal(existsSync(join(home.folder, "other")), false)
  })

  test("a workflow that is not there is told, and so is a flag that would do nothing", async () => {
    const missing = await home.gear(["import", "--pegasus", "nowhere.yml", "--json"])
    assert.equal((replyOf(missing) as unknown as ImportReply).error?.code, "PEGASUS_FILE_MISSING")
    const idle = await home.gear(["import", "base", "--catalogs", "x.yml", "--json"])
    assert.equal((replyOf(idle) as unknown as ImportReply).error?.code, "USAGE")
  })

  test("without an image, gears are sources that say what they are built of", async () => {
    const imported = await home.gear(["import", "--pegasus", "workflow.yml", "-o", "sources"])
    assert.equal(imported.code, 0, imported.err)
    assert.match(await home.read("sources/gears/wc/gear.yaml"), /suite: bookworm/)
    const checked = await home.gear(["workflow", "check", "sources/workflow.yaml"])
    assert.equal(checked.code, 0, checked.err)
  })

  test("programs of one name in two workflows, or with two images, do not disturb each other", async () => {
    const greet = (program: string): string => `pegasus: "5.0"
name: greet
transformationCatalog:
  transformations: [{name: greet, sites: [{name: local, pfn: "${home.folder}/${program}", type: stageable}]}]
jobs:
- {type: job, name: greet, id: ID1, stdout: said, uses: [{lfn: said, type: output}]}
`
    await mkdir(join(home.folder, "one"))
    await mkdir(join(home.folder, "two"))
    for (const word of ["one", "two"]) {
      await writeFile(join(home.folder, `${word}/greet`), `#!/bin/sh\necho ${word}\n`, { mode: 0o755 })
      await home.write(`greet-${word}.yml`, greet(`${word}/greet`))
    }
    const take = async (word: string, to: string, image = "base"): Promise<void> => {
      const imported = await home.gear(["import", "--pegasus", `greet-${word}.yml`, "--image", image, "-o", to])
      assert.equal(imported.code, 0, imported.err)
      const ran = await home.gear(["workflow", "run", `${to}/workflow.yaml`, "-o", `${to}-results`])
      assert.equal(ran.code, 0, ran.err)
    }
    await take("one", "greet-1")
    await take("two", "greet-2")
    await cp(join(home.folder, "base"), join(home.folder, "other-base"), { recursive: true, verbatimSymlinks: true })
    await home.write("other-base/etc/changed", "")
    await take("one", "greet-3", "other-base")
    await take("one", "greet-4")
    const versions = (await home.gear(["ls", "--json"])).out.match(/0\.1\.0-c[0-9a-f]{12}/g) ?? []
    assert.ok(new Set(versions).size >= 3, versions.join())
    const again = await home.gear(["workflow", "plan", "greet-1/workflow.yaml", "--json"])
    assert.match(again.out, /"reuse"/)
  })

  test("a workflow with workflows in it is taken over, file by file, runs, and goes back with every job and edge", async () => {
    await home.write(
      "nested.yml",
      `pegasus: "5.0"
name: nested
transformationCatalog:
  transformations:
  - {name: split, sites: [{name: condorpool, pfn: /usr/bin/split, type: installed}]}
  - {name: wc, sites: [{name: condorpool, pfn: /usr/bin/wc, type: installed}]}
  - {name: cat, sites: [{name: condorpool, pfn: /usr/bin/cat, type: installed}]}
replicaCatalog:
  replicas: [{lfn: table.csv, pfns: [{site: local, pfn: "file://${home.folder}/in.csv"}]}]
jobs:
- {type: job, name: split, id: split, arguments: [-l 2, -a 1, table.csv, part.], uses: [{lfn: table.csv, type: input}, {lfn: part.a, type: output, stageOut: false}, {lfn: part.b, type: output, stageOut: false}]}
- {type: pegasusWorkflow, id: counts, file: counts.yml, arguments: [--output-sites, local], uses: [{lfn: part.a, type: input}, {lfn: part.b, type: input}, {lfn: sum.txt, type: output, stageOut: false}]}
- {type: job, name: cat, id: show, arguments: [sum.txt], stdout: shown.txt, uses: [{lfn: sum.txt, type: input}]}
`,
    )
    await home.write(
      "counts.yml",
      `pegasus: "5.0"
name: counts
jobs:
- {type: job, name: wc, id: a, arguments: [-l, part.a], stdout: n.a, uses: [{lfn: part.a, type: input}, {lfn: n.a, type: output, stageOut: false}]}
- {type: pegasusWorkflow, id: b, file: count-b.yml, uses: [{lfn: part.b, type: input}, {lfn: n.b, type: output, stageOut: false}]}
- {type: job, name: cat, id: sum, arguments: [n.a, n.b], stdout: sum.txt, uses: [{lfn: n.a, type: input}, {lfn: n.b, type: input}]}
`,
    )
    await home.write(
      "count-b.yml",
      `pegasus: "5.0"
name: count-b
jobs:
- {type: job, name: wc, id: b, arguments: [-l, part.b], stdout: n.b, uses: [{lfn: part.b, type: input}]}
`,
    )
    const imported = await home.gear(["import", "--pegasus", "nested.yml", "--image", "base", "-o", "nested"])
    assert.equal(imported.code, 0, imported.err)
    assert.deepEqual((await readdir(join(home.folder, "nested"))).toSorted(), [
      "count-b.yaml",
      "counts.yaml",
      "gears",
      "taken-over.md",
      "workflow.yaml",
    ])
    assert.deepEqual((await readdir(join(home.folder, "nested/gears"))).toSorted(), ["cat.tar", "split.tar", "wc.tar"])
    assert.match(await home.read("nested/counts.yaml"), /^# Taken over from .*counts\.yml;/)
    const ran = await home.gear(["workflow", "run", "nested/workflow.yaml", "-o", "nested-results", "--json"])
    assert.equal(ran.code, 0, ran.out)
    const files = globSync("nested-results/**/*", { cwd: home.folder }).filter((file) => /shown\.txt$/.test(file))
    assert.equal(await home.read(files[0] ?? ""), "2 part.a\n1 part.b\n")
    const { run } = (replyOf(ran) as unknown as { readonly data: { readonly run: string } }).data
    const exported = await home.gear(["export", "--pegasus", run, "-o", "nested-back"])
    assert.equal(exported.code, 0, exported.err)
    const scratch = await playJobs("nested-back", home)
    assert.equal(await home.read(`${scratch}/cat_show/shown.txt`), "2 part.a\n1 part.b\n")
    const back = readWorkflow(parsePegasusText(await home.read("nested-back/workflow.yml"), "workflow.yml"))
    assert.deepEqual(
      [...back.dependencies]
        .flatMap(([parent, children]) => children.map((child) => `${parent} → ${child}`))
        .toSorted(),
      [
        "counts_counts-cat_sum → cat_show",
        "counts_counts-count-b_b-wc_b → counts_counts-cat_sum",
        "counts_counts-wc_a → counts_counts-cat_sum",
        "split_split → counts_counts-count-b_b-wc_b",
        "split_split → counts_counts-wc_a",
      ],
    )
  })

  const container = (type: string, image: string, more = ""): string => `pegasus: "5.0"
name: boxed
replicaCatalog: {replicas: [{lfn: in.csv, pfns: [{site: local, pfn: "${home.folder}/in.csv"}]}]}
transformationCatalog:
  transformations: [{name: count, sites: [{name: condorpool, pfn: count, type: installed, container: box}]}]
  containers: [{name: box, type: ${type}, image: "${image}"${more}}]
jobs:
- {type: job, name: count, id: A, arguments: [-l, in.csv], stdout: n.txt, uses: [{lfn: in.csv, type: input}]}
`

  test("containers are root filesystems: tars of docker, flat or given by name, for docker, singularity and shifter", async () => {
    // What the image sets in its environment is how its program is found.
    await cp(join(home.folder, "base"), join(home.folder, "boxed-root"), { recursive: true, verbatimSymlinks: true })
    await mkdir(join(home.folder, "boxed-root/opt/tools"), { recursive: true })
    await writeFile(join(home.folder, "boxed-root/opt/tools/count"), '#!/bin/sh\nexec wc "$@"\n', { mode: 0o755 })
    const env = "PATH=/opt/tools:/usr/bin:/bin"
    const sha256 = await writeDockerArchive(join(home.folder, "boxed-root"), join(home.folder, "boxed.tar"), [env])
    execFileSync("tar", ["-C", join(home.folder, "boxed-root"), "-cf", join(home.folder, "flat.tar"), "."])
    const archive = `file://${home.folder}/boxed.tar`
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      ["docker", container("docker", archive, `, checksum: {sha256: ${sha256}}`), []],
      ["singularity", container("singularity", archive), []],
      ["shifter", container("shifter", "shifter://org/tool:1"), ["--image", "box=boxed.tar"]],
      [
        "flat",
        container("docker", `file://${home.folder}/flat.tar`).replace("pfn: count", "pfn: /opt/tools/count"),
        [],
      ],
    ]
    for (const [name, text, more] of cases) {
      await home.write(`boxed-${name}.yml`, text)
      const imported = await home.gear(["import", "--pegasus", `boxed-${name}.yml`, ...more, "-o", `boxed-${name}`])
      assert.equal(imported.code, 0, imported.err)
      const ran = await home.gear(["workflow", "run", `boxed-${name}/workflow.yaml`, "-o", `boxed-${name}-results`])
      assert.equal(ran.code, 0, `${name}: ${ran.err}`)
      const [file = ""] = globSync(`boxed-${name}-results/**/n.txt`, { cwd: home.folder })
      assert.equal(await home.read(file), "3 in.csv\n", name)
    }
    await home.write("boxed-wrong.yml", container("docker", archive, `, checksum: {sha256: ${"0".repeat(64)}}`))
    const wrong = await home.gear(["import", "--pegasus", "boxed-wrong.yml", "-o", "boxed-wrong", "--json"])
    assert.equal((replyOf(wrong) as unknown as ImportReply).error?.code, "PEGASUS_CHECKSUM_MISMATCH")
    const lost = await home.gear(["import", "--pegasus", "boxed-docker.yml", "--image", "bxo=boxed.tar", "-o", "lost"])
    assert.match(lost.err, /has no container and no program of that name[\s\S]*--image box=IMAGE/)
    await home.write("boxed-sif.yml", container("singularity", `file://${home.folder}/x.sif`))
    const unread = await home.gear(["import", "--pegasus", "boxed-sif.yml", "-o", "boxed-sif"])
    assert.equal(unread.code, 0)
    assert.match(
      unread.err,
      /has no root filesystem: file:.*x\.sif cannot be read here; give it as a tar with --image box=FILE/,
    )
  })

  test("an input takes a file of any name, in place of what the catalog says", async () => {
    await home.write("other table.csv", "a\nb\n")
    await home.write(
      "one.yml",
      container("docker", "")
        .replace(/ {2}containers: .*\n/, "")
        .replace("pfn: count", "pfn: /usr/bin/wc")
        .replace(", container: box", ""),
    )
    assert.equal((await home.gear(["import", "--pegasus", "one.yml", "--image", "base", "-o", "one-gears"])).code, 0)
    const ran = await home.gear([
      "workflow",
      "run",
      "one-gears/workflow.yaml",
      "-i",
      "in-csv=other table.csv",
      "-o",
      "one-results",
    ])
    assert.equal(ran.code, 0, ran.err)
    const [file = ""] = globSync("one-results/**/n.txt", { cwd: home.folder })
    assert.equal(await home.read(file), "2 in.csv\n")
  })

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

  test("plans and verdicts are told", async () => {
    const planned = await home.gear(["pegasus", "plan", "workflow.yml", "--cleanup", "none"])
    assert.equal(planned.code, 0, planned.err)
    assert.match(planned.out, /^split_split$/m)
    assert.match(planned.err, /3 of the workflow itself/)
    await home.write("job.out", '[cluster-summary stat="ok", tasks=1, succeeded=0, failed=1]\n')
    const verdict = await home.gear(["pegasus", "verdict", "job.out"])
    assert.deepEqual([verdict.code, verdict.out], [1, "failure: 1 tasks of the cluster failed\n"])
  })
})
