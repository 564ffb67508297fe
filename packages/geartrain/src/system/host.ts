import { readFileSync, readlinkSync } from "node:fs"
import os from "node:os"

export interface HostFacts {
  readonly name: string
  readonly kernel: string
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
}

/** Asked once: to count memory and processors, the kernel has to be asked half a dozen times. */
let facts: HostFacts | undefined

export function hostFacts(): HostFacts {
  facts ??= {
    name: os.hostname(),
    kernel: os.release(),
    architecture: os.machine(),
    cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  }
  return facts
}

/** The model of the processor, or nothing where the kernel does not tell. */
export function processorModel(): string {
  return os.cpus()[0]?.model.trim() ?? ""
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * Whether this process may give files to anybody and make devices: root, and not only in a user namespace of its own.
 *
 * @see user_namespaces(7): the first namespace maps every user to itself.
 */
export function givesFilesAway(): boolean {
  return isRoot() && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "utf8"))
}

/** Numeric owner of what this program makes. */
export function currentUser(): { readonly uid: number; readonly gid: number } {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}

/** A process as nobody can mistake it: its id is used again some day, but not with the same start. */
export interface ProcessIdentity {
  readonly pid: number
  /** `<clock ticks since boot>@<the boot's own id>@<number of the process id namespace>`. */
  readonly startTime: string
  readonly host: string
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTime: startTimeOf(process.pid) ?? "", host: os.hostname() }
}

/**
 * Tells whether a process is still the one that was written down.
 *
 * @returns `unknown` for a process of another machine, or of a container with process ids of its own: nothing can be seen of it from here.
 */
export function lifeOf(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (identity.host !== os.hostname()) return "unknown"
  const now = startTimeOf(identity.pid)
  if (now === identity.startTime) return "alive"
  const [, boot, namespace] = identity.startTime.split("@")
  return boot === bootId() && namespace !== processNamespace() ? "unknown" : "dead"
}

/** Whether a process may still be there: of another machine nothing is known, so it counts as alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  return lifeOf(identity) !== "dead"
}

/** @see proc(5), /proc/pid/stat field 22; the second field is in parentheses and may hold anything. A zombie has ended. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (fields[0] === "Z" || fields[0] === "X") return undefined
    return `${fields[19]}@${bootId()}@${processNamespace()}`
  } catch {
    // No such process.
    return undefined
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
}

/** @see namespaces(7): the link reads `pid:[4026531836]`. */
function processNamespace(): string {
  return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")
}

/** Signals a process, unless another one has its id by now. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (lifeOf(identity) === "alive") process.kill(identity.pid, signal)
}

/** This machine, in the words of the OCI image specification. */
export function hostPlatform(): `${string}/${string}` {
  const architectures: Readonly<Record<string, string>> = {
    x64: "amd64",
    arm64: "arm64",
    ia32: "386",
    arm: "arm",
    ppc64: "ppc64le",
    s390x: "s390x",
  }
  return `${process.platform}/${architectures[process.arch] ?? process.arch}`
}

export function nodeVersion(): string {
  return process.versions.node
}
