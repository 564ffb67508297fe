import { statSync } from "node:fs"
import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import type { Bench, Measurement } from "../bench.ts"
import { gear, gearData } from "../gear-command.ts"
import { writeNoise } from "../gears.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"

const OUTPUT_MIB = 1024
const ROUNDS = 3

/** What a large output and a large input cost. */
export const outputs: Measurement = {
  name: "outputs",
  measure: async (bench) => {
    const { tar, name } = await bench.gear({
      name: "writer",
      megabytes: 1,
      // The device and number of the input, as the gear sees them: the same as outside when nothing was copied.
      script: `if [ -e input/data/* ]; then stat -L -c %i input/data/*; else dd if=/dev/zero of=output/zeros bs=1048576 count=${OUTPUT_MIB} 2>/dev/null; fi`,
    })
    await gear(["import", tar], bench.home)
    const collected = await interleave(
      () => collectingMs(bench, name),
      () => sha256sumMs(bench),
      ROUNDS,
    )
    const copied = await copiedInput(bench, name)
    return [
      {
        what: "hashing and storing an output of 1 GB",
        ...collected,
        against: "sha256sum of it",
        unit: "ms",
        limit: 1.3,
      },
      {
        what: "input of 256 MB on the same disk: bytes copied",
        ours: copied,
        against: "nothing",
        theirs: 0,
        unit: "bytes",
        ratio: copied,
        limit: 0,
      },
    ]
  },
}

async function collectingMs(bench: Bench, name: string): Promise<number> {
  const job = await gearData<JobRecord>(["run", name, "--no-output"], bench.home)
  await gear(["rm", job.id, "--yes"], bench.home)
  await gear(["store", "gc"], bench.home)
  const ms = job.phasesMs?.collecting
  if (ms === undefined) throw new Error("The record does not say how long collecting took")
  return ms
}

async function sha256sumMs(bench: Bench): Promise<number> {
  const path = join(bench.folder, "zeros")
  await timedRun(["dd", "if=/dev/zero", `of=${path}`, "bs=1048576", `count=${OUTPUT_MIB}`])
  return (await timedRun(["sha256sum", path])).wallMs
}

/** The gear tells the number of the file that it reads: another one is a copy. */
async function copiedInput(bench: Bench, name: string): Promise<number> {
  const path = join(bench.folder, "input.bin")
  writeNoise(path, 256 * 1024 * 1024)
  const { stdout } = await gear(["run", name, "--input", `data=${path}`], bench.home)
  const { ino, size } = statSync(path)
  return stdout.trim() === String(ino) ? 0 : size
}
