import { GeartrainError } from "@geartrain/spec"
import { escapeText } from "./escape-text.ts"

/**
 * Turns what the system refused into an error of the catalogue: a full disk or a right that is missing is no bug of ours, wherever it comes up.
 * What should never be refused, such as a file that is not there where we made it, stays what it is.
 *
 * @returns undefined for any other error.
 * @see errno(3)
 */
export function explainSystemError(thrown: unknown): GeartrainError<"SYSTEM_REFUSED"> | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { code, syscall, path } = thrown as NodeJS.ErrnoException
  const refusal = code === undefined || syscall === undefined ? undefined : REFUSALS.get(code)
  if (refusal === undefined) return undefined
  const what = path === undefined ? `${syscall}` : `${syscall} "${escapeText(path)}"`
  return new GeartrainError("SYSTEM_REFUSED", `Cannot finish: the system refused ${what}: ${refusal.is}`, {
    details: { system: code ?? "", call: syscall ?? "" },
    hint: refusal.hint,
    cause: thrown,
  })
}

const REFUSALS: ReadonlyMap<string, { readonly is: string; readonly hint: string }> = new Map([
  ["ENOSPC", { is: "the disk is full", hint: "Make room, in the store with: gear store gc" }],
  ["EDQUOT", { is: "your quota on this disk is used up", hint: "Make room, in the store with: gear store gc" }],
  ["EROFS", { is: "the disk is mounted read-only", hint: "Name a folder on another disk" }],
  ["EACCES", { is: "this user may not", hint: "Ask who owns it, or name another place" }],
  ["EPERM", { is: "this user may not", hint: "Ask who owns it, or name another place" }],
  ["ENAMETOOLONG", { is: "a name in it is longer than the disk allows", hint: "Give the path of a file or folder" }],
  ["ELOOP", { is: "its symbolic links lead in a circle", hint: "Name the file itself, not a link to it" }],
  ["EFBIG", { is: "the file is larger than the disk or your limit allows", hint: "Allow more: ulimit -f unlimited" }],
  ["EIO", { is: "the disk does not answer as it should", hint: "Look at the messages of the kernel: dmesg" }],
  ["EMFILE", { is: "this program has too many files open", hint: "Allow more: ulimit -n 4096" }],
  ["ENFILE", { is: "the machine has too many files open", hint: "End other programs, and run it again" }],
  ["ENOMEM", { is: "the machine has no memory left", hint: "End other programs, and run it again" }],
  ["EAGAIN", { is: "the machine allows no more processes", hint: "End other programs, and run it again" }],
])
