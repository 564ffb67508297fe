import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import { TOP } from "../../scripts/top.ts"
import type { Measurement, Row } from "../bench.ts"
import { environment, gear, gearData } from "../gear-command.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"
import { fillJobs } from "./fill-jobs.ts"

/** CPU that a command may cost over a bare node. */
const OVER_BARE_MS = 60
const ROUNDS = 15

/** The commands that people wait for with their hands on the keyboard. */
export const coldStart: Measurement = {
  name: "cold-start",
  measure: async (bench) => {
    const { tar, name } = await bench.gear({ name: "nothing", megabytes: 1, script: "true" })
    await gear(["import", tar], bench.home)
    await fillJobs(bench.home, await gearData<JobRecord>(["run", name], bench.home), 10_000)
    const rows: Row[] = []
    for (const command of ["--help", "version", "jobs"]) {
      const { ours, theirs } = await interleave(() => cpuOf(command, bench.home), bareCpu, ROUNDS)
      const limitMs = theirs + OVER_BARE_MS
      const what = command === "jobs" ? "gear jobs, with 10,000 jobs: CPU" : `gear ${command}: CPU`
      rows.push({
        what,
        ours,
        against: `bare node + ${OVER_BARE_MS} ms`,
        theirs: limitMs,
        unit: "ms",
        ratio: ours / limitMs,
        limit: 1,
      })
    }
    return rows
  },
}

async function cpuOf(command: string, home: string): Promise<number> {
  return (await gear([command], home)).cpuMs
}

async function bareCpu(): Promise<number> {
  return (await bareNode()).cpuMs
}

export function bareNode() {
  return timedRun([join(TOP, "node_modules/.bin/node"), "-e", "0"], { env: environment() })
}
