import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { openRecords } from "../../packages/geartrain/src/compose/stores/open-records.ts"
import { ownIdentity } from "../../packages/geartrain/src/system/host.ts"
import { makeBusyboxGear } from "../../packages/geartrain/test/programs/busybox-gear.ts"
import type { Bench, Measurement, Row } from "../bench.ts"
import { gear, gearData, gearPeakMemory } from "../gear-command.ts"

const ROUNDS = 7
/** What was promised: 1,000 jobs planned, and found to be done; 100,000 jobs planned, and the memory for it. */
const PROMISED = { thousandMs: 500, nothingMs: 400, manyMs: 20_000, manyBytes: 1024 ** 3 }
/** The last of these has to take no more than so many times what ten times fewer take. */
const MOST_GROWTH = 13

/** Planning diamonds: one job, many that read of it, and one that reads of all these. */
export const workflowPlan: Measurement = {
  name: "workflow-plan",
  measure: async (bench) => {
    const words = await prepare(bench)
    const written = writtenOut(998)
    const rows = [
      await thousand(bench, "1,000 steps written out", [...words, ...planned(bench, "written", written)]),
      await thousand(bench, "1,000 jobs by a scatter", [...words, ...planned(bench, "scattered", scattered(1, 998))]),
    ]
    await fillDone(bench, [...words, ...planned(bench, "scattered", scattered(1, 998))])
    const nothing = [...words, ...planned(bench, "scattered", scattered(1, 998))]
    rows.push({ ...(await thousand(bench, "1,000 jobs that were all done", nothing)), ...against(PROMISED.nothingMs) })
    const tenMs = (await gear([...words, ...planned(bench, "ten", scattered(100, 100))], bench.home)).wallMs
    const many = [...words, ...planned(bench, "many", scattered(316, 316))]
    const manyMs = (await gear(many, bench.home)).wallMs
    rows.push(
      row({ what: "gear workflow plan, 100,000 jobs", ours: manyMs, limit: PROMISED.manyMs, unit: "ms" }),
      row({
        what: "gear workflow plan, 100,000 jobs: memory",
        ours: await gearPeakMemory(many, bench.home),
        limit: PROMISED.manyBytes,
        unit: "bytes",
      }),
      row({
        what: `100,000 jobs against ${MOST_GROWTH} × 10,000`,
        ours: manyMs,
        limit: MOST_GROWTH * tenMs,
        unit: "ms",
      }),
    )
    return rows.map((each) => ({ ...each, ratio: each.ours / each.theirs }))
  },
}

/** Stores two gears and runs the first job of each diamond, so that all others have their invocations. */
async function prepare(bench: Bench): Promise<readonly string[]> {
  const text = join(bench.folder, "text.txt")
  writeFileSync(text, "one two three\n")
  const file = { base: "file" }
  const count = makeBusyboxGear(join(bench.folder, "count"), {
    ...{ name: "count", command: "cat input/text/* | wc -w > output/count.txt", inputs: { text: file } },
    config: { tag: { type: "string", default: "" } },
    custom: { geartrain: { outputs: { count: { files: ["count.txt"] } } } },
  })
  const merge = makeBusyboxGear(join(bench.folder, "merge"), {
    ...{ name: "merge", command: "cat input/counts/* > output/all.txt", inputs: { counts: file } },
    custom: { geartrain: { inputs: { counts: { takes: "files" } }, outputs: { all: { files: ["all.txt"] } } } },
  })
  for (const folder of [count, merge]) await gear(["import", folder], bench.home)
  await gear(["run", "count", "--input", `text=${text}`, "--no-output"], bench.home)
  return ["workflow", "plan", "--input", `text=${text}`]
}

function planned(bench: Bench, name: string, workflow: string): readonly string[] {
  const file = join(bench.folder, `${name}.yaml`)
  writeFileSync(file, workflow)
  return [file]
}

const HEAD = `workflow: 1
name: diamond
inputs: { text: {} }
steps:
  first: { gear: count, inputs: { text: { from: inputs.text } } }
`

function writtenOut(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `middle${index}`)
  const step = "gear: count, inputs: { text: { from: steps.first.count } }"
  const steps = names.map((name) => `  ${name}: { ${step}, config: { tag: ${name} } }`)
  const last = names.map((name) => `        - { from: steps.${name}.count }`)
  return `${HEAD}${steps.join("\n")}\n  last:\n    gear: merge\n    inputs:\n      counts:\n${last.join("\n")}\n`
}

function scattered(a: number, b: number): string {
  const list = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => index))
  return `${HEAD}  middle:
    gear: count
    scatter: { by: cross, over: { a: ${list(a)}, b: ${list(b)} } }
    inputs: { text: { from: steps.first.count } }
    config: { tag: { text: "\${each.a}-\${each.b}" } }
  last: { gear: merge, inputs: { counts: { from: steps.middle.count } } }
`
}

/** Writes down of all jobs of a plan that they were done, one level after the other, until nothing is left to do. */
async function fillDone(bench: Bench, words: readonly string[]): Promise<void> {
  const [{ id } = { id: "" }] = await jobList(bench)
  const from = await gearData<JobRecord>(["show", id], bench.home)
  for (let round = 0; round < 3; round += 1) {
    const out = join(bench.folder, "plan.json")
    await gear([...words, "--out", out], bench.home)
    const { jobs } = JSON.parse(readFileSync(out, "utf8")) as WorkflowPlan
    const records = await openRecords({ home: bench.home })
    try {
      for (const { action, invocation } of jobs) {
        if (action !== "run" || invocation === undefined) continue
        const own = createHash("sha256").update(invocation).digest("hex").slice(0, 24)
        const record = { ...from, id: own, invocationDigest: invocation, history: [] }
        const { ended, ...begun } = record
        await records.jobs.create({ ...begun, state: "running", phase: "executing" }, ownIdentity())
        await records.jobs.update({ ...begun, state: "complete", ...(ended === undefined ? {} : { ended }) }, "running")
      }
    } finally {
      await records.close()
    }
    if (jobs.every(({ action }) => action === "reuse")) return
  }
  throw new Error("The plan still has something to do")
}

async function jobList(bench: Bench): Promise<readonly { readonly id: string }[]> {
  const { stdout } = await gear(["jobs", "--json"], bench.home)
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly id: string })
}

async function thousand(bench: Bench, what: string, words: readonly string[]): Promise<Row> {
  const taken: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) taken.push((await gear(words, bench.home)).wallMs)
  const ours = taken.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
  return row({ what: `gear workflow plan, ${what}`, ours, limit: PROMISED.thousandMs, unit: "ms" })
}

function row(measured: Pick<Row, "what" | "ours" | "unit"> & { readonly limit: number }): Row {
  const { what, ours, unit, limit } = measured
  return { what, ours, unit, against: "what was promised", theirs: limit, ratio: ours / limit, limit: 1 }
}

function against(limitMs: number): Pick<Row, "theirs"> {
  return { theirs: limitMs }
}
