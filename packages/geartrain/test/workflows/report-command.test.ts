import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { after, before, suite, test } from "node:test"
import type { JsonValue } from "@geartrain/spec"
import { checkCrate } from "../../src/provenance/ro-crate/check/check-crate.ts"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { codeOf, replyOf } from "../cli/gear-process.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

const OUT = { out: { files: ["out.txt"] } }
const FILES = { from: { base: "file", optional: true } }
const TAKES = { outputs: OUT, inputs: { from: { takes: "files" } } }

const WORKFLOW = `workflow: 1
name: words
parameters:
  last: { type: string, default: end }
steps:
  begin:
    gear: begin
    config: { text: { text: "\${each.n}" } }
    scatter: { over: { n: [1, 2, 3] } }
  join:
    gear: JOIN
    inputs: { from: { from: steps.begin.out } }
outputs:
  all: { from: steps.join.out }
`

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  const config = { text: { type: "string" } } as const
  const custom = { geartrain: TAKES }
  await home.import({
    name: "begin",
    command: "echo $FW_CONFIG_TEXT > output/out.txt",
    config,
    custom: { geartrain: { outputs: OUT } },
  })
  await home.import({ name: "add", command: "cat input/from/* > output/out.txt", inputs: FILES, custom })
  await home.import({ name: "shaky", command: "echo it broke >&2; exit 3", inputs: FILES, custom })
  await home.write("good.yaml", WORKFLOW.replace("JOIN", "add"))
  await home.write("bad.yaml", WORKFLOW.replace("JOIN", "shaky"))
})
after(() => home?.close())

suite("what is told of runs", { skip }, () => {
  test("a run that completed has a trace, statistics, a page, pictures, and a crate whose files are there", async () => {
    assert.equal((await home.gear(["workflow", "run", "good.yaml"])).code, 0)
    const trace = await home.gear(["workflow", "trace", "latest"])
    const rows = trace.out
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"))
    assert.deepEqual(
      rows.slice(1).map(([key, , , state, , exit]) => [key, state, exit]),
      [...[0, 1, 2].map((index) => [`begin[${index}]`, "complete", "0"]), ["join", "complete", "0"]],
    )
    const statistics = await home.gear(["workflow", "statistics", "latest"])
    assert.match(statistics.out, /jobs +4 +0 +0 +0 +0 +4 +0/)
    assert.equal((await home.gear(["workflow", "analyze", "latest"])).code, 0)
    assert.equal((await home.gear(["workflow", "report", "latest", "-o", "page.html"])).code, 0)
    assert.match(await home.read("page.html"), /<span class="verdict good">complete<\/span>/)
    const jobs = await home.gear(["workflow", "graph", "latest", "--jobs", "--format", "dot"])
    assert.equal(jobs.out.match(/ -> /g)?.length, 3)
    assert.equal((await home.gear(["workflow", "graph", "latest", "-o", "run.svg"])).code, 0)
    assert.match(await home.read("run.svg"), /^<svg xmlns/)

    const crate = await home.gear(["provenance", "--run", "latest", "-o", "crate"])
    assert.equal(crate.code, 0, crate.err)
    const document = JSON.parse(await home.read("crate/ro-crate-metadata.json")) as {
      readonly "@graph": readonly { readonly "@id": string; readonly "@type": string | readonly string[] }[]
    }
    const broken = checkCrate(document as unknown as JsonValue).filter(({ level }) => level === "must")
    assert.deepEqual(broken, [])
    const files = document["@graph"].filter((entity) => [entity["@type"]].flat().includes("File"))
    assert.ok(files.length >= 4 * 3)
    for (const file of files)
      assert.ok(existsSync(`${home.folder}/crate/${decodeURIComponent(file["@id"])}`), file["@id"])
  })

  test("what was done before costs nothing, and is told as saved", async () => {
    assert.equal((await home.gear(["workflow", "run", "good.yaml"])).code, 0)
    const reply = replyOf(await home.gear(["workflow", "statistics", "latest", "--json"])) as unknown as {
      readonly data: { readonly jobs: object; readonly savedMs: number; readonly cumulativeMs: number }
    }
    assert.deepEqual(reply.data.jobs, {
      total: 4,
      succeeded: 4,
      reused: 4,
      failed: 0,
      incomplete: 0,
      skipped: 0,
      retries: 0,
    })
    assert.ok(reply.data.savedMs > 0)
    assert.equal(reply.data.cumulativeMs, 0)
  })

  test("a failure is told with its culprit, its exit code, the last words of its log, and what to type", async () => {
    assert.equal((await home.gear(["workflow", "run", "bad.yaml"])).code, 1)
    const analysis = await home.gear(["workflow", "analyze", "latest"])
    assert.equal(analysis.code, 1)
    assert.match(analysis.out, /4 jobs: 3 succeeded \(3 reused\), 1 failed/)
    assert.match(analysis.out, /culprit: gear \(NONZERO_EXIT/)
    assert.match(analysis.out, /exit code 3/)
    assert.match(analysis.out, /\| it broke/)
    for (const verb of ["logs", "debug", "replay"])
      assert.match(analysis.out, new RegExp(`→ gear ${verb} [0-9a-f]{12}`))
    const run = await home.gear(["workflow", "trace", "latest", "--json"])
    const { data } = replyOf(run) as unknown as { readonly data: { readonly run: string } }
    // Without the flag, an id that no job has is a run's.
    const crate = await home.gear(["provenance", data.run, "-o", "bad-crate"])
    assert.equal(crate.code, 0, crate.err)
    assert.match(await home.read("bad-crate/ro-crate-metadata.json"), /FailedActionStatus/)
  })

  test("plans and workflows are drawn without being run; what is neither is refused", async () => {
    assert.equal((await home.gear(["workflow", "plan", "good.yaml", "--out", "plan.json"])).code, 0)
    const plan = await home.gear(["workflow", "graph", "plan.json", "--jobs", "--fold", "2"])
    assert.match(plan.out, /n0\["begin<br>3 to reuse"\]:::reuse/)
    const file = await home.gear(["workflow", "graph", "good.yaml"])
    assert.match(file.out, /n0\["begin<br>begin<br>for each n"\]/)
    const wrong = [
      [["graph", "nosuch"], "WORKFLOW_RUN_NOT_FOUND"],
      [["graph", "good.yaml", "--format", "png"], "USAGE"],
      [["graph", "latest", "--jobs", "--fold", "many"], "USAGE"],
      [["report", "00"], "WORKFLOW_RUN_NOT_FOUND"],
    ] as const
    for (const [words, expected] of wrong)
      assert.equal(codeOf(await home.gear(["workflow", ...words, "--json"])), expected, words.join(" "))
  })
})
