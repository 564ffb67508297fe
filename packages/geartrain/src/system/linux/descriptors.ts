import { closeSync, openSync, readdirSync, readFileSync } from "node:fs"

/** @see open(2); /proc/pid/fdinfo has the flags in octal. */
const CLOSE_ON_EXEC = 0o2000000

type Stdio = "pipe" | "inherit" | "ignore" | number

/** For `stdio` of a process that is to be started: pipes, and nothing of what our own caller left open. */
export interface CleanStdio {
  readonly stdio: readonly Stdio[]
  /** To be called once the process is started. */
  close(): void
}

/**
 * Pipes, or the caller's own three files, for a process whose descendants must have no other files open. What our caller left open above 2 would be passed on to every program
 * (Node marks only its own files), and a shell cannot close what lies above 9: so /dev/null takes its place.
 */
export function cleanStdio(first: "pipe" | "inherit"): CleanStdio {
  const leaks = inheritableDescriptors()
  const stdio: Stdio[] = [first, first, first]
  if (leaks.length === 0) return { stdio, close: () => undefined }
  const nothing = openSync("/dev/null", "r+")
  for (const fd of leaks) {
    while (stdio.length < fd) stdio.push("ignore")
    stdio[fd] = nothing
  }
  return { stdio, close: () => closeSync(nothing) }
}

function inheritableDescriptors(): readonly number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd > 2 && isInheritable(fd))
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0"
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    // The descriptor with which the folder was read: closed by now.
    return false
  }
}
