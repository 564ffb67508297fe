import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Lab, openLab } from "../../packages/geartrain/test/server/end-to-end/lab.ts"
import type { Measurement, Row } from "../bench.ts"
import { environment, GEAR } from "../gear-command.ts"

const JOBS = 1000
const STARTS = 20
/** What was promised: 20 jobs a second, a start within 50 ms, 300 MB. */
const PROMISED = { jobMs: 50, startMs: 50, bytes: 300 * 1000 * 1000 }

/** Jobs that do nothing through a whole server: ordered over HTTP, claimed by its runner, sealed, recorded and published. */
export const serverJobs: Measurement = {
  name: "server-jobs",
  measure: async (bench) => {
    const data = join(bench.folder, "server")
    const child = spawn(GEAR, ["serve", "--json", "--port", "0", "--data", data, "--slots", "2"], {
      env: environment(bench.home),
      stdio: ["ignore", "pipe", "ignore"],
    })
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer]
      const { address, firstAdmin } = JSON.parse(line.toString()) as Started
      const lab = await openLab(() => address, { password: firstAdmin.password, folder: bench.folder })
      return await measureOn(lab, child.pid as number)
    } finally {
      child.kill("SIGTERM")
      if (child.exitCode === null) await once(child, "exit")
    }
  },
}

interface Started {
  readonly address: string
  readonly firstAdmin: { readonly password: string }
}

async function measureOn(lab: Lab, pid: number): Promise<readonly Row[]> {
  const destination = await lab.session("bench")
  await lab.gear({ name: "nothing", command: "true" })
  const order = { gear: "nothing", destination }
  // The gear is fetched and unpacked once.
  await completed(lab, [await lab.submit(order)])
  const starts: number[] = []
  for (let n = 0; n < STARTS; n++) {
    const id = await lab.submit(order)
    await completed(lab, [id])
    const { queuedMs, startedMs } = await lab.job(id)
    starts.push(startedMs - queuedMs)
  }
  const beginMs = performance.now()
  const ids: string[] = []
  const senders = Array.from({ length: 4 }, async () => {
    while (ids.length < JOBS) {
      const at = ids.push("") - 1
      ids[at] = await lab.submit(order)
    }
  })
  await Promise.all(senders)
  await completed(lab, ids.toReversed())
  const jobMs = (performance.now() - beginMs) / ids.length
  return [
    row(`${ids.length} jobs that do nothing: each`, jobMs, PROMISED.jobMs),
    row("from order to start, nothing else to do", median(starts), PROMISED.startMs),
    { ...row("memory of the server, at most", peakOf(pid), PROMISED.bytes), unit: "bytes" },
  ]
}

async function completed(lab: Lab, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { state, reason } = await lab.ended(id)
    if (state !== "complete") throw new Error(`Job ${id} is ${state}: ${reason}`)
  }
}

function row(what: string, ours: number, theirs: number): Row {
  return { what, ours, against: "what was promised", theirs, unit: "ms", ratio: ours / theirs, limit: 1 }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** @see proc(5), /proc/pid/status: the most memory that the process had at once, in KiB. */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024
}
