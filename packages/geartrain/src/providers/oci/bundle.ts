import type { BoxMount } from "@geartrain/ports"
import type { PreparedBox, ResourceLimits } from "../box/backend.ts"
import { GEAR_CAPABILITIES, HOST_NAME, MASKED_PATHS, READ_ONLY_PATHS } from "../box/root/gear-capabilities.ts"
import type { OciSeccomp } from "../box/seccomp/oci-seccomp.ts"
import type { OciRuntime } from "./runtimes.ts"

/** A mount of a bundle. */
export interface OciMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

/** What a bundle needs to know beside the box. */
export interface BundleOptions {
  /** Tells folders of the host from files. */
  readonly isFolder: (path: string) => boolean
  readonly runtime: OciRuntime
  /** The seccomp profile, for a runtime that translates it for each box… */
  readonly seccomp: OciSeccomp
  /** …and as the kernel takes it, in base64. */
  readonly filter: string
}

/**
 * The `config.json` of a bundle for a box.
 *
 * @see OCI runtime specification 1.0.2, config.md and config-linux.md
 */
export function bundleOf(prepared: PreparedBox, options: BundleOptions) {
  const user = userOf(prepared, options.runtime)
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: prepared.terminal !== undefined,
      ...(prepared.terminal === undefined ? {} : { consoleSize: prepared.terminal }),
      user: { ...user.inBox, umask: 0o022 },
      args: prepared.box.command,
      env: Object.entries(prepared.environment).map(([name, value]) => `${name}=${value}`),
      cwd: prepared.box.workingFolder,
      noNewPrivileges: true,
      capabilities: {
        bounding: GEAR_CAPABILITIES,
        effective: GEAR_CAPABILITIES,
        permitted: GEAR_CAPABILITIES,
      },
      rlimits: rlimitsOf(prepared.resourceLimits),
    },
    root: { path: prepared.root, readonly: false },
    hostname: HOST_NAME,
    mounts: [
      ...(user.mappings === undefined ? [withoutDevices(prepared.root)] : []),
      ...OWN_MOUNTS,
      ...prepared.mounts.map((mount) => bindMount(mount, options.isFolder(mount.source))),
    ],
    ...(options.runtime.takesFilter ? { annotations: { "run.oci.seccomp_bpf_data": options.filter } } : {}),
    linux: {
      namespaces: [
        ...["pid", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
        { type: "network", ...(prepared.networkNamespace === undefined ? {} : { path: prepared.networkNamespace }) },
        ...(user.mappings === undefined ? [] : [{ type: "user" }]),
      ],
      ...user.mappings,
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READ_ONLY_PATHS,
      seccomp: options.runtime.takesFilter ? REFUSE_ALL : options.seccomp,
    },
  }
}

/**
 * Keeps devices in the root filesystem from being opened. The file system is mounted so, but crun mounts it once more without that, and `root`
 * has no options. `/.` since a mount on `/` itself is refused. In a user namespace of its own the runtime cannot take the restriction away.
 */
function withoutDevices(root: string): OciMount {
  return { destination: "/.", type: "bind", source: root, options: ["bind", "remount", "rw", "nosuid", "nodev"] }
}

/**
 * There has to be a profile where the filter itself is given. A runtime that did not know the annotation would start nothing with this one, and would
 * not start boxes without a filter. To read the whole profile takes crun as long as to make a network.
 */
const REFUSE_ALL = { defaultAction: "SCMP_ACT_ERRNO" } as const

/** What every box has. */
const OWN_MOUNTS: readonly OciMount[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "noexec", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
  },
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"] },
]

/** With all that is mounted below the source, and all of it read-only if it is to be. crun refuses `rro` for what is no folder. */
function bindMount(mount: BoxMount, isFolder: boolean): OciMount {
  const access = mount.access === "read-write" ? "rw" : isFolder ? "rro" : "ro"
  return {
    destination: mount.target,
    type: "bind",
    source: mount.source,
    options: ["rbind", access, "nosuid", "nodev"],
  }
}

interface UserParts {
  readonly inBox: { readonly uid: number; readonly gid: number }
  readonly mappings?: { readonly uidMappings: readonly IdMapping[]; readonly gidMappings: readonly IdMapping[] }
}

interface IdMapping {
  readonly containerID: number
  readonly hostID: number
  readonly size: number
}

/** Where there is one user only, it is 0 already; a namespace more gives it the name that the box asks for. */
function userOf({ box, userMapping }: PreparedBox, runtime: OciRuntime): UserParts {
  const { uid, gid } = box
  if (userMapping === "full") return { inBox: { uid, gid } }
  if (!runtime.mapsAnyUser || (uid === 0 && gid === 0)) return { inBox: { uid: 0, gid: 0 } }
  const mapping = (id: number): readonly IdMapping[] => [{ containerID: id, hostID: 0, size: 1 }]
  return { inBox: { uid, gid }, mappings: { uidMappings: mapping(uid), gidMappings: mapping(gid) } }
}

function rlimitsOf(limits: ResourceLimits): readonly object[] {
  const limit = (type: string, value: number): object => ({ type, hard: value, soft: value })
  return [
    limit("RLIMIT_CORE", limits.coreBytes),
    limit("RLIMIT_NOFILE", limits.openFiles),
    ...(limits.fileBytes === undefined ? [] : [limit("RLIMIT_FSIZE", limits.fileBytes)]),
  ]
}
