/**
 * The capabilities that a gear keeps as user 0: what `tar`, `install` and `su` need on its own files and processes. All act within the box
 * only. Another user than 0 has none.
 *
 * @see capabilities(7). Of docker's fourteen these are seven: no device nodes, no raw sockets, no low ports, no other root folder, no file
 *   capabilities, no audit.
 */
export const GEAR_CAPABILITIES: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
]

/** Parts of /proc that tell of the machine and of other users, or are large targets. Those that a kernel does not have are skipped. */
export const MASKED_PATHS: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/dynamic_debug",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
]

/** Parts of /proc that act on the whole machine when written to. */
export const READ_ONLY_PATHS: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
]

export const HOST_NAME = "gear"
