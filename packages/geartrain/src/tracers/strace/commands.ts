/** The record's name in the tracer's folder. */
export const RECORD = "strace.record"

/** A gear that looks for files without end shall not fill the disk; two hours of a busy Python program are a tenth of this. */
const MOST_RECORD_BYTES = 4 * 1024 ** 3

/**
 * The system calls that are recorded: all that name a file, that make processes, that change where relative names begin, or that name an
 * address. The question mark is for those that not every machine has.
 */
const CALLS = [
  "%file",
  ...["clone", "?clone3", "?fork", "?vfork", "unshare", "setns", "fchdir"],
  ...["connect", "sendto", "sendmsg", "sendmmsg"],
]

/**
 * What a C library calls first in a process that was just made; nothing is read from it. strace lets a new process run at full speed only after
 * the first recorded call that it makes itself (6.1 to 6.8), and one that only reads, writes and computes would make none: a job that sums 300 MB
 * took twice the CPU time.
 */
const FIRST_CALLS = ["?set_robust_list", "?set_tid_address"]

/** Calls of which a structure tells something: an address, how to open, what a child shares. */
const WITH_STRUCTURES = ["connect", "sendto", "sendmsg", "sendmmsg", "?openat2", "?clone3"]

/**
 * The words that run what follows them under strace.
 *
 *   --seccomp-bpf       only the recorded calls stop a process; all others go at full speed
 *   -xx                 every text in hexadecimal digits, so that no name can look like something else
 *   -y, --decode-pids   descriptors with their paths as the process sees them; children by their numbers outside of the box
 *
 * What it writes goes through `head`, since a limit of file sizes would be the gear's as well. When that is reached the record has no end.
 *
 * @param program  Path of strace.
 * @param record  Path of the record; its folder is there.
 * @see strace(1), version 6.1; `--decode-pids` came with 5.9, `-y` for the working folder with 5.18
 */
export function straceWords(program: string, record: string): readonly string[] {
  return [
    program,
    ...["-f", "--seccomp-bpf", "-xx", "-y", "--decode-pids=pidns", "-s", "0"],
    ...["--signal=none", "--quiet=attach,personality"],
    ...["-e", `verbose=${WITH_STRUCTURES.join(",")}`, "-e", `trace=${[...CALLS, ...FIRST_CALLS].join(",")}`],
    ...["-o", `|exec head -c ${MOST_RECORD_BYTES} >'${record.replaceAll("'", "'\\''")}'`],
    "--",
  ]
}
