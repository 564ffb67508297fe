import { globSync, mkdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Bench, Measurement, Row } from "../bench.ts"
import { gear, gearPeakMemory } from "../gear-command.ts"
import { makeManyFiles } from "../many-files.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"

const ROUNDS = 2
const MEMORY_LIMIT_BYTES = 200 * 1024 * 1024
/** An image may have a million entries. */
const MANY_FILES = 980_000

/** Taking a large gear in. */
export const importing: Measurement = {
  name: "import",
  measure: async (bench) => {
    const { tar } = await bench.gear({ name: "gigabyte", megabytes: 1024, script: "true" })
    const pair = await interleave(
      () => importFresh(bench, tar),
      () => unpackAndHash(bench, tar),
      ROUNDS,
    )
    const again = await secondImport(bench, tar)
    return [
      { what: "gear import, 1 GB tar", ...pair, against: "tar -x and sha256sum", unit: "ms", limit: 1.5 },
      await memoryRow(bench, "1 GB tar", tar),
      await memoryRow(bench, `${MANY_FILES} files`, await makeManyFiles(bench.folder, MANY_FILES)),
      {
        what: "second import of the same: bytes of new files",
        ours: again,
        against: "nothing",
        theirs: 0,
        unit: "bytes",
        ratio: again,
        limit: 0,
      },
    ]
  },
}

async function memoryRow(bench: Bench, what: string, tar: string): Promise<Row> {
  const ours = await gearPeakMemory(["import", tar], freshHome(bench))
  return {
    what: `gear import, ${what}: peak memory with its helpers`,
    ours,
    against: "limit",
    theirs: MEMORY_LIMIT_BYTES,
    unit: "bytes",
    ratio: ours / MEMORY_LIMIT_BYTES,
    limit: 1,
  }
}

async function importFresh(bench: Bench, tar: string): Promise<number> {
  return (await gear(["import", tar], freshHome(bench))).wallMs
}

function freshHome(bench: Bench): string {
  const home = join(bench.folder, "import-home")
  rmSync(home, { recursive: true, force: true })
  return home
}

async function unpackAndHash(bench: Bench, tar: string): Promise<number> {
  const folder = join(bench.folder, "unpacked")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const unpacked = await timedRun(["tar", "-C", folder, "-xf", tar])
  const hashed = await timedRun(["sha256sum", tar])
  rmSync(folder, { recursive: true, force: true })
  return unpacked.wallMs + hashed.wallMs
}

/** Bytes of blobs and root filesystems that a second import adds: those of files that were not there before it, or are others now. */
async function secondImport(bench: Bench, tar: string): Promise<number> {
  const home = freshHome(bench)
  await gear(["import", tar], home)
  const before = stored(home)
  await gear(["import", tar], home)
  return [...stored(home)].reduce((sum, [key, bytes]) => (before.has(key) ? sum : sum + bytes), 0)
}

function stored(home: string): ReadonlyMap<string, number> {
  return new Map(
    globSync("{blobs,roots}/**/*", { cwd: home }).flatMap((path) => {
      const { ino, mtimeMs, size } = statSync(join(home, path))
      return size > 0 ? [[`${path} ${ino} ${mtimeMs} ${size}`, size] as const] : []
    }),
  )
}
