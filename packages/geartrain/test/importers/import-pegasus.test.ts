import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, globSync } from "node:fs"
import { cp, mkdir, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { readWorkflow } from "../../src/importers/pegasus/workflow/read-workflow.ts"
import { parsePegasusText } from "../../src/importers/pegasus/yaml/pegasus-document.ts"
import type { CliHome } from "../cli/cli-home.ts"
import { replyOf } from "../cli/gear-process.ts"
import { writeDockerArchive } from "./docker-archive.ts"
import { type ImportReply, openPegasusHome, PROGRAMS_MISSING } from "./pegasus-home.ts"
import { playJobs } from "./play-jobs.ts"

suite("gear import --pegasus, in boxes", { skip: PROGRAMS_MISSING }, () => {
  let home: CliHome

  before(async () => {
    home = await openPegasusHome()
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
