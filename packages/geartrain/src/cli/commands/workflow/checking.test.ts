import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { HOSTILE, hasControls, type ToldOptions, told } from "../../../../test/cli/told.ts"
import { gear } from "../../../../test/stores/records/sample-records.ts"
import { plannedJob, samplePlan } from "../../../../test/workflows/sample-plan.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import type { Command } from "../../command.ts"
import { sweepCommand } from "./sweep.ts"
import { workflowCheckCommand } from "./workflow-check.ts"
import { workflowInitCommand } from "./workflow-init.ts"
import { workflowPlanCommand } from "./workflow-plan.ts"
import { workflowResumeCommand } from "./workflow-resume.ts"
import { workflowRunCommand } from "./workflow-run.ts"

const stored = gear(1)
const SWEPT = {
  ...stored,
  manifest: {
    ...stored.manifest,
    inputs: { scan: { base: "file", optional: true } },
    config: {
      frac: { type: "number", default: 0.5 },
      n: { type: "integer", default: 1 },
      word: { type: "string", default: "x" },
    },
  },
} as unknown as typeof stored

/** Somebody with a gear stored, and a workflow of one step with it. */
async function home(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-checking-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const env = { HOME: folder, GEARTRAIN_HOME: join(folder, "gears"), XDG_CACHE_HOME: join(folder, "cache") }
  const engine = await openEngine(readSettings(env), { write: true })
  await engine.gears.putGear(SWEPT)
  await engine.gears.setReference("gear-1@1.0.0", SWEPT.id)
  await engine.close()
  const file = join(folder, "workflow.yaml")
  writeFileSync(file, "workflow: 1\nname: one\nsteps:\n  only: { gear: gear-1@1.0.0, config: { n: 3 } }\n")
  const tell = (command: Command, args: readonly string[], options: ToldOptions = {}) =>
    told(command, args, { env, ...options })
  return { folder, file, tell }
}

test("a workflow in which nothing is wrong is told with what comes next, and its gears are not built", async (context) => {
  const { folder, tell } = await home(context)
  await tell(workflowInitCommand, [join(folder, "words")])
  const file = join(folder, "words/workflow.yaml")
  const { out, err, result } = await tell(workflowCheckCommand, [file])
  assert.deepEqual([out, err], ["", `${file}: 3 steps, 3 gears: nothing is wrong\n→ gear workflow plan ${file}\n`])
  const data = Object(result.data)
  assert.deepEqual(
    [result.exitCode, data.faults, data.workflows[0].steps],
    [undefined, [], ["split", "count", "merge"]],
  )
  assert.match(data.digest, /^sha256:[0-9a-f]{64}$/)
})

test("every fault is shown at its line, the first being the answer, and the program ends with no", async (context) => {
  const { folder, tell } = await home(context)
  const file = join(folder, "bad.yaml")
  writeFileSync(
    file,
    "workflow: 1\nname: bad\nsteps:\n  a: { gear: gear-1, config: { none: 1 } }\n  b: { gear: nonesuch }\n",
  )
  const { out, err, result } = await tell(workflowCheckCommand, [file])
  assert.equal(result.exitCode, 1)
  assert.deepEqual([result.error?.code, Object(result.data).faults.length], ["WORKFLOW_INVALID", 2])
  assert.match(result.error?.message ?? "", /^2 faults, the first at .*bad\.yaml:4: /)
  assert.match(out, /bad\.yaml:4:[\s\S]*bad\.yaml:5:/)
  assert.equal(err, `2 faults in ${file}\n`)
})

test("faults of a hostile document move no cursor, and a file that is not there is no workflow", async (context) => {
  const { folder, tell } = await home(context)
  const file = join(folder, "bad.json")
  writeFileSync(
    file,
    JSON.stringify({ workflow: 1, name: HOSTILE, steps: { [HOSTILE]: { gear: HOSTILE } }, [HOSTILE]: 1 }),
  )
  const { out, err, result } = await tell(workflowCheckCommand, [file])
  assert.equal(result.exitCode, 1)
  assert.ok(out !== "" && !hasControls(out) && !hasControls(err))
  await assert.rejects(tell(workflowCheckCommand, [join(folder, "none.yaml")]), { code: "WORKFLOW_NOT_FOUND" })
})

