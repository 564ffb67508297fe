import type { Network } from "@geartrain/spec"

/** What a provider can do on this machine. Data, so that the engine, the laws and `gear doctor` read the same. */
export interface ProviderCapabilities {
  /** `none` is offered by every provider. */
  readonly networks: readonly Network[]
  /** Which limits the kernel holds for it. A limit that is asked for and not listed here is refused before a job starts. */
  readonly limits: readonly BoxLimit[]
  /** Forms of root filesystem that it can mount. */
  readonly roots: readonly RootForm[]
  /** Works without being root. */
  readonly rootless: boolean
  /**
   * `full`: any uid and gid in the box is itself outside. `single`: there is one uid and gid, the caller's, whatever it is called inside, so
   * folders that the gear shall write to have to belong to the caller; it is called what the box asks for where the backend can do that, else 0.
   */
  readonly userMapping: "full" | "single"
  /** How `Usage` is found out. */
  readonly measures: "cgroup" | "sampled" | "none"
  /** What a box can be held to here, for experiments. One that is asked for and not listed here is refused before a job starts. */
  readonly constraints: readonly BoxConstraint[]
  /** Takes `Box.around`. A box that asks for it elsewhere is refused before a job starts. */
  readonly around: boolean
}

/**
 * Something that otherwise differs from run to run, or from machine to machine, and that the outside can hold still. `one-cpu`: all processes of
 * the box run on one processor, and see no other; `fixed-addresses`: programs and their memory lie at the same addresses in each run.
 */
export type BoxConstraint = "one-cpu" | "fixed-addresses"

export type BoxLimit = "memory" | "cpu" | "processes" | "file-size"

/** `tree`: an unpacked folder; `squashfs`: one file of that format. */
export type RootForm = "tree" | "squashfs"

/** A root filesystem as it lies on disk. It is never written to. */
export interface RootFilesystem {
  readonly form: RootForm
  /** Absolute path of the folder or file. */
  readonly path: string
}

/** A file or folder of the host that appears in the box. */
export interface BoxMount {
  /** Absolute path on the host; exists. */
  readonly source: string
  /** Absolute path in the box. Made if it is not there. */
  readonly target: string
  readonly access: "read-only" | "read-write"
}

/**
 * Everything about one sealed execution. What is not said here is not in the box: no other mount, variable, device or capability.
 *
 * The box always has: its own process, mount, network (see `network`), IPC and host-name spaces; `/proc`; `/dev` with null, zero, full,
 * random, urandom, tty, pts, shm; the root filesystem with a layer over it that takes every write and is thrown away; host name `gear`;
 * umask 022; no new privileges; the seccomp profile and the few capabilities that SECURITY.md lists; standard input that is empty. Devices in
 * the root filesystem or a mount cannot be opened. The command is process 1, as under docker: it has to reap what it leaves behind.
 */
export interface Box {
  /** Unique on this machine: lower-case letters, digits and `-`, at most 64. */
  readonly id: string
  /** A folder of this box's own, empty, on the host, for what the provider has to keep. The caller removes it after `delete`. */
  readonly folder: string
  /**
   * A folder on the disk of `folder`, perhaps not there yet, which the provider may keep what is as if it was new in, for the boxes to come; it is
   * gone after `close`. Only where the root filesystem does not change as long as the provider is open. Absent: nothing is kept.
   */
  readonly spares?: string
  readonly root: RootFilesystem
  /** In the order in which they are made, so that a mount may lie in an earlier one. */
  readonly mounts: readonly BoxMount[]
  /** Argument list; the first is found on the box's PATH unless it has a slash. */
  readonly command: readonly string[]
  /** All of it, but that `PWD` (the working folder) and `HOME` (`/`) are added where they are absent, since not every backend can leave them out. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute path in the box. Made if it is not there; belongs to `uid` and `gid`, as `HOME` does, unless a mount lies on it. */
  readonly workingFolder: string
  readonly uid: number
  readonly gid: number
  readonly network: Network
  readonly memoryBytes?: number
  readonly cpuCores?: number
  readonly processes?: number
  /** Largest file that the gear may write. */
  readonly fileBytes?: number
  readonly constraints?: readonly BoxConstraint[]
  /**
   * Words of a program on the host that runs the words after it, such as a tracer: the backend is started by it, outside of the box. It may not
   * print, and ends as what it ran ends.
   */
  readonly around?: readonly string[]
  /** `captured`: the caller reads stdout and stderr; `terminal`: the box has the caller's own terminal. */
  readonly streams: "captured" | "terminal"
}

