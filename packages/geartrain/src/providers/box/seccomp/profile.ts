/** What a denied call answers with. */
export type Refusal = "EPERM" | "ENOSYS" | "EAFNOSUPPORT"

/**
 * A test of one argument of a system call, of its lower 32 bits: all that the kernel looks at for what is tested here, so that a program
 * cannot get round a test by setting a bit above them.
 */
export type ArgumentTest =
  | { readonly argument: number; readonly equals: number }
  | { readonly argument: number; readonly atLeast: number }
  | { readonly argument: number; readonly hasAnyOf: number }

/** Calls that are denied: always, or when one of the tests holds. */
export interface Denial {
  readonly calls: readonly string[]
  readonly refusal: Refusal
  readonly when?: readonly ArgumentTest[]
}

/** Flags that make a new namespace: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. @see linux/sched.h */
const NEW_NAMESPACES = 0x7e02_0000
/** In `unshare` alone: `clone` has its exit signal there. */
const NEW_TIME_NAMESPACE = 0x80

/** Families of sockets: unspecified, Unix, IPv4, IPv6 and netlink stay. @see bits/socket.h */
const FIRST_FAMILY_AFTER_NETLINK = 17
const OTHER_FAMILIES = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]

/** Push a character into the input of a terminal, as if the user had typed it; the same, and more, for a virtual console. */
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c

/**
 * What a gear may not ask of the kernel. Everything else is allowed: which calls numerical libraries use is not for us to guess, and a list
 * of what is dangerous and useless to them is short. It is a second wall: without capabilities the kernel refuses most of this anyway.
 *
 * Programs of another architecture than the machine's own (32-bit ones, x32) are killed at their first call, since these rules do not cover
 * the other numbers of their calls.
 *
 * @see The default profile of docker, which allows by list; flatpak's, which denies by list, and its CVE-2017-5226 and CVE-2019-10063 (TIOCSTI).
 */
export const DENIALS: readonly Denial[] = [
  {
    // Mounts, by the old and the new calls.
    calls: [
      "mount",
      "umount2",
      "pivot_root",
      "move_mount",
      "open_tree",
      "open_tree_attr",
      "fsopen",
      "fsconfig",
      "fsmount",
      "fspick",
      "mount_setattr",
    ],
    refusal: "EPERM",
  },
  {
    // The kernel itself: its modules, its successor, its swap, its log, its names.
    calls: [
      "init_module",
      "finit_module",
      "delete_module",
      "create_module",
      "get_kernel_syms",
      "query_module",
      "kexec_load",
      "kexec_file_load",
      "reboot",
      "swapon",
      "swapoff",
      "acct",
      "quotactl",
      "quotactl_fd",
      "nfsservctl",
      "syslog",
      "sethostname",
      "setdomainname",
      "vhangup",
      "iopl",
      "ioperm",
      "uselib",
      "ustat",
      "sysfs",
      "_sysctl",
    ],
    refusal: "EPERM",
  },
  {
    // Ways round namespaces and file permissions, and corners of the kernel that many of its faults came from.
    calls: [
      "bpf",
      "perf_event_open",
      "keyctl",
      "add_key",
      "request_key",
      "userfaultfd",
      "fanotify_init",
      "lookup_dcookie",
      "open_by_handle_at",
      "setns",
    ],
    refusal: "EPERM",
  },
  { calls: ["settimeofday", "clock_settime", "clock_adjtime", "adjtimex"], refusal: "EPERM" },
  { calls: ["clone"], refusal: "EPERM", when: [{ argument: 0, hasAnyOf: NEW_NAMESPACES }] },
  { calls: ["unshare"], refusal: "EPERM", when: [{ argument: 0, hasAnyOf: NEW_NAMESPACES | NEW_TIME_NAMESPACE }] },
  // Its flags lie in memory, where a filter cannot look. "No such call" makes C libraries fall back to clone.
  { calls: ["clone3"], refusal: "ENOSYS" },
  // Programs that use it fall back when the kernel is too old to have it.
  { calls: ["io_uring_setup", "io_uring_enter", "io_uring_register"], refusal: "ENOSYS" },
  {
    // Virtual-machine sockets (40) leave every network namespace; packet sockets (17) and the rest have no use in a box.
    calls: ["socket"],
    refusal: "EAFNOSUPPORT",
    when: [
      { argument: 0, atLeast: FIRST_FAMILY_AFTER_NETLINK },
      ...OTHER_FAMILIES.map((family) => ({ argument: 0, equals: family })),
    ],
  },
  {
    calls: ["ioctl"],
    refusal: "EPERM",
    when: [
      { argument: 1, equals: TIOCSTI },
      { argument: 1, equals: TIOCLINUX },
    ],
  },
]

/** @see errno-base.h, errno.h of Linux; the same on x86_64 and aarch64. */
export const ERRNO: Readonly<Record<Refusal, number>> = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 }
