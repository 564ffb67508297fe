import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Bench, Measurement, Row } from "../bench.ts"
import { writeBam } from "../data/large-bam.ts"
import { writeVolume } from "../data/large-volume.ts"
import { GEAR } from "../gear-command.ts"
import { interleave } from "../measure/interleave.ts"
import { peakMemory, timedRun } from "../measure/timed-run.ts"

const BYTES = 1024 * 1024 * 1024
const ROUNDS = 3
const MEMORY_LIMIT_BYTES = 300 * 1024 * 1024

/** Two files and how they differ. */
interface Case {
  readonly what: string
  readonly name: string
  readonly write: (path: string) => void
  readonly writeOther: (path: string) => void
  /** Absent: everything has to be unpacked, which cmp does not do. */
  readonly limit?: 3
}

const bam = (about: { readonly seed: number; readonly oddLast?: boolean }) => (path: string) =>
  writeBam(path, { bytes: BYTES, ...about })
const volume = (about: { readonly relativeNoise?: number; readonly oddLast?: boolean }) => (path: string) =>
  writeVolume(path, { bytes: BYTES, ...about })

const CASES: readonly Case[] = [
  { what: "NIfTI, equal", name: "nii", write: volume({}), writeOther: volume({}), limit: 3 },
  { what: "NIfTI, one voxel", name: "nii", write: volume({}), writeOther: volume({ oddLast: true }), limit: 3 },
  { what: "NIfTI, all voxels", name: "nii", write: volume({}), writeOther: volume({ relativeNoise: 1e-6 }), limit: 3 },
  { what: "BAM, equal", name: "bam", write: bam({ seed: 1 }), writeOther: bam({ seed: 1 }), limit: 3 },
  {
    what: "BAM, one record",
    name: "bam",
    write: bam({ seed: 1 }),
    writeOther: bam({ seed: 1, oddLast: true }),
    limit: 3,
  },
  { what: "BAM, all records", name: "bam", write: bam({ seed: 1 }), writeOther: bam({ seed: 2 }) },
]

/** Telling how two large files differ. */
export const diff: Measurement = {
  name: "diff",
  measure: async (bench) => {
    const rows: Row[] = []
    for (const one of CASES) rows.push(...(await measureCase(bench, one)))
    return rows
  },
}

async function measureCase(bench: Bench, { what, name, write, writeOther, limit }: Case): Promise<readonly Row[]> {
  const [a, b, copy] = ["a", "b", "copy"].map((file) => join(bench.folder, `${file}.${name}`)) as [
    string,
    string,
    string,
  ]
  write(a)
  writeOther(b)
  copyFileSync(a, copy)
  try {
    const whole = limit !== undefined
    // cmp ends at the first difference: what it takes to read both is what it takes for two that are equal.
    const theirs = whole ? ["cmp", a, copy] : ["sh", "-c", 'gzip -dc "$0" >/dev/null; gzip -dc "$1" >/dev/null', a, b]
    const pair = await interleave(
      async () => (await timedRun(diffing(a, b))).wallMs,
      async () => (await timedRun(theirs)).wallMs,
      whole ? ROUNDS : 1,
    )
    const peakBytes = await peakMemory(diffing(a, b))
    return [
      {
        what: `gear diff, 1 GB of ${what}`,
        ...pair,
        against: whole ? "cmp of two that are equal" : "gzip -dc of both",
        unit: "ms",
        ...(limit === undefined ? {} : { limit }),
      },
      {
        what: `gear diff, 1 GB of ${what}: peak memory`,
        ours: peakBytes,
        against: "limit",
        theirs: MEMORY_LIMIT_BYTES,
        unit: "bytes",
        ratio: peakBytes / MEMORY_LIMIT_BYTES,
        limit: 1,
      },
    ]
  } finally {
    for (const path of [a, b, copy]) rmSync(path, { force: true })
  }
}

/** Exit code 1 says that they differ. */
function diffing(a: string, b: string): readonly string[] {
  return ["sh", "-c", '"$0" diff "$1" "$2" >/dev/null; test $? -le 1', GEAR, a, b]
}
