import { monotonicMs } from "../../../system/clock.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { counter, firstNumber } from "./counters.ts"
import type { MemoryReading } from "./memory-stall.ts"
import type { CgroupPlace } from "./places.ts"

/**
 * Reads how the groups of a box stand with their memory limit; undefined where they have none, or do not tell all of it.
 *
 * @see cgroup-v1/memory.rst, "stat file"; cgroup-v1/cpuacct.rst; cgroup-v2.rst, "memory.stat" and "cpu.stat"
 */
export function readMemory(groups: readonly CgroupPlace[]): MemoryReading | undefined {
  const group = groups.find(({ controllers }) => controllers.includes("memory"))
  const cpu = readCpuTimes(groups)
  if (group === undefined || cpu === undefined) return undefined
  const names = NAMES[group.version]
  const limitBytes = firstNumber(readKernelFile(`${group.path}/${names.limit}`))
  const usageBytes = firstNumber(readKernelFile(`${group.path}/${names.usage}`))
  const stat = readKernelFile(`${group.path}/memory.stat`)
  const cached = counter(stat, names.cached)
  const shared = counter(stat, names.shared)
  const majorFaults = counter(stat, names.majorFaults)
  if (limitBytes === undefined || usageBytes === undefined) return undefined
  if (cached === undefined || shared === undefined || majorFaults === undefined) return undefined
  // Files that lie in memory, with no disk to read them from, are counted among the cached ones.
  return { atMs: monotonicMs(), limitBytes, usageBytes, fileBytes: cached - shared, majorFaults, ...cpu }
}

/** Files, and words in memory.stat, by the version of control groups. */
const NAMES = {
  1: {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    cached: "total_cache",
    shared: "total_shmem",
    majorFaults: "total_pgmajfault",
  },
  2: { limit: "memory.max", usage: "memory.current", cached: "file", shared: "shmem", majorFaults: "pgmajfault" },
} as const

function readCpuTimes(groups: readonly CgroupPlace[]): Pick<MemoryReading, "userTime" | "systemTime"> | undefined {
  const accounting = groups.find(({ controllers }) => controllers.includes("cpuacct"))
  if (accounting !== undefined) return cpuTimes(readKernelFile(`${accounting.path}/cpuacct.stat`), "user", "system")
  // Counted in every group of version 2, with or without the controller.
  const unified = groups.find(({ version }) => version === 2)
  return unified && cpuTimes(readKernelFile(`${unified.path}/cpu.stat`), "user_usec", "system_usec")
}

function cpuTimes(text: string | undefined, user: string, system: string) {
  const userTime = counter(text, user)
  const systemTime = counter(text, system)
  return userTime === undefined || systemTime === undefined ? undefined : { userTime, systemTime }
}