/** What was measured of a box. Absent members could not be. */
export interface BoxUsage {
  readonly cpuMs?: number
  readonly peakMemoryBytes?: number
  readonly readBytes?: number
  readonly writtenBytes?: number
}

/** How a box ended. */
export interface BoxExit {
  /** The exit code, as a shell has it: 128 + n when signal n ended the command. */
  readonly code: number
  /** `SIGKILL` and the like, when a signal ended it. */
  readonly signal?: string
  /** The kernel killed something in the box because its memory limit was reached; or the provider did, which `memoryStall` tells. */
  readonly outOfMemory: boolean
  /**
   * The kernel killed nothing, and the box had stopped getting on: with its memory limit reached, all that it did was to read the pages of its
   * own programs from the disk again and again. The provider ended it.
   */
  readonly memoryStall?: true
  /** A fork was refused because of the limit of processes. Always false where that cannot be known. */
  readonly outOfProcesses: boolean
  readonly usage: BoxUsage
}

/** A box that runs, or has run. */
export interface Container {
  readonly id: string
  /** Bytes as they come, ending when the box has ended. Nothing in terminal mode. Each may be read once. */
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  state(): "running" | "stopped"
  /** Memory that the box uses now. Quick; offered when `capabilities.measures` is not `none`. Undefined once it has stopped. */
  memoryBytes?(): number | undefined
  /**
   * Sends the command a signal; SIGKILL ends every process of the box. Does nothing once it has stopped.
   *
   * A command that neither catches nor ignores the signal ends by it, with all that it started, as if it were not process 1, to which the
   * kernel delivers only what it catches.
   */
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<void>
  /**
   * Resolves when the last process of the box is gone. May be called often; always the same answer.
   *
   * @throws {GeartrainError} PROVIDER_FAILED when the box turned out not to be possible after all, or nobody can tell how it ended.
   */
  wait(): Promise<BoxExit>
  /** Kills what still runs, and removes mounts, cgroups and files of the provider's. May be called twice. */
  delete(): Promise<void>
}

/**
 * Isolates: runs one command in a sealed box and tells how it ended.
 *
 * A provider holds no state but of its running boxes. When the program that uses it dies, by any signal, its boxes die too.
 * What each method promises is written as laws in `laws/provider.ts`.
 */
export interface Provider {
  /** Stable, lower case: `crun`, `runc`, `bubblewrap`. */
  readonly name: string
  /** As the backend prints it. */
  readonly version: string
  readonly capabilities: ProviderCapabilities
  /**
   * Begins what the first box would have to wait for, if there is anything, and does not wait for it. May be called at any time, and need not
   * be: what goes wrong is told by `start`.
   *
   * @param root  What a box will most likely run on.
   */
  warmUp(root?: RootFilesystem): void
  /**
   * Starts the command, and answers once it runs or has run.
   *
   * @throws {GeartrainError} PROVIDER_FAILED when the box could not be made; nothing is left of it then.
   * @throws {GeartrainError} CAPABILITY_MISSING when the box asks for what `capabilities` does not offer.
   */
  start(box: Box, options?: { readonly signal?: AbortSignal }): Promise<Container>
  /**
   * Lets go of what is kept of a root filesystem, which its owner may remove or change then. No box of it runs, or is started meanwhile: the caller
   * sees to that. Does nothing for one that no box ran on; a box may run on it again later.
   */
  forget(root: RootFilesystem): Promise<void>
  /** Ends all boxes and releases what the provider holds. May be called twice; `start` fails afterwards. */
  close(): Promise<void>
}
