import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs"

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
 *
 * @param further  Open files that the process is to have besides: by its number, ours.
 */
export function cleanStdio(first: "pipe" | "inherit", further: ReadonlyMap<number, number> = new Map()): CleanStdio {
  const leaks = inheritableDescriptors().filter((fd) => !further.has(fd))
  const stdio: Stdio[] = [first, first, first]
  const put = (fd: number, what: Stdio): void => {
    while (stdio.length < fd) stdio.push("ignore")
    stdio[fd] = what
  }
  const nothing = leaks.length === 0 ? undefined : openSync("/dev/null", "r+")
  if (nothing !== undefined) for (const fd of leaks) put(fd, nothing)
  for (const [fd, what] of further) put(fd, what)
  return { stdio, close: () => nothing !== undefined && closeSync(nothing) }
}

/** Opens a folder, for a process that is to be given it. */
export function openFolder(path: string): { readonly fd: number; close(): void } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  return { fd, close: () => closeSync(fd) }
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
