import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { RunEvent, WorkflowPlan } from "@geartrain/spec/workflow"
import { HOSTILE, hasControls, type ToldOptions, told } from "../../../../test/cli/told.ts"
import { jobId } from "../../../../test/stores/records/sample-records.ts"
import { jobEvent, sampleEvents, samplePlan, sampleRecords, second } from "../../../../test/workflows/sample-runs.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { openRecords } from "../../../compose/stores/open-records.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import { ownIdentity } from "../../../system/host.ts"
import { createRun } from "../../../workflows/run/run-folder.ts"
import { readRequest } from "../../../workflows/run/run-request.ts"
import type { Command } from "../../command.ts"
import { workflowAnalyzeCommand } from "./workflow-analyze.ts"
import { workflowCancelCommand } from "./workflow-cancel.ts"
import { workflowGraphCommand } from "./workflow-graph.ts"
import { workflowLsCommand } from "./workflow-ls.ts"
import { workflowPauseCommand } from "./workflow-pause.ts"
import { workflowReportCommand } from "./workflow-report.ts"
import { workflowRmCommand } from "./workflow-rm.ts"
import { workflowStatisticsCommand } from "./workflow-statistics.ts"
import { workflowStatusCommand } from "./workflow-status.ts"
import { workflowTraceCommand } from "./workflow-trace.ts"

interface Home {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Keeps a run of the sample. Its id has the number in all its digits. */
  keep(
    number: number,
    events: readonly RunEvent[],
    change?: { readonly name?: string; readonly plan?: WorkflowPlan },
  ): Promise<string>
  tell(command: Command, args: readonly string[], options?: ToldOptions): ReturnType<typeof told>
}

async function home(context: TestContext): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-kept-runs-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const env = { HOME: folder, GEARTRAIN_HOME: join(folder, "gears"), XDG_CACHE_HOME: join(folder, "cache") }
  // A folder with runs in it and no store would be somebody else's.
  await (await openEngine(readSettings(env), { write: true })).close()
  return {
    ...{ folder, env },
    keep: async (number, events, { name = "lambda", plan = samplePlan() } = {}) => {
      const id = String(number).repeat(24)
      const stored = await createRun(join(env.GEARTRAIN_HOME, "runs"), plan, { id, name, created: second(number) })
      writeFileSync(join(stored.folder, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""))
      return stored.folder
    },
    tell: (command, args, options = {}) => told(command, args, { env, ...options }),
  }
}

test("runs are listed, the newest first, and one that is damaged keeps nobody from the others", async (context) => {
  const { keep, tell } = await home(context)
  assert.match((await tell(workflowLsCommand, [])).err, /^There is no run\n→ gear workflow run FILE/)
  await keep(1, sampleEvents())
  await keep(3, [], { name: HOSTILE })
  writeFileSync(join(await keep(2, []), "plan.json"), "{}")
  const { out, err } = await tell(workflowLsCommand, [])
  const rows = out.trimEnd().split("\n").slice(1)
  assert.deepEqual(
    rows.map((row) => row[0]),
    ["3", "1"],
  )
  assert.match(rows[0] ?? "", / planned /)
  assert.match(rows[1] ?? "", / lambda +failed .* 2 complete, 1 reused, 1 failed, 1 lost$/)
  assert.match(err, /^warning Cannot read the run in "/)
  assert.ok(!hasControls(out))
  const json = await tell(workflowLsCommand, [], { json: true })
  assert.deepEqual(
    json.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).state)
      .toSorted(),
    ["failed", "planned"],
  )
})

test("of a run that failed the jobs are told that did not end well, and with --all every one", async (context) => {
  const { keep, tell } = await home(context)
  await keep(1, sampleEvents())
  const { out, err, result } = await tell(workflowStatusCommand, [])
  assert.match(out, /lambda {2}failed: 1 job failed, 1 was lost to it\n2 complete, 1 reused, 1 failed, 1 lost\n/)
  assert.deepEqual(
    out.match(/^(failed|lost|complete|reused) .*/gm)?.map((line) => line.split(/ {2,}/)[1]),
    ["align[2]", "merge"],
  )
  assert.equal(err, `→ gear workflow resume ${"1".repeat(24)}\n`)
  const all = await tell(workflowStatusCommand, ["1111", "--all"])
  assert.equal(all.out.match(/^(failed|lost|complete|reused) /gm)?.length, 5)
  const data = Object(result.data)
  assert.deepEqual([data.state, data.jobs.length, data.counts.failed], ["failed", 5, 1])
})

