import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import type { Bench, Measurement, Row } from "../bench.ts"
import { gear, gearData, gearPeakMemory } from "../gear-command.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"

const MIB = 1024 * 1024
/** What is packed comes to minutes in all: each way is gone through a dozen times. */
const GEAR_MIB = 512
const ROUNDS = 3

/** What it costs to pack jobs for the reader of a paper, and to check every byte of what was packed. */
export const paperBundle: Measurement = {
  name: "paper-bundle",
  measure: async (bench) => {
    const large = await bench.gear({ name: "large", megabytes: GEAR_MIB, script: "true" })
    const small = await bench.gear({ name: "small", megabytes: 1, script: "true" })
    for (const { tar } of [large, small]) await gear(["import", tar], bench.home)
    const byGear = await gearData<JobRecord>(["run", large.name, "--no-output"], bench.home)
    const byInput = await gearData<JobRecord>(
      ["run", small.name, "--input", `data=${large.tar}`, "--no-output"],
      bench.home,
    )
    return [
      ...(await rowsOf(bench, byInput, "an input of 512 MB")),
      ...(await rowsOf(bench, byGear, "a gear of 512 MB")),
      await memoryRow(bench, byGear),
    ]
  },
}

async function rowsOf(bench: Bench, job: JobRecord, what: string): Promise<readonly Row[]> {
  const file = join(bench.folder, "result.gtz")
  const pack = ["bundle", job.id, "-o", file, "--force"]
  await gear(pack, bench.home)
  const folder = join(bench.folder, "unpacked")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  await timedRun(["tar", "--zstd", "-xf", file, "-C", folder])
  const packed = await interleave(
    async () => (await gear(pack, bench.home)).wallMs,
    async () => (await timedRun(["tar", "--zstd", "-cf", join(bench.folder, "peer.tar.zst"), folder])).wallMs,
    ROUNDS,
  )
  const checked = await interleave(
    async () => (await gear(["verify", file, "--no-run"], bench.home)).wallMs,
    async () => (await timedRun(["bash", "-c", `zstd -dcq '${file}' | sha256sum`])).wallMs,
    ROUNDS,
  )
  return [
    { what: `gear bundle, ${what}`, ...packed, against: "tar --zstd of the same bytes", unit: "ms", limit: 1 },
    { what: `gear verify --no-run, ${what}`, ...checked, against: "zstd -d | sha256sum", unit: "ms" },
  ]
}

async function memoryRow(bench: Bench, job: JobRecord): Promise<Row> {
  const file = join(bench.folder, "result.gtz")
  const ours = Math.max(
    await gearPeakMemory(["bundle", job.id, "-o", file, "--force"], bench.home),
    await gearPeakMemory(["verify", file, "--no-run"], bench.home),
  )
  const theirs = 300 * MIB
  return {
    what: "gear bundle and verify --no-run, a gear of 512 MB: memory",
    ours,
    against: "300 MB",
    theirs,
    unit: "bytes",
    ratio: ours / theirs,
    limit: 1,
  }
}
