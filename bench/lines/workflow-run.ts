import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { TOP } from "../../scripts/top.ts"
import type { Bench, Measurement, Row } from "../bench.ts"
import { environment, GEAR, gear, gearData } from "../gear-command.ts"
import { makeGear } from "../gears.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"
import { isInstalled } from "../peers.ts"

const JOBS = 200
const MANY = 1000
const AT_ONCE = 2
const ROUNDS = 3

/** Milliseconds of snakemake for 200 bare jobs on a 2-core machine with Debian 12, for machines that do not have it. */
const RECORDED_MS = 3100
/** What a run of 1,000 jobs that are all there may take, as users wait for it. */
const NO_OP_MS = 400
/** Of one processor, while 1,000 jobs are in flight. */
const COORDINATOR_PERCENT = 10

interface RunData {
  readonly jobs: readonly { readonly state: string }[]
}

/** Workflows: many small jobs, a run that finds everything done, and what it takes to look after many that run. */
export const workflowRun: Measurement = {
  name: "workflow-run",
  measure: async (bench) => {
    const { tar } = await makeGear(bench.folder, {
      ...{ name: "nothing", megabytes: 5, script: "touch output/done" },
      config: { n: { type: "integer", default: 0 } },
    })
    await gear(["import", tar], bench.home)
    return [await jobs(bench), await nothingToDo(bench), await coordinator(bench)]
  },
}

function workflow(file: string, count: number): string {
  const items = Array.from({ length: count }, (_, index) => index)
  const text = `workflow: 1\nname: many-${count}\nsteps:\n  each:\n    gear: nothing\n    scatter: { over: { n: [${items}] } }\n    config: { n: { from: each.n } }\n`
  writeFileSync(file, text)
  return file
}

async function jobs(bench: Bench): Promise<Row> {
  const file = workflow(join(bench.folder, "jobs.yaml"), JOBS)
  const ours = async (): Promise<number> => {
    const args = ["workflow", "run", file, "--no-reuse", "--jobs", `${AT_ONCE}`, "--quiet", "--json"]
    const { wallMs, stdout } = await timedRun([GEAR, ...args], { env: environment(bench.home) })
    const { data } = JSON.parse(stdout) as { readonly data: RunData }
    const complete = data.jobs.filter(({ state }) => state === "complete").length
    if (complete !== JOBS) throw new Error(`Only ${complete} of ${JOBS} jobs were complete`)
    return wallMs
  }
  const what = `workflow of ${JOBS} sealed jobs, ${AT_ONCE} at a time`
  const against = `snakemake, ${JOBS} bare jobs`
  if (!isInstalled("snakemake")) {
    const { ours: ms } = await interleave(ours, async () => 1, ROUNDS)
    const note = "snakemake is not installed: recorded figure of a 2-core machine"
    return { what, ours: ms, against, theirs: RECORDED_MS, unit: "ms", ratio: ms / RECORDED_MS, limit: 1, note }
  }
  const folder = join(bench.folder, "snakemake")
  const theirs = async (): Promise<number> => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const rules = `rule all:\n    input: expand("o/{n}", n=range(${JOBS}))\nrule one:\n    output: "o/{n}"\n    shell: "touch {output}"\n`
    writeFileSync(join(folder, "Snakefile"), rules)
    const command = ["snakemake", "--quiet", "all", "--cores", `${AT_ONCE}`]
    return (await timedRun(command, { cwd: folder })).wallMs
  }
  return { what, ...(await interleave(ours, theirs, ROUNDS)), against, unit: "ms", limit: 1 }
}

/** The thousand differ in their config, so that each is looked for by itself. */
async function nothingToDo(bench: Bench): Promise<Row> {
  const file = workflow(join(bench.folder, "many.yaml"), MANY)
  const args = ["workflow", "run", file, "--quiet"]
  await gear(args, bench.home)
  const { jobs } = await gearData<RunData>([...args], bench.home)
  const left = jobs.filter(({ state }) => state !== "reused").length
  if (left > 0) throw new Error(`${left} of ${jobs.length} jobs were carried out again`)
  const again = async (): Promise<number> => (await gear(args, bench.home)).wallMs
  const { ours } = await interleave(again, async () => 1, ROUNDS)
  const what = `run of ${MANY} jobs that are all done`
  return { what, ours, against: "what users may wait", theirs: NO_OP_MS, unit: "ms", ratio: ours / NO_OP_MS, limit: 1 }
}

/** Processor time for each second that jobs run: 1,000 in flight at any moment, each for ten seconds. */
async function coordinator(bench: Bench): Promise<Row> {
  const worker = join(bench.folder, "worker")
  await build({
    entryPoints: { worker: join(TOP, "bench/lines/workflow-run-worker.ts") },
    ...{ outdir: worker, bundle: true, splitting: true, format: "esm", platform: "node", target: "node24" },
    external: ["node:*"],
  })
  const { stdout } = await timedRun([process.execPath, join(worker, "worker.js"), `${MANY}`], { env: environment() })
  const ours = Number(stdout.trim())
  const what = `processor time of a run, ${MANY} jobs of 10 s in flight, per 1,000 ms`
  const theirs = COORDINATOR_PERCENT * 10
  return { what, ours, against: "10 % of a processor", theirs, unit: "ms", ratio: ours / theirs, limit: 1 }
}
