import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { TOP } from "../../scripts/top.ts"
import type { Bench, Measurement, Row } from "../bench.ts"
import { environment, GEAR, gear } from "../gear-command.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"
import { isInstalled } from "../peers.ts"

const JOBS = 200
const AT_ONCE = 2
const ROUNDS = 3

/** Somebody else's way to run a shell command that does nothing 200 times, unsealed. */
interface Peer {
  readonly program: string
  readonly prepare: (folder: string) => readonly string[]
  /** Milliseconds on a 2-core machine with Debian 12, for machines that do not have it. */
  readonly recordedMs: number
  readonly limit?: number
}

const PEERS: readonly Peer[] = [
  { program: "cwltool", prepare: cwltool, recordedMs: 1750, limit: 1 },
  { program: "snakemake", prepare: snakemake, recordedMs: 3100 },
  { program: "parallel", prepare: parallel, recordedMs: 500 },
]

/**
 * Many small jobs, sealed and recorded.
 *
 * Where the CPU time of a job goes (`perf record` of 200 jobs, start included; 2 cores of a virtual machine, Linux 6.18, crun 1.8.1, November 2026): Node's
 * main thread 33 % (a third of it the kernel's), its other threads 9, crun 34, the shells that start it 8, the gear's own shell 7. One core in five is idle:
 * of two jobs at a time, both wait for the kernel now and then.
 */
export const manyJobs: Measurement = {
  name: "many-jobs",
  measure: async (bench) => {
    const { tar, name } = await bench.gear({ name: "nothing", megabytes: 5, script: "true" })
    await gear(["import", tar], bench.home)
    const ours = await batch(bench, name)
    const rows: Row[] = []
    for (const peer of PEERS.filter(({ program }) => isInstalled(program))) rows.push(await against(bench, peer, ours))
    const missing = PEERS.filter(({ program }) => !isInstalled(program))
    if (missing.length > 0) rows.push(...againstRecorded(missing, (await interleave(ours, async () => 1, ROUNDS)).ours))
    await checkRecords(bench)
    return rows
  },
}

async function batch(bench: Bench, name: string): Promise<() => Promise<number>> {
  const worker = join(bench.folder, "worker")
  await build({
    entryPoints: { worker: join(TOP, "bench/lines/many-jobs-worker.ts") },
    outdir: worker,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
  })
  const command = [
    join(TOP, "node_modules/.bin/node"),
    ...launcherFlags(),
    join(worker, "worker.js"),
    bench.home,
    name,
    `${JOBS}`,
    `${AT_ONCE}`,
  ]
  return async () => {
    const { wallMs, stdout } = await timedRun(command, { env: environment() })
    if (stdout.trim() !== `${JOBS}`) throw new Error(`Only ${stdout.trim()} of ${JOBS} jobs were complete`)
    return wallMs
  }
}

/** Those of Node that the launcher of the program sets. */
function launcherFlags(): readonly string[] {
  const flags = /^flags="(.*)"$/m.exec(readFileSync(GEAR, "utf8"))?.[1]
  if (flags === undefined) throw new Error(`${GEAR} sets no flags`)
  return flags.split(" ")
}

const WHAT = `${JOBS} sealed jobs in one process, ${AT_ONCE} at a time`

async function against(bench: Bench, peer: Peer, ours: () => Promise<number>): Promise<Row> {
  const folder = join(bench.folder, peer.program)
  mkdirSync(folder)
  const command = peer.prepare(folder)
  const pair = await interleave(ours, async () => (await timedRun(command, { cwd: folder })).wallMs, ROUNDS)
  return { what: WHAT, ...pair, ...theirSide(peer) }
}

function againstRecorded(peers: readonly Peer[], ours: number): readonly Row[] {
  return peers.map((peer) => ({
    what: WHAT,
    ours,
    theirs: peer.recordedMs,
    ratio: ours / peer.recordedMs,
    ...theirSide(peer),
    note: `${peer.program} is not installed: recorded figure of a 2-core machine`,
  }))
}

function theirSide(peer: Peer) {
  const limit = peer.limit === undefined ? {} : { limit: peer.limit }
  return { against: `${peer.program}, ${JOBS} bare jobs`, unit: "ms" as const, ...limit }
}

async function checkRecords(bench: Bench): Promise<void> {
  const { stdout } = await gear(["jobs", "--limit", "100000", "--json"], bench.home)
  const jobs = stdout.trim().split("\n")
  const complete = jobs.filter((line) => (JSON.parse(line) as { readonly state: string }).state === "complete").length
  if (complete === 0 || complete % JOBS !== 0)
    throw new Error(`${complete} records of complete jobs, not a multiple of ${JOBS}`)
}

function cwltool(folder: string): readonly string[] {
  const tool = {
    class: "CommandLineTool",
    id: "tool",
    baseCommand: ["true"],
    inputs: [{ id: "n", type: "int" }],
    outputs: [],
  }
  const steps = [{ id: "each", run: "#tool", scatter: "#main/each/n", in: [{ id: "n", source: "#main/ns" }], out: [] }]
  const workflow = {
    class: "Workflow",
    id: "main",
    requirements: [{ class: "ScatterFeatureRequirement" }],
    inputs: [{ id: "ns", type: { type: "array", items: "int" } }],
    outputs: [],
    steps,
  }
  writeFileSync(join(folder, "jobs.cwl"), JSON.stringify({ cwlVersion: "v1.2", $graph: [tool, workflow] }))
  writeFileSync(join(folder, "jobs.json"), JSON.stringify({ ns: Array.from({ length: JOBS }, (_, n) => n) }))
  return ["cwltool", "--quiet", "--parallel", "--outdir", join(folder, "out"), "jobs.cwl#main", "jobs.json"]
}

function snakemake(folder: string): readonly string[] {
  const rules = `rule all:\n    input: expand("o/{n}", n=range(${JOBS}))\nrule one:\n    output: temp("o/{n}")\n    shell: "touch {output}"\n`
  writeFileSync(join(folder, "Snakefile"), rules)
  return ["snakemake", "--quiet", "all", "--cores", `${AT_ONCE}`, "--forceall"]
}

function parallel(folder: string): readonly string[] {
  writeFileSync(join(folder, "numbers"), Array.from({ length: JOBS }, (_, n) => `${n}\n`).join(""))
  return ["parallel", "--will-cite", `-j${AT_ONCE}`, "-a", "numbers", "true"]
}
