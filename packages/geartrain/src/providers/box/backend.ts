import type { Box, BoxMount } from "@geartrain/ports"
import type { TerminalSize } from "../../system/linux/terminal.ts"
import type { Machine } from "./machine/machine.ts"

/** What both backends and this room need to know to make one box. Paths that are not said to be others are the host's. */
export interface PreparedBox {
  readonly box: Box
  /** Where the backend keeps its files, in the holder's mount namespace, and where its command is started. */
  readonly folder: string
  /** The box's root filesystem, writable, in the holder's mount namespace. It is mounted when the command runs. */
  readonly root: string
  /** The provider's folder in the holder's mount namespace; see `holder-script.ts`. */
  readonly state: string
  /** All of it: nothing is to be added. */
  readonly environment: Readonly<Record<string, string>>
  /** No target is a link, or lies behind one. */
  readonly mounts: readonly BoxMount[]
  /** A network namespace made for the box, by path in the holder's mount namespace; absent: the backend makes an empty one. */
  readonly networkNamespace?: string
  readonly streams: "captured" | "terminal"
  /** In terminal mode, if the caller's own files are a terminal. */
  readonly terminal?: TerminalSize
  /** The caller is root of the machine, or of a user namespace that has one user and group only. */
  readonly userMapping: "full" | "single"
  readonly resourceLimits: ResourceLimits
}

/** Limits of each process. @see getrlimit(2) */
export interface ResourceLimits {
  readonly coreBytes: number
  readonly openFiles: number
  readonly fileBytes?: number
}

/** The command that starts a box, for the shell: it is run in the box's folder, and replaces the shell. */
export interface BackendCommand {
  readonly words: readonly string[]
  /** Redirections of the backend's own, as the shell has them, such as `4>status`. */
  readonly redirections?: string
  /** Commands of the shell before it, such as `ulimit -c 0`. */
  readonly before?: string
}

/** How a backend is started, and which files it wants in its folder: name to content. They are for nobody else to read. */
export interface BackendStart {
  readonly command: BackendCommand
  readonly files: Readonly<Record<string, string | Uint8Array>>
}

/** How a program is started before its box is known: it waits until it can read a file. */
export interface EarlyStart {
  /** The only one that `Backend.prepare` names. */
  readonly file: string
  /** @param at  Its folder and `PreparedBox.state`, and a name that is not the box's, for that is not known yet. */
  command(at: Pick<PreparedBox, "folder" | "state"> & { readonly id: string }): readonly string[]
}

/** How a backend's program ended, in the terms of the box. */
export type Ending =
  | { readonly type: "ended"; readonly code: number }
  | { readonly type: "no-command"; readonly code: 126 | 127 }
  | { readonly type: "failed"; readonly words: string }

/** What is different from one backend to another. */
export interface Backend {
  readonly name: string
  readonly version: string
  /** Absolute path. */
  readonly program: string
  /** Processes and threads of the backend's own that count against a box's limit of processes. */
  readonly ownProcesses: number
  /** How it wants to see control groups; it is not to manage any. */
  readonly cgroups: "hide-unified" | "read-only" | "as-they-are"
  /** Absent where the program has to be told everything when it starts. */
  readonly early?: EarlyStart
  /** Whom the box's users are outside. */
  userMapping(machine: Machine): "full" | "single"
  prepare(prepared: PreparedBox): BackendStart
  /**
   * The number of the box's first process, in the holder's process namespace; undefined while there is none.
   *
   * @param folder  `PreparedBox.folder`, as this process can read it.
   */
  firstProcess(folder: string): number | undefined
  /**
   * Whether the box's first process is still the backend's own, about to become the command.
   *
   * @param status  The text of its /proc/<pid>/status.
   */
  isStarting(status: string): boolean
  /** @param words  Reads the end of what came out of the box, and of the backend if it writes there too. */
  ending(folder: string, code: number, words: () => Promise<string>): Promise<Ending>
}
