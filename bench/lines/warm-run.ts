import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Bench, Measurement, Row } from "../bench.ts"
import { gear } from "../gear-command.ts"
import type { BenchGear } from "../gears.ts"
import { interleave } from "../measure/interleave.ts"
import { timedRun } from "../measure/timed-run.ts"
import { isInstalled } from "../peers.ts"
import { bareNode } from "./cold-start.ts"

const ROUNDS = 15
const HYBRID = "/sys/fs/cgroup/unified"

/**
 * `gear run` of a gear that does nothing, when everything is stored and cached.
 *
 * Where 120 ms went (2 cores of a virtual machine, Linux 6.18, crun 1.8.1, November 2026; milliseconds since Node began, medians of 20): Node was up at
 * 22, the program loaded at 37 with 5 of that for node:crypto, the stores open at 46, the helper started at 59 with 4 of that for fork(2) of a process as
 * large as Node, the job recorded and the helper ready at 72, the box made at 84; crun and the gear took until 99, outputs and log were durable at 107, and
 * the process was gone at 120. Since then the helper starts before the stores are opened and node:crypto is loaded: at 49, as a busy machine tells when its
 * figures are scaled by Node's own start. And functions are not compiled again in every run, which is 14 ms less. A startup snapshot of Node's was
 * tried in place of that: 3 ms less, for it is 8 MB to read.
 */
export const warmRun: Measurement = {
  name: "warm-run",
  measure: async (bench) => {
    const middle = await take(bench, "half-gigabyte", 500)
    const ours = (name: string) => async () => (await gear(["run", name, "--quiet"], bench.home)).wallMs
    const rows: Row[] = []
    if (isInstalled("crun")) {
      const crun = await crunBundle(bench, middle)
      const pair = await interleave(ours(middle.name), async () => (await crun()) + (await bareNode()).wallMs, ROUNDS)
      rows.push({ what: "gear run, 500 MB root", ...pair, against: "crun run + node -e 0", unit: "ms", limit: 2 })
    }
    rows.push(await againstPodman(middle, ours(middle.name)))
    const [small, large] = [await take(bench, "small", 5), await take(bench, "large", 1024)]
    const pair = await interleave(ours(large.name), ours(small.name), ROUNDS)
    rows.push({ what: "gear run, 1 GB root", ...pair, against: "gear run, 5 MB root", unit: "ms", limit: 1.1 })
    return rows
  },
}

async function take(bench: Bench, name: string, megabytes: number): Promise<BenchGear> {
  const made = await bench.gear({ name, megabytes, script: "true" })
  await gear(["import", made.tar], bench.home)
  return made
}

/** The same command on the same root filesystem, unpacked, by crun alone. */
async function crunBundle(bench: Bench, from: BenchGear): Promise<() => Promise<number>> {
  const bundle = join(bench.folder, "bundle")
  mkdirSync(bundle)
  await timedRun(["crun", "spec"], { cwd: bundle })
  const file = join(bundle, "config.json")
  const config = JSON.parse(readFileSync(file, "utf8"))
  config.root.path = from.folder
  config.process.terminal = false
  config.process.args = ["/flywheel/v0/run"]
  // What a container may not raise it cannot be given.
  delete config.process.rlimits
  writeFileSync(file, JSON.stringify(config))
  let runs = 0
  return async () => {
    runs += 1
    return (await timedRun(crunCommand(`geartrain-bench-${process.pid}-${runs}`), { cwd: bundle })).wallMs
  }
}

/** Where version 2 of cgroups has controllers beside version 1, crun refuses to run unless it does not see them. */
function crunCommand(id: string): readonly string[] {
  const run = ["crun", "run", id]
  if (readOrEmpty(`${HYBRID}/cgroup.controllers`) === "") return run
  return ["unshare", "-m", "sh", "-c", `umount ${HYBRID}; exec "$@"`, "sh", ...run]
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8").trim()
  } catch {
    // Not that kind of machine.
    return ""
  }
}

/**
 * As it runs where root may not raise limits and crun refuses mixed hierarchies of control groups; where it would run without these, it takes as
 * long with them.
 */
const PODMAN_RUN = [
  ...["podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "file", "run"],
  ...["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=20000:20000"],
]

async function againstPodman(from: BenchGear, ours: () => Promise<number>): Promise<Row> {
  const what = "gear run, 500 MB root"
  if (!isInstalled("podman")) {
    const { ours: ms } = await interleave(ours, async () => 1, ROUNDS)
    const recorded = 172
    const note = "podman is not installed: recorded figure of a 2-core machine"
    return { what, ours: ms, against: "podman run", theirs: recorded, unit: "ms", ratio: ms / recorded, limit: 1, note }
  }
  const image = "localhost/geartrain-bench"
  await timedRun(["podman", "import", "--quiet", from.tar, image])
  try {
    const run = [...PODMAN_RUN, "--rm", "--network=none", image, "/flywheel/v0/run"]
    const pair = await interleave(ours, async () => (await timedRun(run)).wallMs, ROUNDS)
    return { what, ...pair, against: "podman run of the same image", unit: "ms", limit: 1 }
  } finally {
    await timedRun(["podman", "rmi", image])
  }
}
