import type { BoxUsage } from "@geartrain/ports"
import { delay } from "../../../system/clock.ts"
import { mkdir, rmdir } from "../../../system/files.ts"
import { readKernelFile, writeKernelFile } from "../../../system/linux/kernel-files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { counter, firstNumber } from "./counters.ts"
import { readMemory } from "./memory-reading.ts"
import type { MemoryReading } from "./memory-stall.ts"
import type { CgroupPlace, Controller } from "./places.ts"

/** Limits as the kernel takes them. */
export interface CgroupLimits {
  readonly memoryBytes?: number
  readonly cpuCores?: number
  readonly processes?: number
}

/** How finely the kernel divides CPU time among groups: its own default. @see cgroup-v2.rst, "cpu.max" */
const PERIOD_US = 100_000
/** The kernel takes no smaller share of a period. */
const LEAST_QUOTA_US = 1000

/** The groups of one box: one folder in each hierarchy. All calls are quick and do not wait, but `killAll` and `remove`. */
export class BoxCgroup {
  readonly #groups: readonly CgroupPlace[]

  private constructor(groups: readonly CgroupPlace[]) {
    this.#groups = groups
  }

  /** While a process is moved between groups the kernel lets everybody wait who makes one: so this is not synchronous. */
  static async make(groups: readonly CgroupPlace[]): Promise<BoxCgroup> {
    await Promise.all(groups.map(({ path }) => mkdir(path)))
    return new BoxCgroup(groups)
  }

  limit(limits: CgroupLimits): void {
    if (limits.memoryBytes !== undefined) this.#limitMemory(limits.memoryBytes)
    if (limits.cpuCores !== undefined) this.#limitCpu(limits.cpuCores)
    const pids = this.#with("pids")
    if (limits.processes !== undefined && pids !== undefined)
      writeKernelFile(`${pids.path}/pids.max`, String(limits.processes))
  }

  usage(): BoxUsage {
    const cpuMs = this.#cpuMs()
    const peak = this.#peakMemoryBytes()
    return {
      ...(cpuMs === undefined ? {} : { cpuMs }),
      ...(peak === undefined ? {} : { peakMemoryBytes: peak }),
    }
  }

  /** What counts against the limit at this moment. */
  memoryBytes(): number | undefined {
    const group = this.#with("memory")
    if (group === undefined) return undefined
    const file = group.version === 1 ? "memory.usage_in_bytes" : "memory.current"
    return firstNumber(readKernelFile(`${group.path}/${file}`))
  }

  /** How often the kernel killed something for want of memory. */
  memoryKills(): number {
    const group = this.#with("memory")
    if (group === undefined) return 0
    const file = group.version === 1 ? "memory.oom_control" : "memory.events"
    return counter(readKernelFile(`${group.path}/${file}`), "oom_kill") ?? 0
  }

  /** How it stands with its memory limit; undefined where that cannot be told. */
  memory(): MemoryReading | undefined {
    return readMemory(this.#groups)
  }

  /** How often a fork was refused. */
  refusedForks(): number {
    const group = this.#with("pids")
    return group === undefined ? 0 : (counter(readKernelFile(`${group.path}/pids.events`), "max") ?? 0)
  }

  /** Ids of the processes in the box, as this process sees them. */
  processes(): readonly number[] {
    // Every process is in all of the groups.
    const [group] = this.#groups
    const pids = group === undefined ? "" : (readKernelFile(`${group.path}/cgroup.procs`) ?? "")
    return pids
      .split("\n")
      .filter((pid) => pid !== "" && pid !== "0")
      .map(Number)
  }

  /** Kills every process until none is left. Gives up after 10 s: what waits for a broken disk or a lost server cannot be killed. */
  async killAll(): Promise<boolean> {
    const unified = this.#groups.find(({ version }) => version === 2)
    for (let tries = 0; tries < 500; tries += 1) {
      const pids = this.processes()
      if (pids.length === 0) return true
      if (unified !== undefined && readKernelFile(`${unified.path}/cgroup.events`) !== undefined)
        killGroup(`${unified.path}/cgroup.kill`)
      for (const pid of pids) killProcess(pid)
      await delay(Math.min(20, 1 + tries))
    }
    return false
  }

  async remove(): Promise<void> {
    await Promise.all(this.#groups.map(({ path }) => removeGroup(path)))
  }

  #limitMemory(bytes: number): void {
    const group = this.#with("memory")
    if (group === undefined) return
    if (group.version === 2) {
      writeKernelFile(`${group.path}/memory.max`, String(bytes))
      // Without accounting of swap there is no such file, and nothing to hold.
      writeIfThere(`${group.path}/memory.swap.max`, "0")
      return
    }
    writeKernelFile(`${group.path}/memory.limit_in_bytes`, String(bytes))
    // Memory and swap together: no swap beyond the limit.
    writeIfThere(`${group.path}/memory.memsw.limit_in_bytes`, String(bytes))
  }

  #limitCpu(cores: number): void {
    const group = this.#with("cpu")
    if (group === undefined) return
    const quota = Math.max(LEAST_QUOTA_US, Math.round(cores * PERIOD_US))
    if (group.version === 2) writeKernelFile(`${group.path}/cpu.max`, `${quota} ${PERIOD_US}`)
    else {
      writeKernelFile(`${group.path}/cpu.cfs_period_us`, String(PERIOD_US))
      writeKernelFile(`${group.path}/cpu.cfs_quota_us`, String(quota))
    }
  }

  #cpuMs(): number | undefined {
    const accounting = this.#with("cpuacct")
    if (accounting !== undefined) return scaled(firstNumber(readKernelFile(`${accounting.path}/cpuacct.usage`)), 1e6)
    // Counted in every group of version 2, with or without the controller.
    const unified = this.#groups.find(({ version }) => version === 2)
    return unified && scaled(counter(readKernelFile(`${unified.path}/cpu.stat`), "usage_usec"), 1e3)
  }

  /** What counts against the limit: the file cache of what the box has read and written is in it. */
  #peakMemoryBytes(): number | undefined {
    const group = this.#with("memory")
    if (group === undefined) return undefined
    const file = group.version === 1 ? "memory.max_usage_in_bytes" : "memory.peak"
    return firstNumber(readKernelFile(`${group.path}/${file}`))
  }

  #with(controller: Controller): CgroupPlace | undefined {
    return this.#groups.find(({ controllers }) => controllers.includes(controller))
  }
}

async function removeGroup(path: string): Promise<void> {
  // The kernel counts a process out a moment after it is gone.
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return await rmdir(path)
    } catch (error) {
      const code = systemCode(error)
      if (code === "ENOENT") return
      if (code !== "EBUSY") throw error
    }
    await delay(Math.min(20, 1 + tries))
  }
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by
}

function writeIfThere(path: string, text: string): void {
  if (readKernelFile(path) !== undefined) writeKernelFile(path, text)
}

function killGroup(path: string): void {
  try {
    writeKernelFile(path, "1")
  } catch {
    // Linux before 5.14 has no such file: each process is killed by itself.
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // Gone already.
  }
}
