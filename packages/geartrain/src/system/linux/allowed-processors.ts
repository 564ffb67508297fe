import { readKernelFile } from "./kernel-files.ts"

/** The numbers of the processors that this process may run on; none where the kernel does not say. */
export function allowedProcessors(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readKernelFile("/proc/self/status") ?? "")?.[1]
  return list === undefined ? [] : processorsOf(list)
}

/**
 * @see cpuset(7), "List format"
 * @example
 *   processorsOf("0-2,6") // => [0, 1, 2, 6]
 */
export function processorsOf(list: string): readonly number[] {
  return list.split(",").flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
