import type { Limits } from "@geartrain/spec"
import { readDuration, readSize, type WrittenResources } from "@geartrain/spec/additions"

/** What a datum may use, as numbers. What is not said is left to the gear and the machine. */
export function limitsOf({ cpus, memory, disk, time }: WrittenResources = {}): Limits {
  const [memoryBytes, outputBytes, timeMs] = [read(memory, readSize), read(disk, readSize), read(time, readDuration)]
  return {
    ...(cpus === undefined ? {} : { cpuCores: cpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(outputBytes === undefined ? {} : { outputBytes }),
    ...(timeMs === undefined ? {} : { timeMs }),
  }
}

function read(text: string | undefined, how: (text: string) => number | undefined): number | undefined {
  return text === undefined ? undefined : how(text)
}