test("what a run waits for and what keeps a job are told without controls", async (context) => {
  const { keep, tell } = await home(context)
  await keep(1, [
    { at: second(0), event: "run", state: "running" },
    jobEvent(1, "split", "failed", { job: jobId(1), why: HOSTILE }),
    { at: second(2), event: "waiting", for: [HOSTILE] } as unknown as RunEvent,
  ])
  const { out } = await tell(workflowStatusCommand, ["latest"])
  assert.match(out, /interrupted\n/)
  assert.match(out, /^waiting {2}a\\x1b/m)
  assert.ok(!hasControls(out))
})

test("a run that nobody has cannot be asked for anything, and is told how to go on", async (context) => {
  const { keep, tell } = await home(context)
  const folder = await keep(1, sampleEvents())
  for (const command of [workflowPauseCommand, workflowCancelCommand]) {
    const { result, out } = await tell(command, ["latest"])
    assert.deepEqual([result.exitCode, result.error?.code], [5, "RUN_NOT_RUNNING"])
    assert.equal(result.error?.fix, `gear workflow resume ${"1".repeat(24)}`)
    assert.match(out, / failed\n$/)
    assert.equal(await readRequest(folder), undefined)
  }
})

test("a run that a process has is asked, and not waited for where that is not wanted", async (context) => {
  const { keep, tell } = await home(context)
  const folder = await keep(1, [{ at: second(0), event: "run", state: "running" }])
  writeFileSync(join(folder, "owner.json"), JSON.stringify(ownIdentity()))
  for (const [command, request] of [
    [workflowPauseCommand, "pause"],
    [workflowCancelCommand, "cancel"],
  ] as const) {
    const { result, out } = await tell(command, ["1111", "--no-wait"])
    assert.equal(out, `${"1".repeat(24)}  asked to ${request}\n`)
    assert.deepEqual([result.exitCode, Object(result.data).asked], [undefined, true])
    assert.equal(await readRequest(folder), request)
  }
  // Whoever wants it ended is not overruled by one who wants it to rest.
  await tell(workflowPauseCommand, ["1111", "--no-wait"])
  assert.equal(await readRequest(folder), "cancel")
})

test("runs are forgotten one by one, and one that is not there ends it", async (context) => {
  const { keep, tell } = await home(context)
  const [first, other] = [await keep(1, []), await keep(2, [])]
  await assert.rejects(tell(workflowRmCommand, ["1111", "ffff", "2222"]), { code: "WORKFLOW_RUN_NOT_FOUND" })
  assert.deepEqual([existsSync(first), existsSync(other)], [false, true])
  const { out, result } = await tell(workflowRmCommand, ["latest"])
  assert.equal(out, `${"2".repeat(24)}  removed\n`)
  assert.deepEqual(result.data, [{ run: "2".repeat(24) }])
})

/** Keeps the sample with the records of its jobs. */
async function withRecords(context: TestContext): Promise<Home> {
  const kept = await home(context)
  await kept.keep(1, sampleEvents())
  const records = await openRecords(readSettings(kept.env))
  try {
    for (const record of sampleRecords().values()) await records.jobs.create(record, ownIdentity())
  } finally {
    await records.close()
  }
  return kept
}

test("why jobs failed is told with what to type, and the first is the answer", async (context) => {
  const { tell } = await withRecords(context)
  const { out, result } = await tell(workflowAnalyzeCommand, ["latest"])
  assert.match(out, /align\[2\]/)
  assert.match(out, /part\.2 ended with exit code 3/)
  assert.deepEqual([result.exitCode, result.error?.code, result.error?.culprit], [1, "NONZERO_EXIT", "gear"])
  assert.deepEqual(Object(result.data).failures[0].log, [])
})

test("a run in which nothing failed has nothing to analyze", async (context) => {
  const { keep, tell } = await home(context)
  await keep(1, [{ at: second(0), event: "run", state: "complete" }])
  const { result } = await tell(workflowAnalyzeCommand, ["latest"])
  assert.deepEqual([result.exitCode, result.error, Object(result.data).failures], [undefined, undefined, []])
})

test("a trace has a row for every try, on standard output, in a file, or as rows for programs", async (context) => {
  const { folder, tell } = await withRecords(context)
  const { out, result } = await tell(workflowTraceCommand, ["latest"])
  const lines = out.trimEnd().split("\n")
  assert.match(lines[0] ?? "", /^key\tstep\tjob\t/)
  // Five jobs, of which one was tried twice.
  assert.equal(lines.length, 7)
  assert.deepEqual([Object(result.data).path, Object(result.data).rows], [null, []])
  const file = join(folder, "trace.tsv")
  const written = await tell(workflowTraceCommand, ["latest", "-o", file])
  assert.equal(written.out, `${file}\n`)
  assert.equal(readFileSync(file, "utf8"), out)
  const json = await tell(workflowTraceCommand, ["latest"], { json: true })
  assert.deepEqual([json.out, Object(json.result.data).rows.length], ["", 6])
})

