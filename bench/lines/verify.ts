import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import type { Bench, Measurement, Row } from "../bench.ts"
import { gear, gearData, gearReadingAll } from "../gear-command.ts"
import { writeNoise } from "../gears.ts"
import { interleave } from "../measure/interleave.ts"

const ROUNDS = 5
const INPUT_MIB = 1024
/** About 1.5 s of a processor of today. */
const TURNS = 1_500_000

/** What it costs to prove that a job gives the same again: a run, and not storing what is stored. */
export const verifying: Measurement = {
  name: "verify",
  measure: async (bench) => {
    const counting = await bench.gear({
      name: "counting",
      megabytes: 5,
      script: `i=0; while [ $i -lt ${TURNS} ]; do i=$((i+1)); done; echo $i > output/count`,
    })
    const copying = await bench.gear({ name: "copying", megabytes: 5, script: "cat input/data/* > output/copy" })
    for (const { tar } of [counting, copying]) await gear(["import", tar], bench.home)
    const input = join(bench.folder, "input.bin")
    writeNoise(input, INPUT_MIB * 1024 * 1024)
    return [
      await row(bench, { what: "gear verify, 1.5 s of computing", run: ["run", counting.name] }),
      await row(bench, {
        what: "gear verify, 1 GB in and 1 GB out",
        run: ["run", copying.name, "--input", `data=${input}`],
      }),
    ]
  },
}

/** Against a run that reads its inputs for their digests as well, as the first of every job does. */
async function row(
  bench: Bench,
  { what, run }: { readonly what: string; readonly run: readonly string[] },
): Promise<Row> {
  const job = await gearData<JobRecord>([...run, "--no-output"], bench.home)
  const pair = await interleave(
    async () => (await gearReadingAll(["verify", job.id, "--quiet"], bench.home)).wallMs,
    async () => (await gearReadingAll([...run, "--no-output", "--quiet"], bench.home)).wallMs,
    ROUNDS,
  )
  return { what, ...pair, against: "gear run of the same", unit: "ms", limit: 1.1 }
}
