/** Architectures whose calls are known here, as `uname -m` names them. */
export type Architecture = "x86_64" | "aarch64"

interface ArchitectureFacts {
  /** What the kernel calls it in the data that a filter sees. @see linux/audit.h, AUDIT_ARCH_* */
  readonly audit: number
  /** As the OCI runtime specification and libseccomp call it. */
  readonly oci: string
  /** Column of `SYSCALLS`. */
  readonly column: 0 | 1
}

export const ARCHITECTURES: Readonly<Record<Architecture, ArchitectureFacts>> = {
  x86_64: { audit: 0xc000_003e, oci: "SCMP_ARCH_X86_64", column: 0 },
  aarch64: { audit: 0xc000_00b7, oci: "SCMP_ARCH_AARCH64", column: 1 },
}

/** @throws {RangeError} for a machine whose numbers of calls are not known here. */
export function architectureOf(machine: string): Architecture {
  if (machine === "x86_64" || machine === "aarch64") return machine
  throw new RangeError(`No system calls are known for machine "${machine}"`)
}

/**
 * Numbers of the calls that the profile names: on x86_64, on aarch64; undefined where an architecture never had the call.
 *
 * @see Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h
 */
export const SYSCALLS: Readonly<Record<string, readonly [number, number | undefined]>> = {
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  move_mount: [429, 429],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  create_module: [174, undefined],
  get_kernel_syms: [177, undefined],
  query_module: [178, undefined],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  nfsservctl: [180, 42],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  userfaultfd: [323, 282],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  open_by_handle_at: [304, 265],
  setns: [308, 268],
  unshare: [272, 97],
  clone: [56, 220],
  clone3: [435, 435],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  iopl: [172, undefined],
  ioperm: [173, undefined],
  vhangup: [153, 58],
  syslog: [103, 116],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  uselib: [134, undefined],
  ustat: [136, undefined],
  sysfs: [139, undefined],
  _sysctl: [156, undefined],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  socket: [41, 198],
  ioctl: [16, 29],
}
