/** What a process does with a signal. */
export type Disposition = "delivers" | "ignores" | "ends"

/**
 * Finds out what a signal does to a process.
 *
 * To the first process of a process namespace the kernel delivers only what it catches, or holds back for now; another process would end by
 * a signal that it does neither catch nor ignore.
 *
 * @param status  The text of /proc/<pid>/status: masks in hexadecimal, bit n - 1 for signal n.
 * @see proc(5); pid_namespaces(7), "The namespace init process"
 * @example
 *   dispositionOf("SigBlk:\t0000000000000000\nSigIgn:\t0000000000004000\nSigCgt:\t0000000000000000\n", 15) // => "ignores"
 */
export function dispositionOf(status: string, signal: number): Disposition {
  const holds = (name: string): boolean => {
    const mask = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0"
    return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n
  }
  if (holds("SigIgn")) return "ignores"
  return holds("SigCgt") || holds("SigBlk") ? "delivers" : "ends"
}
