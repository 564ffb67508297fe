import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { JobSummary } from "@geartrain/ports"
import type { JobRecord } from "@geartrain/spec"
import { contextOf, HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { job, jobId } from "../../../../test/stores/records/sample-records.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import { ownIdentity } from "../../../system/host.ts"
import { TOPICS } from "../../help/topics.ts"
import { createPaint } from "../../output/paint.ts"
import { STATE_PAINT } from "../../output/state-paint.ts"
import { pegasusPlanCommand } from "../pegasus/pegasus-plan.ts"
import { pegasusVerdictCommand } from "../pegasus/pegasus-verdict.ts"
import { printJobs } from "./job-list.ts"
import { metadataCommand } from "./metadata.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-job-words-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const SUMMARY = { id: jobId(1), gear: HOSTILE, state: "running", created: "2026-01-01T00:00:00.000Z" } as JobSummary
const NOW = Date.UTC(2026, 0, 1) + 90_000

function printed(options: Parameters<typeof contextOf>[0], jobs: readonly JobSummary[] = [SUMMARY]): string {
  const { context, out } = contextOf(options)
  printJobs(context, jobs, NOW)
  return out()
}

test("how long a job took is what was measured, else until it ended, else until now", () => {
  const took = (more: object) =>
    printed({}, [{ ...SUMMARY, ...more } as JobSummary])
      .split("\n")[1]
      ?.trim()
      .split(/ {2,}/)
      .at(-1)
  assert.equal(took({}), "1 min 30 s")
  assert.equal(took({ ended: "2026-01-01T00:00:02.000Z" }), "2.0 s")
  assert.equal(took({ wallMs: 500, ended: "2026-01-01T00:00:02.000Z" }), "500 ms")
  // A clock that was set back makes no time negative.
  assert.equal(took({ created: "2026-01-02T00:00:00.000Z" }), "0 ms")
})

test("jobs are a table for people, ids for scripts, and a line each for programs", () => {
  assert.match(printed({}), /^JOB +GEAR +STATE +EXIT +STARTED +TOOK +REASON\n0{23}1 /)
  assert.ok(!hasControls(printed({})))
  assert.equal(printed({ quiet: true }), `${jobId(1)}\n`)
  assert.deepEqual(JSON.parse(printed({ json: true })), SUMMARY)
  assert.equal(printed({}, []), "")
})

test("states that call for somebody look otherwise than those that do not", () => {
  const colored = createPaint(true)
  const looks = Object.values(STATE_PAINT).map((paint) => paint(colored)("x"))
  assert.equal(new Set(looks).size, 5)
  assert.ok(Object.values(STATE_PAINT).every((paint) => paint(createPaint(false))("x") === "x"))
})

test("every topic of the help has something to say, and each line of it a word and what it means", () => {
  for (const [name, { summary, says, sections }] of Object.entries(TOPICS)) {
    assert.match(summary, /^[A-Z][^\n]*[^.]$/, name)
    assert.ok(says.length + sections.length > 0, name)
    for (const { rows } of sections)
      for (const [word, meaning] of rows) assert.ok(word !== "" && meaning !== "", `${name} ${word}`)
  }
  const codes = TOPICS["exit-codes"]?.sections.flatMap(({ rows }) => rows.map(([code]) => code)) ?? []
  for (const code of ["124", "125", "126", "127", "130", "141", "70"]) assert.ok(codes.includes(code), code)
})

const DOCUMENT = "project:\n  label: Memory\n  subjects: [{ label: sub-01 }]\n"

/** A job that said this of its surroundings, and a document of a hierarchy. */
async function withJob(context: TestContext, said: string | undefined, more: Partial<JobRecord> = {}) {
  const own = folder(context)
  const env = { HOME: own, GEARTRAIN_HOME: join(own, "gears"), XDG_CACHE_HOME: join(own, "cache") }
  const engine = await openEngine(readSettings(env), { write: true })
  try {
    const bytes = async function* () {
      yield Buffer.from(said ?? "")
    }
    const outputs = said === undefined ? [] : [{ path: ".metadata.json", ...(await engine.blobs.put(bytes())) }]
    await engine.jobs.create(job(1, { state: "complete", exit: { code: 0 }, outputs, ...more }), ownIdentity())
  } finally {
    await engine.close()
  }
  const file = join(own, "project.yaml")
  writeFileSync(file, DOCUMENT)
  return { file, tell: (...args: readonly string[]) => told(metadataCommand, ["latest", ...args], { env }) }
}

test("what a job said is told without a hierarchy, looked at in one, and written only with --apply", async (context) => {
  const { file, tell } = await withJob(context, '{"subject": {"info": {"site": "north"}}}')
  const said = await tell()
  assert.match(said.out, /the subject[\s\S]*\+ +info\.site +"north"/)
  const looked = await tell("--hierarchy", file, "--destination", "Memory/sub-01")
  assert.match(looked.out, /Nothing is written to .* yet: gear metadata .* --apply\n$/)
  assert.equal(readFileSync(file, "utf8"), DOCUMENT)
  const written = await tell("--hierarchy", file, "--destination", "Memory/sub-01", "--apply")
  assert.equal(Object(written.result.data).applied, true)
  assert.ok(readFileSync(file, "utf8").includes("site: north"))
})

test("a job that said nothing has nothing to tell, and one that ran nowhere has to be placed", async (context) => {
  const { file, tell } = await withJob(context, undefined)
  const { out, result } = await tell()
  assert.deepEqual([out, result.data], ["The job wrote no .metadata.json\n", null])
  await assert.rejects(tell("--hierarchy", file), { code: "PLACE_NOT_FOUND", message: /: it ran in no hierarchy$/ })
  await assert.rejects(tell("--apply"), { code: "USAGE" })
})

test("a place that the document no longer has is told as that", async (context) => {
  const { invocation } = job(1)
  const destination = { type: "session", id: "f".repeat(24) } as const
  const { file, tell } = await withJob(context, "{}", { invocation: { ...invocation, destination } })
  await assert.rejects(tell("--hierarchy", file), { code: "PLACE_NOT_FOUND", message: /is not in there$/ })
})

test("the verdict on what a job printed is a sentence and an exit code", async (context) => {
  const path = join(folder(context), "job.out")
  writeFileSync(path, `Done ${HOSTILE}\n[cluster-summary stat="ok", tasks=1, succeeded=1, failed=0]\n`)
  const well = await told(pegasusVerdictCommand, [path, "--success", "Done", "--status", "0"])
  assert.deepEqual([well.result.exitCode, Object(well.result.data).verdict], [undefined, "success"])
  for (const args of [["--status", "1"], ["--status=-1"], ["--failure", HOSTILE], ["--success", "Never"]]) {
    const ill = await told(pegasusVerdictCommand, [path, ...args])
    assert.equal(ill.result.exitCode, 1, args.join(" "))
    assert.ok(ill.out.startsWith("failure: ") && !hasControls(ill.out), ill.out)
  }
  for (const status of ["", "ok", "1.5", "0x1"])
    await assert.rejects(told(pegasusVerdictCommand, [path, `--status=${status}`]), { code: "USAGE" }, status)
})

test("a plan of Pegasus' has its own jobs beside those of the workflow", async (context) => {
  const own = folder(context)
  const path = join(own, "workflow.yml")
  writeFileSync(
    path,
    `pegasus: "5.0"
name: one
replicaCatalog:
  replicas: [{ lfn: in.txt, pfns: [{ pfn: /data/in.txt, site: local }] }]
transformationCatalog:
  transformations: [{ name: count, sites: [{ name: local, pfn: /usr/bin/wc, type: installed }] }]
jobs:
  - type: job
    name: count
    id: ID1
    arguments: [in.txt]
    uses:
      - { lfn: in.txt, type: input }
      - { lfn: out.txt, type: output, stageOut: true }
`,
  )
  const { out, err, result } = await told(pegasusPlanCommand, [path, "--sites", "local", "-v"])
  const data = Object(result.data)
  assert.deepEqual([data.compute.length, data.reused], [1, []])
  assert.ok(data.jobs.length > 1 && out.trimEnd().split("\n").length === data.jobs.length, out)
  assert.match(err, /, 1 of the workflow itself; \d+ edges?; 0 reused\n$/)
  await assert.rejects(told(pegasusPlanCommand, [join(own, "none.yml")]), { code: "PEGASUS_FILE_MISSING" })
  await assert.rejects(told(pegasusPlanCommand, [path, "--cluster", "sideways"]), { code: "USAGE" })
})
