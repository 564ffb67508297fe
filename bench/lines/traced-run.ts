import type { Measurement, Row } from "../bench.ts"
import { gear, gearData } from "../gear-command.ts"
import { interleave } from "../measure/interleave.ts"
import { isInstalled } from "../peers.ts"

const ROUNDS = 7

/** From what minds being watched least to what minds it most. */
const LOADS: readonly { readonly name: string; readonly what: string; readonly script: string }[] = [
  { name: "nothing", what: "does nothing", script: "true" },
  { name: "computes", what: "sums 300 MB", script: "head -c 300000000 /dev/zero | sha256sum" },
  {
    name: "starts-programs",
    what: "starts 500 programs",
    script: "i=0; while [ $i -lt 500 ]; do /bin/cat /dev/null; i=$((i + 1)); done",
  },
  {
    name: "opens-files",
    what: "opens a small file 5,000 times",
    script: "i=0; while [ $i -lt 5000 ]; do read -r _ </flywheel/v0/run; i=$((i + 1)); done",
  },
]

/** A job that is run again watched, and the same job run again unwatched; both compare the outputs. */
export const tracedRun: Measurement = {
  name: "traced-run",
  measure: async (bench) => {
    if (!isInstalled("strace")) return []
    const rows: Row[] = []
    for (const { name, what, script } of LOADS) {
      const { tar } = await bench.gear({ name, megabytes: 5, script })
      await gear(["import", tar], bench.home)
      const { id } = await gearData<{ readonly id: string }>(["run", name], bench.home)
      const again = (command: string) => async () => (await gear([command, id, "--quiet"], bench.home)).wallMs
      const pair = await interleave(again("trace"), again("verify"), ROUNDS)
      rows.push({ what: `gear trace, ${what}`, ...pair, against: "gear verify of the same job", unit: "ms" })
    }
    return rows
  },
}
