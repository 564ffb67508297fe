/**
 * Measures what the project promises about speed and memory, as ratios of things measured in turns in one run.
 *
 *   npm run bench [-- NAME...] [-- --record]
 *
 * With names, only those measurements. `--record` adds the rows to bench/results/, with the date: kept to be looked at, not to pass or fail.
 */
import { execFileSync } from "node:child_process"
import { appendFileSync, existsSync, mkdirSync, rmSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { join } from "node:path"
import { TOP } from "../scripts/top.ts"
import type { Bench, Measurement, Row } from "./bench.ts"
import { type BenchGear, hasBusybox, makeGear } from "./gears.ts"
import { coldStart } from "./lines/cold-start.ts"
import { diff } from "./lines/diff.ts"
import { importing } from "./lines/import.ts"
import { manyJobs } from "./lines/many-jobs.ts"
import { outputs } from "./lines/outputs.ts"
import { paperBundle } from "./lines/paper-bundle.ts"
import { s3Store } from "./lines/s3-store.ts"
import { serverFiles } from "./lines/server-files.ts"
import { serverJobs } from "./lines/server-jobs.ts"
import { serverOrders } from "./lines/server-orders.ts"
import { serverQueue } from "./lines/server-queue.ts"
import { serverUpload } from "./lines/server-upload.ts"
import { tracedRun } from "./lines/traced-run.ts"
import { verifying } from "./lines/verify.ts"
import { warmRun } from "./lines/warm-run.ts"
import { workflowPlan } from "./lines/workflow-plan.ts"
import { workflowRun } from "./lines/workflow-run.ts"
import { printRow, printTitles } from "./table.ts"

const MEASUREMENTS: readonly Measurement[] = [
  coldStart,
  warmRun,
  manyJobs,
  importing,
  outputs,
  tracedRun,
  paperBundle,
  verifying,
  diff,
  serverJobs,
  serverQueue,
  serverOrders,
  serverFiles,
  serverUpload,
  s3Store,
  workflowPlan,
  workflowRun,
]

const words = process.argv.slice(2)
const names = words.filter((word) => !word.startsWith("--"))
const chosen = MEASUREMENTS.filter(({ name }) => names.length === 0 || names.includes(name))
if (chosen.length === 0) {
  console.error(`There is no such measurement; there are ${MEASUREMENTS.map(({ name }) => name).join(", ")}`)
  process.exitCode = 2
} else if (!hasBusybox()) {
  console.error("The gears that are measured are made of busybox. Run: apt-get install -y busybox-static")
  process.exitCode = 2
} else {
  await main()
}

async function main(): Promise<void> {
  execFileSync(process.execPath, [join(TOP, "scripts/bundle/build.ts"), "--if-stale"], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  console.log(
    `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}; medians; a ratio above its limit is marked with !`,
  )
  printTitles()
  for (const { name, measure } of chosen) {
    const bench = openBench(name)
    try {
      for (const row of await measure(bench)) {
        printRow(row)
        if (words.includes("--record")) record(name, row)
      }
    } finally {
      rmSync(bench.folder, { recursive: true, force: true })
    }
  }
}

/** Below the checkout, so that stores and gears lie on a real disk: /tmp is memory on many machines. */
function openBench(name: string): Bench {
  const folder = join(TOP, ".demo", `bench-${name}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const made = new Map<string, Promise<BenchGear>>()
  return {
    folder,
    home: join(folder, "home"),
    gear: (about) => {
      const found = made.get(about.name) ?? makeGear(folder, about)
      made.set(about.name, found)
      return found
    },
  }
}

function record(name: string, row: Row): void {
  const file = join(TOP, "bench/results", `${name}.tsv`)
  mkdirSync(join(TOP, "bench/results"), { recursive: true })
  if (!existsSync(file)) appendFileSync(file, "date\twhat\tours\tagainst\ttheirs\tunit\tratio\tlimit\tnote\n")
  const { what, ours, against, theirs, unit, ratio, limit, note } = row
  const cells = [
    new Date().toISOString().slice(0, 10),
    what,
    round(ours),
    against,
    round(theirs),
    unit,
    round(ratio),
    limit ?? "",
    note ?? "",
  ]
  appendFileSync(file, `${cells.join("\t")}\n`)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
