/** What is different from one OCI runtime to another. */
export interface OciRuntime {
  readonly name: "crun" | "runc"
  readonly debianPackage: string
  /** Options that keep it from managing control groups: the box is in its own already. */
  readonly withoutCgroups: readonly string[]
  /** How it must see control groups for that. */
  readonly cgroups: "hide-unified" | "read-only"
  /** Processes and threads of its own beside the gear's. */
  readonly ownProcesses: number
  /** Whether it can map the one user of a user namespace to another than 0. */
  readonly mapsAnyUser: boolean
  /** Reads a ready-made filter from an annotation, which saves translating the profile for each box. */
  readonly takesFilter: boolean
  /** Whether it may be started before there is a bundle: it begins by waiting for the bundle's description, and has done what takes longest then. */
  readonly waitsForConfig: boolean
  /** Name of its process that becomes the command and handles signals until then; undefined where that handles none. */
  readonly startingName: string | undefined
  /** What its option for the log wants before the path. */
  readonly logPrefix: string
}

/**
 * crun 1.8 refuses to run where version 2 of control groups is mounted beside version 1 and has controllers, so it must not see that.
 *
 * To load its ten libraries takes crun 2 ms of the 5 that a box takes (crun 1.8.1, Debian 12).
 *
 * runc has no option to leave control groups alone. Where it may not write to them, and is told that it may be without rights, it does.
 * Its threads were counted: 6 to 9 while it waits.
 */
export const OCI_RUNTIMES: Readonly<Record<"crun" | "runc", OciRuntime>> = {
  crun: {
    name: "crun",
    debianPackage: "crun",
    withoutCgroups: ["--cgroup-manager=disabled"],
    cgroups: "hide-unified",
    ownProcesses: 1,
    mapsAnyUser: true,
    takesFilter: true,
    waitsForConfig: true,
    startingName: undefined,
    logPrefix: "file:",
  },
  runc: {
    name: "runc",
    debianPackage: "runc",
    withoutCgroups: ["--rootless=true"],
    cgroups: "read-only",
    ownProcesses: 12,
    mapsAnyUser: false,
    takesFilter: false,
    waitsForConfig: false,
    startingName: "runc:[2:INIT]",
    logPrefix: "",
  },
}