test("a plan is told, and kept in a file that can be run as it is and not otherwise", async (context) => {
  const { folder, file, tell } = await home(context)
  const plan = join(folder, "plan.json")
  const { out, err, result } = await tell(workflowPlanCommand, [file, "--out", plan])
  assert.match(out, /only/)
  assert.equal(err, `→ gear workflow run ${plan}\n`)
  assert.deepEqual(Object(result.data).plan, JSON.parse(readFileSync(plan, "utf8")))
  for (const flag of ["--set=a=1", "--input=a=b", "--no-reuse", "--cleanup=leaf"])
    await assert.rejects(
      tell(workflowRunCommand, [plan, flag]),
      { code: "USAGE", message: /a plan is run as it is$/ },
      flag,
    )
  assert.ok(!existsSync(join(folder, "gears/runs")))
  const json = await tell(workflowPlanCommand, [file], { json: true })
  assert.deepEqual([json.out, Object(json.result.data).plan.jobs.length], ["", 1])
})

test("what cannot be planned is not run, and nor is a plan whose gear is not here", async (context) => {
  const { folder, file, tell } = await home(context)
  await assert.rejects(tell(workflowRunCommand, [file, "--input", "none=x"]), { code: "WORKFLOW_INPUTS_INVALID" })
  await assert.rejects(tell(workflowPlanCommand, [file, "--set", "none=1"]), { code: "WORKFLOW_PARAMETERS_INVALID" })
  const plan = join(folder, "foreign.json")
  writeFileSync(plan, JSON.stringify(samplePlan([plannedJob("a")])))
  await assert.rejects(tell(workflowRunCommand, [plan]), { code: "GEAR_NOT_FOUND" })
  writeFileSync(plan, '{"format": "geartrain-plan/99"}')
  await assert.rejects(tell(workflowRunCommand, [plan]), { code: "WORKFLOW_PLAN_INVALID" })
  await assert.rejects(tell(workflowResumeCommand, ["latest"]), { code: "WORKFLOW_RUN_NOT_FOUND" })
  assert.ok(!existsSync(join(folder, "gears/runs")))
})

test("a sweep that is only looked at has a job for each combination, by the types of the gear's config", async (context) => {
  const { tell } = await home(context)
  const plan = async (...args: readonly string[]) =>
    Object((await tell(sweepCommand, ["gear-1", "--dry-run", ...args])).result.data).plan
  const grid = await plan("-s", "n=1..3", "-s", "frac=0.5,1")
  assert.deepEqual(
    grid.jobs.map(({ config }: { readonly config: { readonly n: number; readonly frac: number } }) => [
      config.n,
      config.frac,
    ]),
    [1, 2, 3].flatMap((n) => [
      [n, 0.5],
      [n, 1],
    ]),
  )
  assert.equal((await plan("-s", "n=1..3", "-s", "frac=0.1,0.2,0.3", "--zip")).jobs.length, 3)
  const { out } = await tell(sweepCommand, ["gear-1", "--dry-run", "-s", "n=1,2", "-s", "frac=1"])
  assert.ok(out.split("\n").length > 2)
})

test("values, columns and bounds of a sweep that cannot be meant are refused before anything is planned", async (context) => {
  const { tell } = await home(context)
  const refused: readonly (readonly string[])[] = [
    ["-s", "none=1,2"],
    ["-s", "n"],
    ["-s", "n=1", "-s", "n=2"],
    ["-s", "n=1", "--memory=lots"],
    ["-s", "n=1", "--cpus=0"],
    ["-s", "n=1", "--timeout=soon"],
    ["-s", "n=1", "--collect", "report.json"],
    ["-s", "n=1", "-i", "scan"],
  ]
  for (const args of refused)
    await assert.rejects(tell(sweepCommand, ["gear-1", "-n", ...args]), { code: "USAGE" }, args.join(" "))
  await assert.rejects(tell(sweepCommand, ["nonesuch", "-n", "-s", "n=1"]), { code: "GEAR_NOT_FOUND" })
})