test("statistics add up what the records have measured", async (context) => {
  const { tell } = await withRecords(context)
  const { out, result } = await tell(workflowStatisticsCommand, ["latest"])
  assert.match(out, /align/)
  assert.deepEqual([Object(result.data).run, Object(result.data).state], ["1".repeat(24), "failed"])
})

test("a report is one page in a file of the run's name, or on standard output", async (context) => {
  const { folder, tell } = await withRecords(context)
  const page = await tell(workflowReportCommand, ["latest", "-o", "-"])
  assert.match(page.out, /^<!doctype html>/i)
  assert.ok(!/<script/i.test(page.out) && page.out.includes("align[2]"))
  assert.equal(Object(page.result.data).path, null)
  const file = join(folder, "r.html")
  assert.equal(Object((await tell(workflowReportCommand, ["latest", "-o", file])).result.data).path, file)
  assert.equal(readFileSync(file, "utf8").length, page.out.length)
})

test("a graph is drawn as the flag says, else as the file is called, else as Mermaid", async (context) => {
  const { folder, keep, tell } = await home(context)
  await keep(1, sampleEvents())
  const formatOf = async (...args: readonly string[]) =>
    Object((await tell(workflowGraphCommand, ["latest", ...args])).result.data).format
  assert.equal(await formatOf(), "mermaid")
  assert.equal(await formatOf("-o", join(folder, "a.gv")), "dot")
  assert.equal(await formatOf("-o", join(folder, "a.svg")), "svg")
  assert.equal(await formatOf("-o", join(folder, "a.svg"), "--format", "dot"), "dot")
  assert.equal(await formatOf("-o", join(folder, "a.txt")), "mermaid")
  assert.match(readFileSync(join(folder, "a.svg"), "utf8"), /^digraph/)
  for (const args of [
    ["--format", "pdf"],
    ["--jobs", "--fold", "all"],
    ["--jobs", "--fold=-1"],
  ])
    await assert.rejects(formatOf(...args), { code: "USAGE" }, args.join(" "))
})

test("the jobs of a run are drawn with what became of them, and a wide step is folded", async (context) => {
  const { keep, tell } = await home(context)
  await keep(1, sampleEvents(20), { plan: samplePlan(20) })
  const nodesOf = async (...args: readonly string[]) =>
    Object((await tell(workflowGraphCommand, ["latest", ...args])).result.data).nodes
  const folded = await nodesOf("--jobs")
  assert.ok((await nodesOf("--jobs", "--fold", "20")) >= 20 && folded < 20, String(folded))
  assert.equal(await nodesOf("--jobs", "--fold", "19"), folded)
})

test("more nodes than can be drawn as a picture are refused with what draws them", async (context) => {
  const { keep, tell } = await home(context)
  await keep(1, [], { plan: samplePlan(2500) })
  const args = ["latest", "--jobs", "--fold", "99999", "--format"]
  await assert.rejects(tell(workflowGraphCommand, [...args, "svg"]), {
    code: "USAGE",
    message: /nodes as SVG: at most/,
  })
  assert.ok(Object((await tell(workflowGraphCommand, [...args, "dot"])).result.data).nodes > 2500)
})

test("a word is a run, a plan by its beginning, or a workflow; and a folder is none of them", async (context) => {
  const { folder, tell } = await home(context)
  const plan = join(folder, "plan.json")
  writeFileSync(plan, JSON.stringify(samplePlan()))
  assert.match((await tell(workflowGraphCommand, [plan])).out, /align/)
  const workflow = join(folder, "w.json")
  const steps = { one: { gear: "g@1" }, two: { gear: "g@1", inputs: { a: { from: "steps.one.out" } } } }
  writeFileSync(workflow, JSON.stringify({ workflow: 1, name: "w", steps }))
  const { result, out } = await tell(workflowGraphCommand, [workflow])
  assert.ok(out.includes("one") && Object(result.data).edges >= 1, out)
  writeFileSync(workflow, JSON.stringify({ workflow: 1, name: "w", steps: {}, more: 1 }))
  await assert.rejects(tell(workflowGraphCommand, [workflow]), { code: "WORKFLOW_INVALID" })
  mkdirSync(join(folder, "d.json"))
  await assert.rejects(tell(workflowGraphCommand, [join(folder, "d.json")]), { code: "WORKFLOW_INVALID" })
  await assert.rejects(tell(workflowGraphCommand, ["ffff"]), { code: "WORKFLOW_RUN_NOT_FOUND" })
})
